"""What workflows shows on the start page "Mein Tag" and in the rail."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations.navigation import NavItem, items
from goettingen_ecm.operations.registry import Card, start_cards
from workflows import selectors

CARD_ROWS = 12
HEADINGS = (
    (selectors.OVERDUE, _("Überfällig")),
    (selectors.TODAY, _("Heute")),
    (selectors.WEEK, _("Diese Woche")),
)


def follow_ups_card(request: HttpRequest) -> Card:
    """What is overdue, due today and this week."""
    rows = selectors.due_soon(request.user, limit=CARD_ROWS + 1)
    shown = rows[:CARD_ROWS]
    groups = [(title, [row for row in shown if row.when == when]) for when, title in HEADINGS]
    context = {
        "groups": [(title, of_group) for title, of_group in groups if of_group],
        "more": len(rows) > CARD_ROWS,
    }
    return Card("workflows/start_follow_ups.html", context)


def substitution_card(request: HttpRequest) -> Card | None:
    """For whom the person acts today; nothing when for nobody."""
    borrowed = rights_of(request.user).borrowed
    return Card("workflows/start_substitution.html", {"borrowed": borrowed}) if borrowed else None


def register() -> None:
    """Called once when the app is ready."""
    start_cards.register("workflows.follow_ups", follow_ups_card, order=5)
    start_cards.register("workflows.substitution", substitution_card, order=4)
    items.register(
        "workflows.follow_ups", NavItem(_("Wiedervorlagen"), "follow-ups", "calendar"), order=15
    )
