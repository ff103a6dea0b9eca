"""What records shows on the start page "Mein Tag"."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.paging import newest_visible
from goettingen_ecm.operations.navigation import NavItem, items
from goettingen_ecm.operations.registry import Card, start_cards
from records.choices import CaseFileStatus
from records.file_marks import own_files
from records.models import CaseFile, Document
from records.selectors.case_files import STATES_IN_USE, list_rows

CARD_ROWS = 8
# Misfiled documents drop out afterwards; with so many in reserve the card is still full.
RESERVE = 8
DOCUMENT = ("uuid", "title", "sort_date", "case_file__aktenzeichen", "case_file__title")


def new_documents_card(request: HttpRequest) -> Card:
    """The newest documents in the files the person may see."""
    rows = Document.objects.select_related("case_file").only(*DOCUMENT)
    found = rows.filter(status__in=STATES_IN_USE)
    newest = newest_visible(found, request.user, "sort_date", limit=CARD_ROWS, reserve=RESERVE)
    return Card("records/start_new_documents.html", {"documents": newest})


def recent_files_card(request: HttpRequest) -> Card | None:
    """The case files in which something moved last, for those who have opened none yet."""
    if own_files(request).opened:
        return None
    rows = list_rows(CaseFile.objects.exclude(status=CaseFileStatus.CANCELLED))
    newest = newest_visible(
        rows, request.user, "last_activity_at", limit=CARD_ROWS, reserve=RESERVE
    )
    return Card("records/start_recent_files.html", {"case_files": newest})


def register() -> None:
    """Called once when the app is ready."""
    start_cards.register("records.new_documents", new_documents_card, order=10)
    start_cards.register("records.recent_files", recent_files_card, order=20)
    items.register(
        "records.files", NavItem(_("Akten"), "case-files", "folder", prefix="/akte/"), order=20
    )
    items.register("records.plan", NavItem(_("Aktenplan"), "file-plan", "file-plan"), order=30)
    items.register("records.search", NavItem(_("Suche"), "search", "search"), order=40)
