"""Lists as files: what the filters leave and the person may see, in the list's order."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import list_export
from goettingen_ecm.operations.refusals import IllegalState
from records import business_data
from records.choices import CaseFileStatus, Confidentiality, Direction, DocumentStatus
from records.models import CaseFile, Document, FileTypeField
from records.selectors import case_files, documents
from records.services.list_exports import record_export
from records.views import filtered_lists

CHUNK = 1000
Columns = dict[str, Callable[[Any], object]]


@require_GET
def export_case_files(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The file list."""
    wanted = filtered_lists.file_listing(request)
    order = case_files.ORDERS[filtered_lists.case_file_order(request)]
    sign = "-" if order.descending else ""
    rows = filtered_lists.listed_files(request, wanted).select_related("lead_unit", "case_worker")
    rows = rows.order_by(f"{sign}{order.column}", f"{sign}pk")
    record_export(person_of(request), None, sorted(wanted.chosen))
    return _answer(kind, "akten", _("Akten"), _file_columns(wanted.fields), rows)


@require_GET
def export_documents(request: HttpRequest, uuid: UUID, kind: str) -> HttpResponseBase:
    """The documents of a file or one matter."""
    case_file = case_files.visible_case_file(request.user, uuid)
    matter = case_files.matter_of(request.user, case_file, request.GET.get("vorgang", ""))
    wanted = filtered_lists.document_listing(request, case_file)
    order = documents.order_from(request.GET.get("sortierung", "-datum"))
    rows = filtered_lists.listed_documents(request, case_file, matter, wanted)
    rows = rows.select_related("document_type", "matter").order_by(*documents.sorting(order))
    record_export(person_of(request), case_file, sorted(wanted.chosen))
    return _answer(kind, "dokumente", _("Dokumente"), _document_columns(), rows)


def _answer(
    kind: str, name: str, title: str, columns: Columns, rows: QuerySet[Any]
) -> HttpResponseBase:
    header = list(columns)
    if kind == "csv":
        return _streamed(name, header, columns, rows)
    if kind != "ods":
        raise Http404
    found = list(rows[: list_export.ODS_ROWS + 1])
    if len(found) > list_export.ODS_ROWS:
        raise IllegalState(
            _("Mehr als 10.000 Zeilen passen nicht in eine ODS-Tabelle von hier."),
            next_step=_("Nehmen Sie CSV oder schränken Sie die Liste mit Filtern ein."),
        )
    return list_export.ods_response(name, title, header, (_row(columns, one) for one in found))


def _streamed(
    name: str, header: Sequence[str], columns: Columns, rows: QuerySet[Any]
) -> StreamingHttpResponse:
    return list_export.csv_response(name, header, _rows(columns, rows))


def _rows(columns: Columns, rows: QuerySet[Any]) -> Iterator[list[object]]:
    for one in rows.iterator(chunk_size=CHUNK):
        yield _row(columns, one)


def _row(columns: Columns, one: Any) -> list[object]:
    return [value(one) for value in columns.values()]


def _file_columns(fields: Sequence[FileTypeField]) -> Columns:
    """With the Fachdaten of the Aktentyp the list is narrowed to."""

    def worker(file: CaseFile) -> str:
        return str(file.case_worker or "")

    return {
        _("Aktenzeichen"): lambda f: f.aktenzeichen,
        _("Betreff"): lambda f: f.title,
        _("Federführung"): lambda f: f.lead_unit.name,
        _("Sachbearbeitung"): worker,
        _("Aktentyp"): lambda f: f.file_type,
        _("Stand"): lambda f: CaseFileStatus(f.status).label,
        _("Vertraulichkeitsstufe"): lambda f: Confidentiality(f.confidentiality).label,
        _("Angelegt"): lambda f: f.opened_on,
        _("Zuletzt bewegt"): lambda f: f.last_activity_at,
    } | {field.label: partial(_business_value, field) for field in fields}


def _business_value(field: FileTypeField, file: CaseFile) -> object:
    """Days and numbers as such, so that a spreadsheet can reckon with them."""
    value = business_data.value_of(field, file.business_data)
    reckoned = isinstance(value, date | Decimal)
    return value if reckoned else business_data.text_of(field, file.business_data)


def _document_columns() -> Columns:
    def kind(document: Document) -> str:
        return document.document_type.name if document.document_type else ""

    return {
        _("Betreff"): lambda d: d.title,
        _("Vorgang"): lambda d: d.matter.title,
        _("Typ"): kind,
        _("Richtung"): lambda d: Direction(d.direction).label,
        _("Datum"): lambda d: d.sort_date,
        _("Schreibendatum"): lambda d: d.letter_date,
        _("Posteingang"): lambda d: d.received_on,
        _("Postausgang"): lambda d: d.dispatched_on,
        _("Abgelegt"): lambda d: d.filed_at,
        _("Fremdes Zeichen"): lambda d: d.foreign_reference,
        _("Seiten"): lambda d: d.page_count,
        _("Fassung"): lambda d: d.version_number,
        _("Stand"): lambda d: DocumentStatus(d.status).label,
    }
