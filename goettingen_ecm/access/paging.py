"""Keyset pages of visible rows that stay fast for every user (architecture.md §4, Filters).

A user whose scopes hold only old rows would make PostgreSQL walk a whole index. With few scopes each
one's own index is asked (25 µs a scope); with many a window of the newest rows is looked through first
(at most 10 ms) and the scopes' indexes only when that was not enough.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils import timezone

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.access.querysets import IsAmong

M = TypeVar("M", bound=models.Model)
WINDOW = 20_000
FEW_SCOPES = 100
PAGE = 50


@dataclass(frozen=True, slots=True)
class Order:
    """A column rows are sorted by (ties by id, same direction); it needs an index with ``scope_id``."""

    column: str
    descending: bool = True

    @property
    def direction(self) -> str:
        return "DESC" if self.descending else "ASC"

    @property
    def comparison(self) -> str:
        return "<" if self.descending else ">"


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter on a column of the listed table: ``=``, ``>=`` or ``<`` a value, or ``in`` a list."""

    column: str
    comparison: Literal["=", ">=", "<", "in"]
    value: Any

    @property
    def lookup(self) -> dict[str, Any]:
        """The same for ``filter()``."""
        suffix = {"=": "", ">=": "__gte", "<": "__lt", "in": "__in"}[self.comparison]
        return {f"{self.column}{suffix}": self.value}

    def sql(self, model: type[models.Model]) -> str:
        """For a statement; the column is one of the model's own."""
        known = next(f for f in model._meta.concrete_fields if f.column == self.column)
        if self.comparison == "in":
            return f"{known.column} = ANY(%s)"
        return f"{known.column} {self.comparison} %s"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the value of the sort column as text, and the id."""

    value: str
    pk: int

    def encode(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.value, self.pk]).encode()).decode()

    @classmethod
    def decode(cls, text: str) -> "Cursor | None":
        """The cursor of a link; anything else than one of ours is the first page."""
        try:
            value, pk = json.loads(base64.urlsafe_b64decode(text.encode()))
            found = cls(str(value), int(pk))
        except (ValueError, TypeError, OverflowError, RecursionError):
            return None
        # PostgreSQL takes neither a NUL nor a number beyond bigint.
        return found if 0 <= found.pk < 2**63 and "\0" not in found.value else None

    def typed_for(self, field: "models.Field[Any, Any]") -> "tuple[Any, int] | None":
        """Value as the column's type and id; None when the cursor is another order's."""
        try:
            value = field.to_python(self.value)
        except (ValidationError, OverflowError):
            return None
        # Our own moments carry their offset.
        naive = isinstance(value, datetime) and timezone.is_naive(value)
        return None if naive else (value, self.pk)

    @classmethod
    def of(cls, request: HttpRequest) -> "Cursor | None":
        text = request.GET.get("nach", "")
        return cls.decode(text) if text else None


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows of one page and the cursor of the next one (None on the last)."""

    rows: Sequence[M]
    next_cursor: str | None


def visible_page(
    queryset: "models.QuerySet[M]",
    user: Person,
    order: Order,
    *,
    after: Cursor | None = None,
    limit: int = PAGE,
    where: Sequence[Condition] = (),
) -> Page[M]:
    """A page over the whole table; ``queryset`` brings select_related and only().

    ``where`` narrows it by columns of the table itself.
    """
    scope_ids = list(rights_of(user).scope_ids)
    if not scope_ids:
        return Page([], None)
    keys = _keys(_Walk.over(queryset.model, order, after, limit + 1, where), scope_ids)
    by_id = queryset.in_bulk([pk for _value, pk in keys[:limit]])
    rows = [by_id[pk] for _value, pk in keys[:limit] if pk in by_id]
    return Page(rows, _next(keys, limit))


