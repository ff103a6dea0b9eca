"""The yearly review of rights on the start page of heads."""

from django.http import HttpRequest

from goettingen_ecm.operations.registry import Card, start_cards
from records.selectors import rights_reviews


def card(request: HttpRequest) -> Card | None:
    """The own units whose review is due."""
    due = rights_reviews.due_units(request.user)
    return Card("records/start_rights_review.html", {"states": due}) if due else None


def register() -> None:
    """Called once when the app is ready."""
    start_cards.register("records.rights_review", card, order=16)
