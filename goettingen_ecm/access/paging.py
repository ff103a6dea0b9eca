"""Keyset pages of visible rows that stay fast for every user (architecture.md §4, Filters).

A user whose scopes hold only old rows would make PostgreSQL walk a whole index, so a window of the
newest rows is looked through first and each scope's own index only when that was not enough.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.http import HttpRequest

from goettingen_ecm.access.principals import Person, rights_of

M = TypeVar("M", bound=models.Model)
WINDOW = 20_000
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
            return cls(str(value), int(pk))
        except (ValueError, TypeError):
            return None

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
) -> Page[M]:
    """A page over the whole table; ``queryset`` brings select_related and only()."""
    scope_ids = list(rights_of(user).scope_ids)
    if not scope_ids:
        return Page([], None)
    model = queryset.model
    keys = _from_window(model, scope_ids, order, after, limit + 1)
    if len(keys) <= limit:
        keys = _from_scopes(model, scope_ids, order, after, limit + 1)
    by_id = queryset.in_bulk([pk for _value, pk in keys[:limit]])
    rows = [by_id[pk] for _value, pk in keys[:limit] if pk in by_id]
    return Page(rows, _next(keys, limit))


def _next(keys: Sequence[tuple[str, int]], limit: int) -> str | None:
    return Cursor(*keys[limit - 1]).encode() if len(keys) > limit else None


def _after(order: Order, after: Cursor | None, cast: str) -> tuple[str, list[Any]]:
    if after is None:
        return "TRUE", []
    return f"({order.column}, id) {order.comparison} (%s::{cast}, %s)", [after.value, after.pk]


def _cast(model: type[models.Model], column: str) -> str:
    field = next(f for f in model._meta.concrete_fields if f.column == column)
    kind = field.db_type(connection) or "text"
    return "text" if "char" in kind else kind


def _from_window(
    model: type[models.Model], scope_ids: list[int], order: Order, after: Cursor | None, limit: int
) -> list[tuple[str, int]]:
    table = model._meta.db_table
    condition, values = _after(order, after, _cast(model, order.column))
    sorting = f"{order.column} {order.direction}, id {order.direction}"
    statement = f"""
        SELECT {order.column}::text, id FROM (
            SELECT {order.column}, id, scope_id FROM {table}
            WHERE {condition} ORDER BY {sorting} LIMIT {WINDOW}
        ) AS newest
        WHERE scope_id = ANY(%s::int[]) ORDER BY {sorting} LIMIT {limit}
    """  # noqa: S608 - names come from model metadata, values are parameters
    return _run(statement, [*values, scope_ids])


def _from_scopes(
    model: type[models.Model], scope_ids: list[int], order: Order, after: Cursor | None, limit: int
) -> list[tuple[str, int]]:
    table = model._meta.db_table
    condition, values = _after(order, after, _cast(model, order.column))
    sorting = f"{order.column} {order.direction}, id {order.direction}"
    statement = f"""
        SELECT own.{order.column}::text, own.id FROM unnest(%s::int[]) AS wanted(scope)
        CROSS JOIN LATERAL (
            SELECT {order.column}, id FROM {table}
            WHERE scope_id = wanted.scope AND {condition} ORDER BY {sorting} LIMIT {limit}
        ) AS own
        ORDER BY own.{order.column} {order.direction}, own.id {order.direction} LIMIT {limit}
    """  # noqa: S608 - names come from model metadata, values are parameters
    return _run(statement, [scope_ids, *values])


def _run(statement: str, values: list[Any]) -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
