"""What the cards of "Mein Tag" know of saved views, and the one of the file list."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse

from goettingen_ecm.operations.registry import Card, start_cards
from records.choices import ListPage
from records.models import SavedView
from records.selectors.saved_views import all_preferences


def own_views(request: HttpRequest, page: ListPage) -> Sequence[SavedView]:
    """A list's saved views by name; asked once for all cards of one page."""
    known = getattr(request, "_own_views", None)
    if known is None:
        known = all_preferences(request.user)
        request._own_views = known  # type: ignore[attr-defined]
    return known[page].views if page in known else []


def saved_views_card(request: HttpRequest) -> Card | None:
    """One click to each view; nothing for those who have none."""
    base = reverse("case-files")
    views = own_views(request, ListPage.CASE_FILES)
    if not views:
        return None
    links = [{"name": view.name, "url": f"{base}?{view.query}"} for view in views]
    return Card("records/start_saved_views.html", {"links": links})


def register() -> None:
    """Called once when the app is ready."""
    start_cards.register("records.saved_views", saved_views_card, order=60)
