"""Everything that waits for a person, in one list by day (requirements W7); upper layers register.

A source reads at most as many rows as asked for, behind a place given by day and id, so a page
costs one short query per source however much waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import Promise

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.operations.registry import Registry

M = TypeVar("M", bound=models.Model)
PAGE = 50
LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source goes on: after the row of this day and id."""

    day: date
    pk: int


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing to do: since or until which day, what it is about, where it is done."""

    day: date
    pk: int
    title: str
    url: str
    note: str = ""


RowSource = Callable[[HttpRequest, Place | None, int], Sequence[WorkItem]]


@dataclass(frozen=True, slots=True)
class WorkSource:
    """A kind of work. ``rows`` answers the next ones by (day, id), only what the person may see.

    ``visible`` says whether the person can ever have such work, without a query; ``list_url`` names
    the page where it can be done for several at once, empty when there is none.
    """

    label: str | Promise
    icon: str
    rows: RowSource
    visible: Callable[[HttpRequest], bool] = lambda request: True
    list_url: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list with the kind it belongs to."""

    item: WorkItem
    kind: str
    source: WorkSource

    @property
    def key(self) -> tuple[date, str, int]:
        return self.item.day, self.kind, self.item.pk


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Rows of one page and the cursor of the next one (None on the last)."""

    rows: Sequence[Listed]
    next_cursor: str | None


work_sources: Registry[WorkSource] = Registry()
"""By a German word that stands in addresses: ``?art=wiedervorlagen``."""


def kinds_for(request: HttpRequest) -> dict[str, WorkSource]:
    """The kinds of work this person can have, in their order."""
    found = {name: work_sources.get(name) for name in work_sources.names()}
    return {name: source for name, source in found.items() if source.visible(request)}


def work_page(request: HttpRequest, kind: str = "", *, limit: int = PAGE) -> WorkPage:
    """The next rows of one kind or of all: the oldest day first, then by kind and id."""
    after = _place_of(Cursor.of(request))
    rows: list[Listed] = []
    for name, source in kinds_for(request).items():
        if kind in ("", name):
            found = source.rows(request, _begin(after, name), limit + 1)
            rows += [Listed(item, name, source) for item in found]
    rows.sort(key=lambda row: row.key)
    shown = rows[:limit]
    return WorkPage(shown, _cursor(shown[-1]) if len(rows) > limit else None)


def following(
    rows: "models.QuerySet[M, Any]", column: str, after: Place | None, limit: int
) -> "models.QuerySet[M, Any]":
    """The rows behind a place in the order of a column of days: what a source answers."""
    if after is not None:
        same_day = Q(**{column: after.day}, pk__gt=after.pk)
        rows = rows.filter(Q(**{f"{column}__gt": after.day}) | same_day)
    return rows.order_by(column, "pk")[:limit]


def _begin(after: tuple[date, str, int] | None, kind: str) -> Place | None:
    """The list's place seen from one kind: kinds further down still have the whole day."""
    if after is None:
        return None
    day, last_kind, pk = after
    if kind == last_kind:
        return Place(day, pk)
    return Place(day, 0 if kind > last_kind else LAST_ID)


def _cursor(row: Listed) -> str:
    day, kind, pk = row.key
    return Cursor(f"{day.isoformat()} {kind}", pk).encode()


def _place_of(cursor: Cursor | None) -> tuple[date, str, int] | None:
    """Anything else than a cursor of this list begins anew."""
    if cursor is None:
        return None
    day, _space, kind = cursor.value.partition(" ")
    try:
        return date.fromisoformat(day), kind, cursor.pk
    except ValueError:
        return None
