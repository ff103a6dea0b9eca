"""Card of "Mein Tag": the person's saved views of the file list."""

from django.http import HttpRequest
from django.urls import reverse

from goettingen_ecm.operations.registry import Card, start_cards
from records.choices import ListPage
from records.selectors.saved_views import preferences


def saved_views_card(request: HttpRequest) -> Card | None:
    """One click to each view; nothing for those who have none."""
    base = reverse("case-files")
    views = preferences(request.user, ListPage.CASE_FILES).views
    if not views:
        return None
    links = [{"name": view.name, "url": f"{base}?{view.query}"} for view in views]
    return Card("records/start_saved_views.html", {"links": links})


def register() -> None:
    """Called once when the app is ready."""
    start_cards.register("records.saved_views", saved_views_card, order=60)
