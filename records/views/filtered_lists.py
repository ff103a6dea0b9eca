"""The file list and the documents table of a file with everything around them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.desk.tables import Empty, Table
from records import policies
from records.business_data import form_name
from records.choices import CaseFileStatus, ListPage, MatterStatus
from records.models import CaseFile, Document, Matter
from records.selectors import case_files, documents, facets, file_types
from records.views import listing, tables
from records.views.listing import Listing

# Words of the address of bulk work: ticked rows, "all that the filters leave", the list's own words.
SELECTION, SCOPE, BY_FILTER, RETURN = "auswahl", "umfang", "filter", "worte"


@dataclass(frozen=True, slots=True)
class BulkAction:
    """A button for the ticked rows; ``verb`` ends the sentence "Alle nach diesem Filter …"."""

    url: str
    label: str
    icon: str
    verb: str


def file_listing(request: HttpRequest) -> Listing:
    """How the person wants to see the list of files."""
    fields = file_types.fields_of(request.GET.get("typ", "").replace("\0", ""))
    labels = tables.labels_of(tables.case_file_columns(fields))
    own = [form_name(field) for field in fields if field.in_lists]
    usual = [*tables.CASE_FILE_OF_TYPE, *own] if own else tables.CASE_FILE_USUAL
    base = reverse("case-files")
    return listing.read(request, ListPage.CASE_FILES, base, labels, usual, fields)


def document_listing(request: HttpRequest, case_file: CaseFile) -> Listing:
    """How the person wants to see the documents of a file."""
    labels = tables.labels_of(tables.document_columns())
    base = reverse("case-file", args=[case_file.uuid])
    return listing.read(request, ListPage.DOCUMENTS, base, labels, tables.DOCUMENT_USUAL)


def listed_files(request: HttpRequest, wanted: Listing) -> "QuerySet[CaseFile]":
    """Every visible file the filters leave: for counts, exports and bulk work."""
    rows: QuerySet[CaseFile] = CaseFile.objects.visible_to(request.user)
    # Among ticked rows are cancelled ones, too: bulk work says why they stay as they are.
    if SELECTION not in request.GET and not facets.with_cancelled_files(wanted.chosen):
        rows = rows.filter(**case_files.STANDING.lookup)
    return facets.narrowed(rows, wanted.chosen, wanted.facets)


def listed_documents(
    request: HttpRequest, case_file: CaseFile, matter: Matter | None, wanted: Listing
) -> "QuerySet[Document]":
    """Every visible document of the file (or matter) the filters leave.

    Among ticked rows are cancelled ones, too: bulk work says why they stay as they are.
    """
    cancelled = SELECTION in request.GET or shows_cancelled(wanted, case_file, matter)
    return documents.documents_of(
        request.user, case_file, matter, wanted.where, cancelled=cancelled
    )


def shows_cancelled(wanted: Listing, case_file: CaseFile, matter: Matter | None) -> bool:
    """Asked for, or below something cancelled, where there is nothing else to see."""
    return (
        facets.with_cancelled(wanted.chosen)
        or case_file.status == CaseFileStatus.CANCELLED
        or (matter is not None and matter.status == MatterStatus.CANCELLED)
    )


def case_file_order(request: HttpRequest) -> str:
    """The order of the file list the address asks for."""
    order = request.GET.get("sortierung", "").removeprefix("-")
    return order if order in case_files.ORDERS else case_files.DEFAULT_ORDER


def case_files_context(request: HttpRequest) -> dict[str, Any]:
    """The list of files: ``table`` and ``tools``."""
    wanted, order = file_listing(request), case_file_order(request)
    standing = [] if facets.with_cancelled_files(wanted.chosen) else [case_files.STANDING]
    page = case_files.recent_case_files(
        request.user, order=order, after=Cursor.of(request), where=[*wanted.where, *standing]
    )
    counted = facets.count(listed_files(request, wanted), wanted.facets)
    table = tables.case_files_table(
        request,
        page.rows,
        page.next_cursor,
        sort=f"-{order}" if case_files.ORDERS[order].descending else order,
        caption=_("Akten"),
        columns=wanted.columns,
        fields=wanted.fields,
        empty=_nothing_left(wanted) if wanted.chosen else None,
    )
    table.sum_text = listing.sum_text(counted)
    context = {"table": table, "tools": listing.tools(wanted, counted)}
    context |= _exports(wanted, lambda kind: reverse("case-files-export", args=[kind]))
    return context | _bulk(table, wanted, _file_actions(request))


def documents_context(
    request: HttpRequest,
    case_file: CaseFile,
    matter: Matter | None,
    empty: Empty,
    *,
    may_change: bool,
) -> dict[str, Any]:
    """The documents of a file with their tools; ``empty`` is for a file without any."""
    wanted = document_listing(request, case_file)
    sort = request.GET.get("sortierung", "-datum")
    page = documents.documents_page(
        request.user,
        case_file,
        documents.order_from(sort),
        matter=matter,
        after=request.GET.get("nach", ""),
        where=wanted.where,
        name_matters="vorgang" in wanted.columns,
        cancelled=shows_cancelled(wanted, case_file, matter),
    )
    counted = facets.count(listed_documents(request, case_file, matter, wanted), wanted.facets)
    table = tables.documents_table(
        request,
        page.rows,
        page.next_cursor,
        sort=sort,
        caption=matter.title if matter else _("Alle Dokumente der Akte"),
        empty=_nothing_left(wanted) if wanted.chosen else empty,
        columns=wanted.columns,
    )
    table.sum_text = listing.sum_text(counted)
    context = {"table": table, "tools": listing.tools(wanted, counted)}
    uuid = case_file.uuid
    context |= _exports(wanted, lambda kind: reverse("documents-export", args=[uuid, kind]))
    change = BulkAction(reverse("documents-change", args=[uuid]), _("Ändern"), "edit", _("ändern"))
    cancel = BulkAction(
        reverse("documents-cancel", args=[uuid]), _("Stornieren"), "blocked", _("stornieren")
    )
    move = BulkAction(
        reverse("documents-move", args=[uuid]),
        _("In andere Akte"),
        "folder-open",
        _("in eine andere Akte verschieben"),
    )
    return context | _bulk(table, wanted, [change, move, cancel] if may_change else [])


def _file_actions(request: HttpRequest) -> list[BulkAction]:
    """What the person can do with many files."""
    change = BulkAction(reverse("case-files-change"), _("Ändern"), "edit", _("ändern"))
    move = BulkAction(
        reverse("case-files-reassign"), _("Umschreiben"), "arrow-right", _("umschreiben")
    )
    found = [change] if policies.works_with_case_files(request.user) else []
    cancel = BulkAction(reverse("case-files-cancel"), _("Stornieren"), "blocked", _("stornieren"))
    return [*found, move, cancel] if policies.reassigns_case_files(request.user) else found


def _exports(wanted: Listing, address: Callable[[str], str]) -> dict[str, str]:
    words = wanted.address().partition("?")[2]
    return {
        f"{kind}_url": f"{address(kind)}?{words}" if words else address(kind)
        for kind in ("csv", "ods")
    }


def _bulk(table: Table[Any], wanted: Listing, actions: Sequence[BulkAction]) -> dict[str, Any]:
    """Checkboxes and the bar of ``records/list_table.html``; nothing without ``actions``."""
    if not actions or not table.rows:
        return {}
    table.selection = SELECTION
    words = wanted.address().partition("?")[2]
    every = QueryDict(words, mutable=True)
    every.update({SCOPE: BY_FILTER, RETURN: words})
    place = {name: str(wanted.query[name]) for name in listing.PLACE if name in wanted.query}
    all_label = _("Alle nach diesem Filter") if wanted.chosen else _("Alle dieser Liste")
    return {
        "bulk": {
            "url": actions[0].url,
            "hidden": {RETURN: words, **place},
            "actions": actions,
            "all": [
                (f"{one.url}?{every.urlencode()}", f"{all_label} {one.verb}", one.icon)
                for one in actions
            ],
        }
    }


def _nothing_left(wanted: Listing) -> Empty:
    return Empty(
        _("Nichts passt zu diesen Filtern."),
        _("Nehmen Sie einen Filter weg, um wieder mehr zu sehen."),
        wanted.address(**dict.fromkeys(wanted.chosen, "")),
        _("Alle Filter zurücksetzen"),
        icon="filter",
    )
