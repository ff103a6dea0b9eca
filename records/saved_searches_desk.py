"""Saved searches with what is new in them: card of "Mein Tag", list of the search page; the way
from a file to its search.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goettingen_ecm.access.principals import Person
from goettingen_ecm.operations.registry import Card, start_cards
from records.actions import Action, file_actions
from records.choices import ListPage
from records.models import CaseFile, SavedView, SearchSubscription
from records.saved_views_card import own_views
from records.selectors.saved_views import preferences
from records.selectors.search_news import Kept, News, news_of
from records.views.search_address import read_many


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A saved search as it is listed."""

    view: SavedView
    url: str
    news: str

    @property
    def mail(self) -> SearchSubscription | None:
        """How the person is told by mail; None when not at all."""
        return getattr(self.view, "subscription", None)


def saved_searches(user: Person) -> list[SavedSearch]:
    """The person's searches by name, with new hits since the last look."""
    return _with_news(user, preferences(user, ListPage.SEARCH).views)


def _with_news(user: Person, views: Sequence[SavedView]) -> list[SavedSearch]:
    return [
        SavedSearch(view, reverse("saved-search", args=[view.pk]), news_text(news))
        for view, news in zip(views, news_of(user, _kept(user, views)), strict=True)
    ]


def _kept(user: Person, views: Sequence[SavedView]) -> list[Kept]:
    return kept_searches(user, views, [view.seen_document_id or 0 for view in views])


def kept_searches(user: Person, views: Sequence[SavedView], seen: Sequence[int]) -> list[Kept]:
    """The searches as the person may ask them; what comes after the document ``seen`` is new."""
    addresses = read_many(user, [QueryDict(view.query) for view in views])
    return [
        Kept(address.text, address.wish, document)
        for address, document in zip(addresses, seen, strict=True)
    ]


def news_text(news: News) -> str:
    """``2 neu``, ``mindestens 2 neu`` or nothing."""
    if not news.count:
        return ""
    counted = ngettext("%(n)s neu", "%(n)s neu", news.count) % {"n": news.count}
    return _("mindestens %(counted)s") % {"counted": counted} if news.at_least else counted


def saved_searches_card(request: HttpRequest) -> Card | None:
    """Nothing for those who have saved none."""
    rows = _with_news(request.user, own_views(request, ListPage.SEARCH))
    return Card("records/start_saved_searches.html", {"rows": rows}) if rows else None


def search_in_file(request: HttpRequest, case_file: CaseFile) -> list[Action]:
    """Whoever sees a file may search it."""
    url = f"{reverse('search')}?in={case_file.uuid}"
    return [Action(_("In dieser Akte suchen"), url, "search")]


def register() -> None:
    """Called once when the app is ready."""
    file_actions.register("records.search_in_file", search_in_file, order=15)
    start_cards.register("records.saved_searches", saved_searches_card, order=58)
