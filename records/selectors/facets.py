"""Filters of lists: which values are asked for, and how many visible rows each one has.

Every filter stands as a word in the address, so that lists work without JavaScript, as links and as
saved views. Counts are of rows the person may see and stop at ``CAP``.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.paging import Condition
from records.choices import CaseFileStatus, Direction, DocumentStatus

CAP = 1000
FIRST_YEAR, LAST_YEAR = 1800, 2200
Kind = Literal["text", "number", "year"]


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter: its word in the address, the column it asks and where a value's name stands.

    ``name_of`` translates stored values; ``name_column`` is the joined column with their names.
    """

    word: str
    label: str | Promise
    column: str
    kind: Kind = "text"
    name_column: str = ""
    name_of: Callable[[str], str] = str

    @property
    def columns(self) -> list[str]:
        return [self.column, self.name_column or self.column]

    def accepts(self, value: str) -> bool:
        """Only what the column can hold: links are typed and changed by hand."""
        if self.kind == "text":
            return 0 < len(value) <= 120 and "\0" not in value
        if not (value.isascii() and value.isdigit()):
            return False
        if self.kind == "year":
            return len(value) == 4 and FIRST_YEAR <= int(value) <= LAST_YEAR
        return len(value) < 19

    def conditions(self, value: str) -> list[Condition]:
        if self.kind == "year":
            year = int(value)
            return [
                Condition(self.column, ">=", date(year, 1, 1)),
                Condition(self.column, "<", date(year + 1, 1, 1)),
            ]
        return [Condition(self.column, "=", int(value) if self.kind == "number" else value)]

    def annotations(self) -> dict[str, Any]:
        """What ``columns`` needs beside the table's own columns."""
        return {}

    def fixed_choices(self) -> list["Choice"]:
        """Values that are offered whatever the rows are."""
        return []

    def order_of(self, choice: "Choice") -> str:
        """Values that are no years are offered in this order."""
        return choice.name.casefold()

    def value_of(self, stored: Any) -> str:
        return str(stored.year) if self.kind == "year" else str(stored)


FILE_FACETS = (
    Facet("stand", _("Stand"), "status", name_of=lambda v: str(CaseFileStatus(v).label)),
    Facet("einheit", _("Federführung"), "lead_unit_id", "number", "lead_unit__name"),
    Facet("typ", _("Aktentyp"), "file_type"),
    Facet("jahr", _("Angelegt"), "opened_on", "year"),
    Facet(
        "bearbeitung", _("Sachbearbeitung"), "case_worker_id", "number", "case_worker__display_name"
    ),
)


@dataclass(frozen=True, slots=True)
class CancelledFacet(Facet):
    """Takes no rows away: cancelled documents are listed with the others (requirements W10)."""

    def accepts(self, value: str) -> bool:
        return value == ALSO

    def conditions(self, value: str) -> list[Condition]:
        return []

    def value_of(self, stored: Any) -> str:
        return ""

    def fixed_choices(self) -> list["Choice"]:
        return [Choice(ALSO, str(ALSO_CANCELLED), None)]


ALSO, ALSO_CANCELLED = "auch", _("auch stornierte")
CANCELLED = CancelledFacet(
    "storno", _("Storno"), "status", name_of=lambda _value: str(ALSO_CANCELLED)
)
STATE = "dokumentstand"


def with_cancelled(chosen: Mapping[str, str]) -> bool:
    """Whether the filters ask for cancelled documents."""
    return CANCELLED.word in chosen or chosen.get(STATE) == DocumentStatus.CANCELLED


DOCUMENT_FACETS = (
    Facet("dokumenttyp", _("Typ"), "document_type_id", "number", "document_type__name"),
    Facet("richtung", _("Richtung"), "direction", name_of=lambda v: str(Direction(v).label)),
    Facet("dokumentjahr", _("Jahr"), "sort_date", "year"),
    Facet(STATE, _("Stand"), "status", name_of=lambda v: str(DocumentStatus(v).label)),
    CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter, its German name and how many rows have it, where that is counted."""

    value: str
    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Values by the filter's word. ``capped``: there are more rows than were counted."""

    total: int
    capped: bool
    choices: Mapping[str, Sequence[Choice]]


def chosen_in(query: QueryDict, facets: Sequence[Facet]) -> dict[str, str]:
    """The values asked for; what cannot be one is left out."""
    found = {facet.word: query.get(facet.word, "") for facet in facets}
    return {f.word: found[f.word] for f in facets if f.accepts(found[f.word])}


def conditions(chosen: Mapping[str, str], facets: Sequence[Facet]) -> list[Condition]:
    return [c for f in facets if f.word in chosen for c in f.conditions(chosen[f.word])]


def narrowed(
    rows: QuerySet[Any], chosen: Mapping[str, str], facets: Sequence[Facet]
) -> QuerySet[Any]:
    """The rows that fulfil all chosen filters."""
    for condition in conditions(chosen, facets):
        rows = rows.filter(**condition.lookup)
    return rows


def count(rows: QuerySet[Any], facets: Sequence[Facet]) -> Counted:
    """How many of the rows have which value, in one query over at most ``CAP`` rows."""
    columns = [column for facet in facets for column in facet.columns]
    annotations = {name: one for f in facets for name, one in f.annotations().items()}
    found = list(rows.order_by().annotate(**annotations).values_list(*columns)[: CAP + 1])
    counted = found[:CAP]
    choices = {
        facet.word: _choices(facet, [row[2 * n : 2 * n + 2] for row in counted])
        for n, facet in enumerate(facets)
    }
    return Counted(len(counted), len(found) > CAP, choices)


def _choices(facet: Facet, pairs: Sequence[tuple[Any, Any]]) -> list[Choice]:
    """Values with their names: years newest first, everything else by name."""
    counts = Counter(
        (facet.value_of(stored), facet.value_of(name) if name == stored else str(name or ""))
        for stored, name in pairs
        if stored not in (None, "")
    )
    found = [Choice(value, facet.name_of(name), n) for (value, name), n in counts.items() if value]
    if facet.kind == "year":
        return sorted(found, key=lambda choice: choice.value, reverse=True)
    return [*sorted(found, key=facet.order_of), *facet.fixed_choices()]