def newest_visible(
    queryset: "models.QuerySet[M]", user: Person, column: str, *, limit: int, reserve: int = 0
) -> Sequence[M]:
    """The newest visible rows for a card: one statement for most people, no way to a next page.

    Of the first ``limit + reserve`` rows those that ``queryset`` keeps, at most ``limit``.
    """
    scope_ids = list(rights_of(user).scope_ids)
    order = Order(column)
    if not scope_ids or len(scope_ids) > FEW_SCOPES:
        return visible_page(queryset, user, order, limit=limit + reserve).rows[:limit]
    walk = _Walk.over(queryset.model, order, None, limit + reserve)
    statement, values = walk.scopes_statement(scope_ids)
    first_ones = f"ARRAY(SELECT id FROM ({statement}) AS first_ones)"  # noqa: S608 - see there
    ids = RawSQL(first_ones, values)  # noqa: S611
    shown = queryset.filter(IsAmong("pk", ids)).order_by(f"-{column}", "-pk")
    return list(shown[:limit])


def _keys(walk: "_Walk", scope_ids: list[int]) -> list[tuple[str, int]]:
    if len(scope_ids) > FEW_SCOPES:
        found = walk.through_window(scope_ids)
        if len(found) == walk.limit:
            return found
    return walk.through_scopes(scope_ids)


def _next(keys: Sequence[tuple[str, int]], limit: int) -> str | None:
    return Cursor(*keys[limit - 1]).encode() if len(keys) > limit else None


@dataclass(frozen=True, slots=True)
class _Walk:
    """SQL that collects sort values and ids of the next ``limit`` visible rows of a table."""

    table: str
    column: str
    direction: str
    limit: int
    condition: str
    values: list[Any]

    @classmethod
    def over(
        cls,
        model: type[models.Model],
        order: Order,
        after: Cursor | None,
        limit: int,
        where: Sequence[Condition] = (),
    ) -> "_Walk":
        field = next(f for f in model._meta.concrete_fields if f.column == order.column)
        start = after.typed_for(field) if after is not None else None
        parts = [f"({order.column}, id) {order.comparison} (%s, %s)"] if start else []
        condition = " AND ".join([*parts, *(one.sql(model) for one in where)]) or "TRUE"
        values = [*(start or ()), *(one.value for one in where)]
        table = model._meta.db_table
        return cls(table, order.column, order.direction, limit, condition, values)

    def _sorting(self, source: str) -> str:
        # With its table: a bare name would mean the text of the select list, not the column.
        return f"{source}.{self.column} {self.direction}, {source}.id {self.direction}"

    def through_window(self, scope_ids: list[int]) -> list[tuple[str, int]]:
        """Looks at no more than WINDOW rows; fewer than ``limit`` found means: not enough seen."""
        statement = f"""
            SELECT newest.{self.column}::text, newest.id FROM (
                SELECT {self.column}, id, scope_id FROM {self.table} AS every
                WHERE {self.condition} ORDER BY {self._sorting("every")} LIMIT {WINDOW}
            ) AS newest
            WHERE newest.scope_id = ANY(%s::int[])
            ORDER BY {self._sorting("newest")} LIMIT {self.limit}
        """  # noqa: S608 - names come from model metadata, values are parameters
        return _run(statement, [*self.values, scope_ids])

    def through_scopes(self, scope_ids: list[int]) -> list[tuple[str, int]]:
        """Asks each scope's own index for its first ``limit`` rows."""
        return _run(*self.scopes_statement(scope_ids))

    def scopes_statement(self, scope_ids: list[int]) -> tuple[str, list[Any]]:
        """The statement of ``through_scopes`` and its parameters."""
        statement = f"""
            SELECT own.{self.column}::text, own.id FROM unnest(%s::int[]) AS wanted(scope)
            CROSS JOIN LATERAL (
                SELECT {self.column}, id FROM {self.table} AS every
                WHERE scope_id = wanted.scope AND {self.condition}
                ORDER BY {self._sorting("every")} LIMIT {self.limit}
            ) AS own
            ORDER BY {self._sorting("own")} LIMIT {self.limit}
        """  # noqa: S608 - names come from model metadata, values are parameters
        return statement, [scope_ids, *self.values]


def _run(statement: str, values: list[Any]) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
