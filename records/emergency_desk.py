"""Where break-glass shows itself: rail entry of data protection, start card of heads."""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.navigation import NavItem, items
from goettingen_ecm.operations.registry import Card, start_cards
from records import policies
from records.selectors import emergencies

CARD_ROWS = 5
SHOWN_FOR = timedelta(days=30)


def card(request: HttpRequest) -> Card | None:
    """The last month's, for heads; what is not reviewed yet, for data protection."""
    if not policies.can_read_emergency_accesses(request.user):
        return None
    rows = emergencies.accesses_for(request.user)
    if policies.can_review_emergency_access(request.user):
        rows = rows.filter(reviewed_at__isnull=True)
    else:
        rows = rows.filter(granted_at__gte=clock.now() - SHOWN_FOR)
    found = list(rows[:CARD_ROWS])
    return Card("records/start_emergencies.html", {"rows": found}) if found else None


def _reviews(request: HttpRequest) -> bool:
    return rights_of(request.user).has_role(Role.DATA_PROTECTION)


def _waiting(request: HttpRequest) -> int | None:
    return emergencies.unreviewed(request.user) or None


def register() -> None:
    """Called once when the app is ready."""
    start_cards.register("records.emergencies", card, order=15)
    items.register(
        "records.emergencies",
        NavItem(_("Notzugriffe"), "emergency-accesses", "shield", visible=_reviews, count=_waiting),
        order=60,
    )
