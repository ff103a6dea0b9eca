"""Cards of "Mein Tag": favourites, files last opened, news of watched files."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goettingen_ecm.operations.registry import Card, start_cards
from records.selectors import file_marks
from records.selectors.file_marks import News, OwnFiles


def own_files(request: HttpRequest) -> OwnFiles:
    """Asked once for all cards of one page."""
    known: OwnFiles | None = getattr(request, "_own_files", None)
    if known is None:
        known = file_marks.own_files(request.user)
        request._own_files = known  # type: ignore[attr-defined]
    return known


def favourites_card(request: HttpRequest) -> Card | None:
    """One click to each favourite; nothing for those who have none."""
    rows = own_files(request).favourites
    return Card("records/start_favourites.html", {"rows": rows}) if rows else None


def opened_card(request: HttpRequest) -> Card | None:
    """Where the person was last."""
    rows = own_files(request).opened
    return Card("records/start_opened_files.html", {"rows": rows}) if rows else None


def watched_card(request: HttpRequest) -> Card | None:
    """What others changed in watched files, the quiet ones named below."""
    if not own_files(request).watches:
        return None
    found = file_marks.watched(request.user)
    news = [(one.case_file, news_text(one)) for one in found if one]
    quiet = [one.case_file for one in found if not one]
    return Card("records/start_watched_files.html", {"news": news, "quiet": quiet})


def news_text(news: News) -> str:
    """``2 neue Dokumente, 1 Dokument geändert``"""
    parts = [
        _counted(news.new_documents, "%(n)s neues Dokument", "%(n)s neue Dokumente"),
        _counted(news.changed_documents, "%(n)s Dokument geändert", "%(n)s Dokumente geändert"),
        _counted(news.new_matters, "%(n)s neuer Vorgang", "%(n)s neue Vorgänge"),
        _("Angaben der Akte geändert") if news.file_changes else "",
    ]
    return ", ".join(part for part in parts if part)


def _counted(number: int, one: str, many: str) -> str:
    return ngettext(one, many, number) % {"n": number} if number else ""


def register() -> None:
    """Called once when the app is ready."""
    start_cards.register("records.watched_files", watched_card, order=9)
    start_cards.register("records.favourites", favourites_card, order=15)
    start_cards.register("records.opened_files", opened_card, order=16)
