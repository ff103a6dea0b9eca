"""The inbox at the desk: rail with what is not yet filed, card on the start page, "Meine Arbeit"."""

from django.core.cache import cache
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.desk.my_work import Place, WorkItem, WorkSource, following, work_sources
from goettingen_ecm.operations.navigation import NavItem, items
from goettingen_ecm.operations.registry import Card, start_cards
from records.models import IncomingItem
from records.selectors import incoming
from records.views.incoming_tables import age_days, age_of

CARD_ROWS = 8
OLD_DAYS = 3
# The rail is on every page; what others do shows there after so many seconds.
COUNT_SECONDS = 30
SOURCE = "posteingang"


def visible(request: HttpRequest) -> bool:
    return incoming.works_with_baskets(request.user)


def waiting(request: HttpRequest) -> int | None:
    """The small number in the rail, kept for a moment so that pages do not each count."""
    key = f"incoming:waiting:{request.user.pk}"
    found: int | None = cache.get(key)
    if found is None:
        found = incoming.waiting_count(request.user)
        cache.set(key, found, timeout=COUNT_SECONDS)
    return found or None


def count_again(request: HttpRequest) -> None:
    """After the person has done something: the own rail is right at once."""
    cache.delete(f"incoming:waiting:{request.user.pk}")


def _own(request: HttpRequest) -> Q:
    return Q(assignee=None) | Q(assignee=request.user.pk)


def card(request: HttpRequest) -> Card | None:
    """The oldest that nobody else takes care of; nothing when all is filed."""
    if not visible(request):
        return None
    rows = IncomingItem.objects.visible_to(request.user).waiting().filter(_own(request))
    rows = rows.only("uuid", "subject", "sender", "received_at")
    found = list(rows.order_by("received_at", "pk")[: CARD_ROWS + 1])
    if not found:
        return None
    shown = [(one, age_of(one), age_days(one) >= OLD_DAYS) for one in found[:CARD_ROWS]]
    return Card("records/start_incoming.html", {"rows": shown, "more": len(found) > CARD_ROWS})


def work(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    """What is not yet filed, by the day it came in."""
    rows = IncomingItem.objects.visible_to(request.user).waiting().filter(_own(request))
    found = following(rows.annotate(day=TruncDate("received_at")), "day", after, limit)
    return [_work(one) for one in found]


def _work(one: IncomingItem) -> WorkItem:
    note = _("noch nicht abgelegt, %(sender)s") % {"sender": one.sender or _("ohne Absender")}
    url = reverse("incoming-item", args=[one.uuid])
    return WorkItem(one.day, one.pk, one.subject, url, note)  # type: ignore[attr-defined]


def register() -> None:
    """Called once when the app is ready."""
    label = gettext_lazy("Posteingang")
    items.register(
        "records.incoming",
        NavItem(label, "inbox", "inbox", visible=visible, count=waiting),
        order=15,
    )
    start_cards.register("records.incoming", card, order=5)
    work_sources.register(SOURCE, WorkSource(label, "inbox", work, visible, "inbox"), order=15)
