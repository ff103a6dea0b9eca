"""The list of lent paper as table, filters and file."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.desk import cells, list_export
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations.refusals import IllegalState
from records.models import PaperLoan
from records.selectors.paper_loans import STATES, state_of

NAMES = {
    "ueberfaellig": gettext_lazy("überfällig"),
    "ausgeliehen": gettext_lazy("ausgeliehen"),
    "angefordert": gettext_lazy("angefordert"),
    "beendet": gettext_lazy("zurück"),
}
TONES = {"ueberfaellig": ("danger", "warning"), "angefordert": ("info", "")}


def state_badge(loan: PaperLoan) -> SafeString:
    """The state in words; what departs from the usual has a colour too."""
    state = state_of(loan)
    tone, icon = TONES.get(state, ("", ""))
    return cells.badge(NAMES[state], tone, icon)


def loans_table(request: HttpRequest, rows: Sequence[PaperLoan], state: str) -> Table[PaperLoan]:
    return Table(
        caption=_("Ausgeliehene Papierakten"),
        columns=[
            Column(_("Akte"), lambda one: one.case_file.aktenzeichen, tight=True),
            Column(_("Betreff"), lambda one: one.case_file.title),
            Column(_("Standort"), lambda one: one.case_file.paper_location),
            Column(_("Für"), lambda one: one.borrower),
            Column(_("Stand"), state_badge, tight=True),
            Column(_("Zurück bis"), lambda one: cells.day(one.due_on), tight=True),
        ],
        rows=rows,
        empty=_nothing(state),
        query=request.GET,
        row_url=lambda one: reverse("case-file-paper", args=[one.case_file.uuid]),
        row_key=lambda one: one.uuid,
        row_name=lambda one: f"{one.case_file.aktenzeichen} {one.borrower}",
        sort="",
    )


def _nothing(state: str) -> Empty:
    if state:
        address = reverse("paper-loans")
        title = _("Nichts passt zu diesem Filter.")
        return Empty(title, "", address, _("Alle zeigen"), icon="filter")
    return Empty(
        _("Es ist kein Papierteil angefordert oder ausgeliehen."),
        _("Anfordern kann jeder, der eine Akte mit Papierteil sieht: Menü der Akte, „Papierteil“."),
        icon="folder",
    )


def chips(state: str) -> list[dict[str, Any]]:
    """The states to filter by; the chosen one leads back to all."""
    base = reverse("paper-loans")
    return [
        {
            "label": NAMES[one],
            "url": base if one == state else f"{base}?stand={one}",
            "current": one == state,
        }
        for one in STATES
    ]


def export_url(kind: str, state: str) -> str:
    address = reverse("paper-loans-export", args=[kind])
    return f"{address}?stand={state}" if state else address


HEADER = (
    "Aktenzeichen", "Betreff", "Standort", "Person", "Zweck", "Stand", "angefordert am",
    "ausgegeben am", "zurück bis",
)  # fmt: skip


def export(kind: str, rows: QuerySet[PaperLoan]) -> HttpResponseBase:
    """All rows as CSV or ODS. Raises Http404 for other kinds, IllegalState for far too many."""
    header = [_(name) for name in HEADER]
    if kind == "csv":
        found = rows.iterator(chunk_size=1000)
        return list_export.csv_response("ausleihen", header, (_row(one) for one in found))
    if kind != "ods":
        raise Http404
    bounded = list(rows[: list_export.ODS_ROWS + 1])
    if len(bounded) > list_export.ODS_ROWS:
        raise IllegalState(
            _("Mehr als 10.000 Zeilen passen nicht in eine ODS-Tabelle von hier."),
            next_step=_("Nehmen Sie CSV oder wählen Sie einen Stand."),
        )
    lines = (_row(one) for one in bounded)
    return list_export.ods_response("ausleihen", _("Ausleihen"), header, lines)


def _row(one: PaperLoan) -> list[object]:
    file = one.case_file
    return [
        file.aktenzeichen, file.title, file.paper_location, str(one.borrower), one.purpose,
        str(NAMES[state_of(one)]), one.requested_at, one.handed_out_at, one.due_on,
    ]  # fmt: skip
