"""Which of a few new documents the searches of one person find, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from records.search_index.passes import Wanted

# The rows of the new documents once; each search only filters them.
FRESH = """
WITH entry AS MATERIALIZED (
  SELECT row.* FROM unnest(%(ids)s::bigint[], %(days)s::date[]) AS fresh (id, day)
  JOIN records_searchentry row ON row.sort_date = fresh.day AND row.document_id = fresh.id
  WHERE row.sort_date = ANY(%(days)s::date[])
)
"""
COUNT = """
SELECT count(*) FROM entry WHERE document_id > %(seen)s AND tsv @@ %(query)s::tsquery
  AND acl OPERATOR(pg_catalog.&&) %(principals)s::int[]
  AND NOT deny OPERATOR(pg_catalog.&&) %(person)s::int[]
  AND sort_date BETWEEN %(since)s AND %(until)s {conditions}
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A search, and the document from which on hits are new."""

    wanted: Wanted
    seen: int


def count_new(fresh: Sequence[tuple[int, date]], asked: Sequence[Asked]) -> list[int]:
    """How many of the documents (id, day) each search finds."""
    parameters: dict[str, Any] = {
        "ids": [pk for pk, _day in fresh],
        "days": [day for _pk, day in fresh],
    }
    selects = []
    for number, one in enumerate(asked):
        selects.append(_numbered(_count_sql(one.wanted), number))
        own = _parameters(one.wanted, one.seen)
        parameters |= {f"{name}_{number}": value for name, value in own.items()}
    with connection.cursor() as cursor:
        columns = ", ".join(f"({select})" for select in selects)
        cursor.execute(f"{FRESH} SELECT {columns}", parameters)
        return list(cursor.fetchone() or ())


def _count_sql(wanted: Wanted) -> str:
    if not wanted.query:
        return "SELECT 0"
    return COUNT.format(conditions=" ".join(f"AND {one}" for one in wanted.conditions))


def _numbered(statement: str, number: int) -> str:
    """Each search has parameters of its own."""
    return statement.replace(")s", f"_{number})s")


def _parameters(wanted: Wanted, seen: int) -> dict[str, Any]:
    return {
        "seen": seen,
        "query": wanted.query,
        "principals": list(wanted.principals),
        "person": [wanted.user_id],
        "since": wanted.since,
        "until": wanted.until,
        **wanted.parameters,
    }
