"""The lists of records as the table component wants them."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.desk import cells
from goettingen_ecm.desk.tables import Column, Empty, Table
from records.choices import CaseFileStatus, Confidentiality, Direction, DocumentStatus
from records.models import CaseFile, Document

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


def case_files_table(
    request: HttpRequest,
    rows: Sequence[CaseFile],
    next_cursor: str | None,
    *,
    sort: str,
    caption: str,
) -> Table[CaseFile]:
    return Table(
        caption=caption,
        columns=[
            Column(_("Aktenzeichen"), lambda f: f.aktenzeichen, sort="aktenzeichen", tight=True),
            Column(_("Betreff"), lambda f: f.title, sort="betreff"),
            Column(_("Federführung"), lambda f: f.lead_unit.name),
            Column(_("Stand"), _case_file_state),
            Column(
                _("Zuletzt bewegt"),
                lambda f: cells.moment(f.last_activity_at),
                sort="zuletzt",
                tight=True,
            ),
        ],
        rows=rows,
        empty=Empty(
            _("Hier liegen keine Akten, die Sie sehen dürfen."),
            _(
                "Suchen Sie nach einem Aktenzeichen oder wählen Sie einen anderen Eintrag im Aktenplan."
            ),
            reverse("file-plan"),
            _("Aktenplan öffnen"),
            icon="folder",
        ),
        query=request.GET,
        row_url=case_file_url,
        row_key=lambda f: f.uuid,
        sort=sort,
        next_query={"nach": next_cursor} if next_cursor else None,
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
) -> Table[Document]:
    return Table(
        caption=caption,
        columns=[
            Column(_("Betreff"), lambda d: d.title, sort="betreff"),
            Column(_("Typ"), _type, sort="typ"),
            Column(
                _("Richtung"), lambda d: Direction(d.direction).label, sort="richtung", tight=True
            ),
            Column(_("Datum"), lambda d: cells.day(d.sort_date), sort="datum", tight=True),
            Column(_("Umfang"), _extent, tight=True),
            Column(_("Hinweis"), document_marks),
        ],
        rows=rows,
        empty=empty,
        query=request.GET,
        row_url=document_url,
        row_key=lambda d: d.uuid,
        current_key=current,
        detail="#lesen",
        sort=sort,
        next_query={"nach": next_cursor} if next_cursor else None,
    )


def _type(document: Document) -> str:
    return document.document_type.name if document.document_type else ""


def _extent(document: Document) -> str:
    if document.page_count is None:
        return ""
    return (
        _("1 Seite") if document.page_count == 1 else _("%(n)s Seiten") % {"n": document.page_count}
    )


def document_marks(document: Document) -> SafeString | str:
    """Problem and state of a document in words, with an icon."""
    marks: SafeString | str = ""
    if document.status != DocumentStatus.VALID:
        marks = cells.badge(DocumentStatus(document.status).label, "warning", "blocked")
    if document.problem:
        marks = marks + cells.badge(problem_text(document.problem), "warning")
    if document.version_number > 1:
        marks = marks + cells.badge(_("Fassung %(n)s") % {"n": document.version_number})
    return marks


def problem_text(code: str) -> str:
    """What is the matter with a file, in plain German."""
    return str(PROBLEMS.get(code, code))
