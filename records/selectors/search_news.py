"""What saved searches find among the documents that came since the last look."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max

from goettingen_ecm.access.principals import Person, rights_of
from records.analysis import parse_query
from records.models import Document
from records.selectors.case_files import documents_in_use
from records.selectors.search import Wish, wanted_by
from records.selectors.search_passes import Wanted

# Whoever was away for long reads "mindestens".
MOST_NEW = 500
WINDOW = 50_000

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
class Kept:
    """A saved search: its words, its limits, the newest document at the last look."""

    text: str
    wish: Wish
    seen: int


@dataclass(frozen=True, slots=True)
class News:
    """New hits; ``at_least`` when not all new documents were looked through."""

    count: int = 0
    at_least: bool = False


def news_of(user: Person, searches: Sequence[Kept], *, until: int | None = None) -> list[News]:
    """New hits of each search the person may see, in three queries for all of them; ``until``: up
    to this document, else to the newest."""
    if not searches:
        return []
    newest: int = until or Document.objects.aggregate(newest=Max("pk"))["newest"] or 0
    oldest = min(one.seen for one in searches)
    start = max(oldest, newest - WINDOW)
    fresh = _fresh(user, start, newest) if newest > start else []
    if not fresh:
        return [News(0, one.seen < start) for one in searches]
    start = fresh[MOST_NEW - 1][0] - 1 if len(fresh) > MOST_NEW else start
    counts = _counts(user, searches, fresh[:MOST_NEW])
    return [News(n, one.seen < start) for n, one in zip(counts, searches, strict=True)]


def _fresh(user: Person, start: int, newest: int) -> list[tuple[int, Any]]:
    """Visible documents in use that came after ``start``, up to ``newest``, newest first."""
    scopes = rights_of(user).scope_ids
    rows = documents_in_use(user).filter(case_file__scope__any_of=scopes)
    rows = rows.filter(pk__gt=start, pk__lte=newest)
    return list(rows.order_by("-pk").values_list("pk", "sort_date")[: MOST_NEW + 1])


def _counts(user: Person, searches: Sequence[Kept], fresh: Sequence[tuple[int, Any]]) -> list[int]:
    parameters: dict[str, Any] = {
        "ids": [pk for pk, _day in fresh],
        "days": [day for _pk, day in fresh],
    }
    selects = []
    for number, one in enumerate(searches):
        query = parse_query(one.text)
        wanted = wanted_by(user, query, one.wish, newest=MOST_NEW, cap=MOST_NEW)
        selects.append(_numbered(_count_sql(wanted), number))
        own = _parameters(wanted, one.seen)
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
