"""What the interfaces show on the start page and in the left rail."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.operations.navigation import NavItem, items
from goettingen_ecm.operations.registry import Card, start_cards
from integrations import selectors
from integrations.mail.selectors import troubled_mailboxes
from records import policies

CARD_ROWS = 5


def deliveries_card(request: HttpRequest) -> Card | None:
    """The last deliveries and their sums, for those who look after them."""
    if not policies.can_operate_deliveries(request.user):
        return None
    page = selectors.deliveries_page(limit=CARD_ROWS)
    sums = selectors.delivery_sums(page.rows)
    rows = [(delivery, sums[delivery.pk]) for delivery in page.rows]
    context = {
        "rows": rows,
        "clearing_count": selectors.open_clearing_count(),
        "troubled": troubled_mailboxes(),
    }
    return Card("integrations/start_deliveries.html", context)


def _operates(request: HttpRequest) -> bool:
    return policies.can_operate_deliveries(request.user)


def _waiting(request: HttpRequest) -> int | None:
    return selectors.open_clearing_count() or None


def register() -> None:
    """Called once when the app is ready."""
    start_cards.register("integrations.deliveries", deliveries_card, order=5)
    items.register(
        "integrations.deliveries",
        NavItem(_("Lieferungen"), "deliveries", "interfaces", visible=_operates),
        order=70,
    )
    items.register(
        "integrations.clearing",
        NavItem(_("Klärung"), "clearing-cases", "clearing", visible=_operates, count=_waiting),
        order=71,
    )
    items.register(
        "integrations.mailboxes",
        NavItem(_("Postfächer"), "mailboxes", "inbox", visible=_operates),
        order=72,
    )
