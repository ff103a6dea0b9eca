"""The lists of records as the table component wants them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.desk import cells
from goettingen_ecm.desk.tables import Column, Empty, Table, addresses
from records import business_data
from records.choices import (
    CaseFileStatus,
    Confidentiality,
    Direction,
    DocumentStatus,
    FieldKind,
)
from records.models import CaseFile, CheckOut, Document, FileTypeField
from records.selectors.documents import lock_of
from records.services.locks import until_text

PROBLEMS = {
    "encrypted": gettext_lazy("mit Kennwort geschützt"),
    "broken": gettext_lazy("beschädigt"),
    "too_large": gettext_lazy("zu groß für die Anzeige"),
    "bomb": gettext_lazy("verdächtig: entpackt sich übermäßig"),
    "empty": gettext_lazy("leer"),
    "crashed": gettext_lazy("lässt sich nicht gefahrlos öffnen"),
    "timeout": gettext_lazy("lässt sich nicht in angemessener Zeit öffnen"),
    "unsupported": gettext_lazy("ohne Vorschau"),
}


def case_file_url(case_file: CaseFile) -> str:
    return reverse("case-file", args=[case_file.uuid])


def document_url(document: Document) -> str:
    return reverse("document", args=[document.uuid])


CASE_FILE_USUAL = ("betreff", "einheit", "stand", "zuletzt")
# The columns of the type need the room.
CASE_FILE_OF_TYPE = ("betreff", "stand")
DOCUMENT_USUAL = ("typ", "richtung", "datum", "umfang", "hinweis")


def case_file_columns(fields: Sequence[FileTypeField] = ()) -> dict[str, Column[CaseFile]]:
    """Every column of the file list by its word in the address; the first is always shown.

    ``fields``: Fachdaten of the Aktentyp the list is narrowed to.
    """
    return {
        "aktenzeichen": Column(
            _("Aktenzeichen"), lambda f: f.aktenzeichen, sort="aktenzeichen", tight=True
        ),
        "betreff": Column(_("Betreff"), lambda f: f.title, sort="betreff"),
        "einheit": Column(_("Federführung"), lambda f: f.lead_unit.name),
        "bearbeitung": Column(_("Sachbearbeitung"), lambda f: f.case_worker),
        "typ": Column(_("Aktentyp"), lambda f: f.file_type),
        "stand": Column(_("Stand"), _case_file_state),
        "angelegt": Column(_("Angelegt"), lambda f: cells.day(f.opened_on), tight=True),
        "zuletzt": Column(
            _("Zuletzt bewegt"),
            lambda f: cells.moment(f.last_activity_at),
            sort="zuletzt",
            tight=True,
        ),
    } | {business_data.form_name(field): _business_column(field) for field in fields}


def _business_column(field: FileTypeField) -> Column[CaseFile]:
    return Column(
        field.label,
        lambda f: business_data.text_of(field, f.business_data),
        align="end" if field.kind in business_data.DIGITS else "",
        tight=field.kind not in (FieldKind.TEXT, FieldKind.CHOICE),
    )


def document_columns() -> dict[str, Column[Document]]:
    """Every column of the documents table by its word in the address; the first is always shown."""
    return {
        "betreff": Column(_("Betreff"), _document_title, sort="betreff"),
        "vorgang": Column(_("Vorgang"), lambda d: d.matter.title),
        "typ": Column(_("Typ"), _type, sort="typ"),
        "richtung": Column(
            _("Richtung"), lambda d: Direction(d.direction).label, sort="richtung", tight=True
        ),
        "datum": Column(_("Datum"), lambda d: cells.day(d.sort_date), sort="datum", tight=True),
        "schreiben": Column(_("Schreibendatum"), lambda d: cells.day(d.letter_date), tight=True),
        "eingang": Column(_("Posteingang"), lambda d: cells.day(d.received_on), tight=True),
        "ausgang": Column(_("Postausgang"), lambda d: cells.day(d.dispatched_on), tight=True),
        "abgelegt": Column(
            _("Abgelegt"), lambda d: cells.moment(d.filed_at), sort="abgelegt", tight=True
        ),
        "zeichen": Column(_("Fremdes Zeichen"), lambda d: d.foreign_reference),
        "umfang": Column(_("Umfang"), _extent, tight=True),
        "hinweis": Column(_("Hinweis"), _marks_and_lock),
    }


def labels_of(columns: Mapping[str, Column[Any]]) -> dict[str, str]:
    """The columns a person can choose: all but the one that names the row."""
    return {word: str(column.label) for word, column in list(columns.items())[1:]}


def _shown(columns: Mapping[str, Column[Any]], words: Sequence[str]) -> list[Column[Any]]:
    """The naming column and the chosen ones, in the order of the list."""
    first = next(iter(columns))
    return [column for word, column in columns.items() if word == first or word in words]


def case_files_table(
    request: HttpRequest,
    rows: Sequence[CaseFile],
    next_cursor: str | None,
    *,
    sort: str,
    caption: str,
    columns: Sequence[str] = CASE_FILE_USUAL,
    fields: Sequence[FileTypeField] = (),
    empty: Empty | None = None,
) -> Table[CaseFile]:
    address = addresses("case-file")
    return Table(
        caption=caption,
        columns=_shown(case_file_columns(fields), columns),
        rows=rows,
        empty=empty or _no_case_files(),
        query=request.GET,
        row_url=lambda f: address(f.uuid),
        row_key=lambda f: f.uuid,
        row_name=lambda f: f"{f.aktenzeichen} {f.title}",
        sort=sort,
        next_query={"nach": next_cursor} if next_cursor else None,
    )


def _no_case_files() -> Empty:
    return Empty(
        _("Hier liegen keine Akten, die Sie sehen dürfen."),
        _("Suchen Sie nach einem Aktenzeichen oder wählen Sie einen anderen Eintrag im Aktenplan."),
        reverse("file-plan"),
        _("Aktenplan öffnen"),
        icon="folder",
    )


def _case_file_state(case_file: CaseFile) -> SafeString:
    """The usual state is muted text; what departs from it is a badge."""
    # Not get_status_display: that translates every choice to find one.
    name = CaseFileStatus(case_file.status).label
    active = case_file.status == CaseFileStatus.ACTIVE
    state = cells.muted(name) if active else cells.badge(name, "info")
    if case_file.confidentiality == Confidentiality.CONFIDENTIAL:
        return state + SafeString(" ") + cells.badge(_("vertraulich"), "warning", "lock")
    return state


def documents_table(
    request: HttpRequest,
    rows: Sequence[Document],
    next_cursor: str | None,
    *,
    sort: str,
    caption: str,
    empty: Empty,
    current: Any = None,
    columns: Sequence[str] = DOCUMENT_USUAL,
) -> Table[Document]:
    address = addresses("document")
    return Table(
        caption=caption,
        columns=_shown(document_columns(), columns),
        rows=rows,
        empty=empty,
        query=request.GET,
        row_url=lambda d: address(d.uuid),
        row_key=lambda d: d.uuid,
        row_name=lambda d: d.title,
        current_key=current,
        detail="#lesen",
        sort=sort,
        next_query={"nach": next_cursor} if next_cursor else None,
    )


def _document_title(document: Document) -> str:
    """Struck out when it is cancelled; that it is, is said in words as well."""
    if document.status != DocumentStatus.CANCELLED:
        return document.title
    badge = cells.badge(DocumentStatus(document.status).label, "warning", "blocked")
    return format_html("<s>{}</s> {}", document.title, badge)


def _type(document: Document) -> str:
    return document.document_type.name if document.document_type else ""


def _extent(document: Document) -> str:
    if document.page_count is None:
        return ""
    return (
        _("1 Seite") if document.page_count == 1 else _("%(n)s Seiten") % {"n": document.page_count}
    )


def _marks_and_lock(document: Document) -> SafeString:
    lock = lock_of(document)
    marks = _marks(document, named=(DocumentStatus.VALID, DocumentStatus.CANCELLED))
    return marks if lock is None else cells.badge(lock_text(lock), "info", "lock") + marks


def lock_text(lock: CheckOut) -> str:
    """Who works on a document until when."""
    facts = {"name": lock.holder, "until": until_text(lock)}
    return _("in Bearbeitung durch %(name)s bis %(until)s") % facts


def document_marks(document: Document) -> SafeString:
    """Problem and state of a document in words, with an icon."""
    return _marks(document, named=(DocumentStatus.VALID,))


def _marks(document: Document, *, named: Sequence[str]) -> SafeString:
    """``named``: states that are usual or said elsewhere."""
    marks = SafeString("")
    if document.status not in named:
        marks += cells.badge(DocumentStatus(document.status).label, "warning", "blocked")
    if document.problem:
        marks = marks + cells.badge(problem_text(document.problem), "warning")
    if document.version_number > 1:
        marks = marks + cells.badge(_("Fassung %(n)s") % {"n": document.version_number})
    return marks


def problem_text(code: str) -> str:
    """What is the matter with a file, in plain German."""
    return str(PROBLEMS.get(code, code))
