"""The last steps every service shares: bulk write with history, tied to the operation."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from psycopg import sql
from psycopg.adapt import PyFormat, Transformer

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import LostUpdate
from records.services.actor import Actor

M = TypeVar("M", bound=models.Model)
Field: TypeAlias = "models.Field[Any, Any]"
BATCH = 1000
CREATED, CHANGED, REMOVED = "+", "~", "-"


def create(objects: Sequence[M], actor: Actor) -> list[M]:
    """Insert rows and their first history rows."""
    if not objects:
        return []
    manager: Any = type(objects[0])._default_manager
    made: list[M] = manager.bulk_create(list(objects), batch_size=BATCH)
    _remember(made, CREATED, actor)
    return made


def update(objects: Sequence[M], fields: Sequence[str], actor: Actor) -> None:
    """Write changed fields of rows locked by the caller, count ``row_version`` up, keep history.

    Raises LostUpdate when a row has another ``row_version`` than its object was read with.
    """
    if not objects:
        return
    columns = _columns(type(objects[0]), tuple(fields))
    statement = _updating(type(objects[0]), columns)
    for start in range(0, len(objects), BATCH):
        _write(statement, columns, objects[start : start + BATCH])
    for one in objects:
        one.row_version += 1  # type: ignore[attr-defined]
    _remember(objects, CHANGED, actor)


def _columns(model: type[models.Model], names: Sequence[str]) -> tuple[Field, ...]:
    found = {name: model._meta.get_field(name) for name in names}
    return tuple(field for field in found.values() if isinstance(field, models.Field))


def _write(statement: str, columns: Sequence[Field], objects: Sequence[models.Model]) -> None:
    known = [[one.pk for one in objects], [one.row_version for one in objects]]  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*known, *(_values(field, objects) for field in columns)])
        if cursor.rowcount != len(objects):
            raise _lost_update()


def _values(field: Field, objects: Sequence[models.Model]) -> list[Any]:
    """One column of the new values, as the database takes them."""
    name = field.attname
    found = [field.get_db_prep_save(getattr(one, name), connection) for one in objects]
    if not isinstance(field, ArrayField):
        return found
    # An array of arrays would be taken apart to its elements: each one travels as its text.
    dumper = Transformer(connection.connection).get_dumper
    return [
        None if one is None else bytes(dumper(one, PyFormat.TEXT).dump(one)).decode()  # type: ignore[arg-type]
        for one in found
    ]


@lru_cache
def _updating(model: type[models.Model], columns: Sequence[Field]) -> str:
    """``UPDATE rows … FROM unnest(one array per column)``: one statement however many rows.

    Django's bulk_update writes one CASE per row and column, twenty times the CPU.
    """
    new = [sql.Identifier(f"new_{position}") for position in range(len(columns))]
    pairs = list(zip(columns, new, strict=True))
    sets = [
        sql.SQL("{} = v.{}::{}").format(sql.Identifier(str(field.column)), name, _type(field))
        for field, name in pairs
    ]
    statement = sql.SQL(
        "UPDATE {rows} AS t SET {sets}"
        " FROM unnest(%s::bigint[], %s::integer[]{arrays}) AS v(id, row_version{names})"
        " WHERE t.id = v.id AND t.row_version = v.row_version"
    )
    return statement.format(
        rows=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join([sql.SQL("row_version = t.row_version + 1"), *sets]),
        arrays=sql.SQL("").join(
            sql.SQL(", %s::{}[]").format(
                sql.SQL("text") if isinstance(field, ArrayField) else _type(field)
            )
            for field in columns
        ),
        names=sql.SQL("").join(sql.SQL(", {}").format(name) for name in new),
    ).as_string()


def _type(field: Field) -> sql.SQL:
    """The column's type without its length: a cast to ``varchar(500)`` would cut a text short."""
    return sql.SQL(re.sub(r"\(.*?\)", "", field.db_type(connection) or ""))


def remove(objects: Sequence[models.Model], actor: Actor) -> None:
    """Delete rows locked by the caller and keep their last history row: two statements.

    Nothing may refer to them any more; rows that do must be gone before.
    """
    if not objects:
        return
    _remember(objects, REMOVED, actor)
    statement = sql.SQL("DELETE FROM {rows} WHERE id = ANY(%s)")
    rows = sql.Identifier(type(objects[0])._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(rows=rows), [[one.pk for one in objects]])


def require_version(one: models.Model, expected: int | None) -> None:
    """Refuse when somebody else changed the row since the form was shown.

    Raises LostUpdate; ``expected`` None means the caller has not shown a form.
    """
    if expected is not None and getattr(one, "row_version", expected) != expected:
        raise _lost_update()


def _lost_update() -> LostUpdate:
    return LostUpdate("Jemand anderes hat diese Angaben inzwischen geändert.")


def _remember(objects: Sequence[models.Model], kind: str, actor: Actor) -> None:
    """History rows as simple-history keeps them, copied inside the database: one statement.

    Taking them through Python costs a fifth of an import's time.
    """
    facts: list[Any] = [
        clock.now(),
        kind,
        actor.operation.reason or None,
        actor.user.pk if actor.user else None,
        actor.operation.pk,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_copying(type(objects[0])), [*facts, [one.pk for one in objects]])


@lru_cache
def _copying(model: type[models.Model]) -> str:
    """``INSERT INTO history SELECT … FROM rows``, in the order of their keys."""
    history: Any = model.history.model  # type: ignore[attr-defined]
    columns = [sql.Identifier(field.column) for field in history.tracked_fields]
    statement = sql.SQL(
        "INSERT INTO {history} ({columns}, history_date, history_type, history_change_reason,"
        " history_user_id, operation_id) SELECT {columns}, %s, %s, %s, %s, %s"
        " FROM {rows} WHERE id = ANY(%s) ORDER BY id"
    )
    return statement.format(
        history=sql.Identifier(history._meta.db_table),
        columns=sql.SQL(", ").join(columns),
        rows=sql.Identifier(model._meta.db_table),
    ).as_string()
