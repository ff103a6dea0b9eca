"""Filters of lists: which values are asked for, and how many visible rows each one has.

Every filter stands as a word in the address, so that lists work without JavaScript, as links and as
saved views. Counts are of rows the person may see and stop at ``CAP``.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, IntegerField, QuerySet, Value
from django.db.models.functions import ExtractYear
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

    def counted(self) -> tuple[Any, Any]:
        """What rows are counted by and the value's name, as expressions; years, not days."""
        if self.kind == "year":
            return ExtractYear(self.column), Value(None, IntegerField())
        return F(self.column), F(self.name_column or self.column)

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

    def fixed_choices(self) -> list["Choice"]:
        """Values that are offered whatever the rows are."""
        return []

    def order_of(self, choice: "Choice") -> str:
        """Values that are no years are offered in this order."""
        return choice.name.casefold()

    def value_of(self, stored: Any) -> str:
        """The word in the address for what was counted, as JSON holds it."""
        return str(stored)


@dataclass(frozen=True, slots=True)
class CancelledFacet(Facet):
    """Takes no rows away: what is cancelled is listed with the others (requirements W10)."""

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
FILE_FACETS = (
    Facet("stand", _("Stand"), "status", name_of=lambda v: str(CaseFileStatus(v).label)),
    Facet("einheit", _("Federführung"), "lead_unit_id", "number", "lead_unit__name"),
    Facet("typ", _("Aktentyp"), "file_type"),
    Facet("jahr", _("Angelegt"), "opened_on", "year"),
    Facet(
        "bearbeitung", _("Sachbearbeitung"), "case_worker_id", "number", "case_worker__display_name"
    ),
    CANCELLED,
)
STATE = "dokumentstand"


def with_cancelled(chosen: Mapping[str, str]) -> bool:
    """Whether the filters ask for cancelled documents."""
    return CANCELLED.word in chosen or chosen.get(STATE) == DocumentStatus.CANCELLED


def with_cancelled_files(chosen: Mapping[str, str]) -> bool:
    """Whether the filters ask for cancelled files."""
    return CANCELLED.word in chosen or chosen.get("stand") == CaseFileStatus.CANCELLED


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
    """How many of the rows have which value, in one query over at most ``CAP`` rows.

    The database counts: a thousand rows of ten columns would cost more than the page.
    """
    columns: dict[str, Any] = {}
    for number, facet in enumerate(facets):
        columns[f"value_{number}"], columns[f"name_{number}"] = facet.counted()
    # A row without filters still has to be counted.
    probed = rows.order_by().annotate(**columns).values_list(*(columns or ["pk"]))[: CAP + 1]
    found = _counted(probed, len(facets))
    total = next(n for number, _value, _name, n in found if number < 0)
    choices = {
        facet.word: _choices(facet, [_Group(*one[1:]) for one in found if one[0] == number])
        for number, facet in enumerate(facets)
    }
    return Counted(min(total, CAP), total > CAP, choices)


def _counted(probed: QuerySet[Any], facets: int) -> list[tuple[Any, ...]]:
    """(facet, value, name, rows); facet -1 is all of them."""
    try:
        statement, parameters = probed.query.sql_with_params()
    except EmptyResultSet:
        return [(-1, None, None, 0)]
    groups = " ".join(_GROUP.format(number=number) for number in range(facets))
    with connection.cursor() as cursor:
        # The names are this module's own, the rows Django's statement with its parameters.
        cursor.execute(_COUNT.format(rows=statement, groups=groups), parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


_COUNT = """
WITH probed AS MATERIALIZED ({rows})
SELECT -1, NULL::jsonb, NULL::jsonb, count(*) FROM probed {groups}
"""
_GROUP = """
UNION ALL SELECT {number}, to_jsonb(value_{number}), to_jsonb(name_{number}), count(*)
FROM probed WHERE value_{number} IS NOT NULL GROUP BY value_{number}, name_{number}
"""


class _Group:
    """One value of a filter with its name and number of rows."""

    def __init__(self, value: str, name: str | None, rows: int) -> None:
        self.value, self.name = json.loads(value), json.loads(name) if name else None
        self.rows = rows


def _choices(facet: Facet, groups: Sequence[_Group]) -> list[Choice]:
    """Values with their names: years newest first, everything else by name."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in groups:
        value = facet.value_of(one.value) if one.value != "" else ""
        named = facet.name_column and one.name != one.value
        counts[value, str(one.name or "") if named else value] += one.rows
    found = [Choice(value, facet.name_of(name), n) for (value, name), n in counts.items() if value]
    if facet.kind == "year":
        return sorted(found, key=lambda choice: choice.value, reverse=True)
    return [*sorted(found, key=facet.order_of), *facet.fixed_choices()]
