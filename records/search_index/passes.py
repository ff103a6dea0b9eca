"""Shape G (search.md §6): the years newest first, until the cap, every year or the budget is reached.

A statement reads one or more years in this order and stops at the cap, so common words cost as
little as rare ones; only where a year reaches the cap is that year walked by date.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import monotonic
from typing import Any, NamedTuple

import psycopg
from django.db import OperationalError, connection, transaction

# Non-empty partitions only: an installation has decades of them in reserve. Without index scans
# only the words' own index remains: for small years the planner would rather read all their rows.
SETTINGS = """
SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off;
SET LOCAL max_parallel_workers_per_gather = 0;
SELECT part.oid::regclass::text, pg_get_expr(part.relpartbound, part.oid),
  pg_relation_size(part.oid) > 0
FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
WHERE inhparent = 'records_searchentry'::regclass
"""

# A partition by its own name: planning a dozen times over all of them took longer than searching.
MATCHES = """
SELECT document_id, sort_date, case_file_id, {rank} AS slice FROM {table} entry
WHERE tsv @@ %(query)s::tsquery
  AND acl OPERATOR(pg_catalog.&&) %(principals)s::int[]
  AND NOT deny OPERATOR(pg_catalog.&&) %(person)s::int[] {conditions}
"""
DATES = "AND sort_date BETWEEN %(since_{rank})s AND %(until_{rank})s"

# The planner must not walk the date index for rare words (search.md §2 trap 1), hence MATERIALIZED.
COUNTED = """
SET LOCAL statement_timeout = {timeout};
WITH hits AS MATERIALIZED (SELECT * FROM ({matches}) years LIMIT %(rest)s)
SELECT document_id, sort_date, case_file_id, slice,
  (SELECT count(*) FROM hits), (SELECT max(slice) FROM hits)
FROM hits ORDER BY slice, sort_date DESC, document_id DESC LIMIT %(newest)s;
SET LOCAL statement_timeout TO DEFAULT
"""

WALK = """
SET LOCAL statement_timeout = {timeout};
SET LOCAL enable_indexscan = on; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off;
{matches} ORDER BY sort_date DESC, document_id DESC LIMIT %(missing)s;
SET LOCAL statement_timeout TO DEFAULT;
SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan TO DEFAULT;
SET LOCAL enable_sort TO DEFAULT
"""

# A small answer soon; then as many years at a time as fit, a year taken for this many times dearer
# than those before.
FIRST_YEARS = 2
CAUTION = 4
_BOUNDS = re.compile(r"FROM \('([\d-]+)'\) TO \('([\d-]+)'\)")
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Budget:
    """The time a whole search may take, in seconds of ``clock``."""

    seconds: float
    clock: Callable[[], float] = monotonic
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def milliseconds(self) -> int:
        """What is left."""
        return int((self.seconds - (self.clock() - self.started)) * 1000)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched and for whom. ``conditions`` are further SQL limits of ``entry``'s rows.

    ``cap``: hits that are counted; ``newest``: hits that are returned.
    """

    query: str
    principals: Sequence[int]
    user_id: int
    since: date
    until: date
    cap: int
    newest: int
    conditions: Sequence[str] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)


class Slice(NamedTuple):
    """Days that lie in one partition, both inclusive; ``table``: its name, quoted where need be.

    ``whole``: they are all days of the partition, so that nothing must be said about them.
    """

    since: date
    until: date
    table: str
    whole: bool = False

    def within(self, wanted: Wanted) -> "Slice":
        """The part of these days that is wanted."""
        since, until = max(self.since, wanted.since), min(self.until, wanted.until)
        whole = self.whole and (since, until) == (self.since, self.until)
        return Slice(since, until, self.table, whole)


class Row(NamedTuple):
    """A hit as the search table knows it."""

    document_id: int
    sort_date: date
    case_file_id: int


@dataclass(slots=True)
class Found:
    """Hits counted (at most cap + 1) and the newest of them, newest first.

    ``unread``: the first days that were not searched because the time was used up, and all before
    them; ``stuck``: these days alone take too long.
    """

    total: int = 0
    newest: list[Row] = field(default_factory=list)
    unread: Slice | None = None
    stuck: bool = False

    @property
    def ids(self) -> list[int]:
        return [row.document_id for row in self.newest]


def newest_first(wanted: Wanted, budget: Budget) -> Found:
    """Count and collect. Never raises for want of time: ``Found.unread`` says what is missing."""
    reading = _Reading(wanted, budget)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            reading.read(cursor)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise
    return reading.found()


@dataclass(slots=True)
class _Reading:
    """One search under way: what was read remains when a later year takes too long."""

    wanted: Wanted
    budget: Budget
    todo: list[Slice] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    done: int = 0

    def found(self) -> Found:
        unread = self.todo[0] if self.todo and self.total <= self.wanted.cap else None
        stuck = unread is not None and not self.done
        return Found(self.total, self.rows[: self.wanted.newest], unread, stuck)

    def read(self, cursor: Any) -> None:
        self.todo = _slices(cursor, self.wanted)
        at_first = left = self.budget.milliseconds()
        while self.todo and left > 0:
            batch = self.todo[: self._fitting(at_first - left, left)]
            self._pass(cursor, batch, left)
            if self.total > self.wanted.cap:
                return
            self.todo = self.todo[len(batch) :]
            self.done += len(batch)
            left = self.budget.milliseconds()

    def _fitting(self, spent: int, left: int) -> int:
        """Years for the next statement: all the rest where that surely fits into the time."""
        if not self.done:
            return FIRST_YEARS
        each = spent / self.done * CAUTION
        return max(1, int(left / each)) if each else len(self.todo)

    def _pass(self, cursor: Any, batch: Sequence[Slice], left: int) -> None:
        rest = self.wanted.cap + 1 - self.total
        bounds = {"rest": rest, "newest": self.wanted.newest}
        hits = self._fetch(cursor, COUNTED, batch, left, bounds)
        if not hits:
            return
        *_row, count, last = hits[0]
        known = self.rows
        self.total += count
        self.rows = known + [Row(*hit[:3]) for hit in hits]
        if count < rest:
            return
        # The cap was reached in the year ``last``: what is known of it need not be its newest.
        known = known + [Row(*hit[:3]) for hit in hits if hit[3] < last]
        missing, left = self.wanted.newest - len(known), self.budget.milliseconds()
        if missing > 0 and left > 0:
            walked = self._fetch(cursor, WALK, [batch[last]], left, {"missing": missing})
            self.rows = known + [Row(*hit[:3]) for hit in walked]

    def _fetch(
        self,
        cursor: Any,
        statement: str,
        batch: Sequence[Slice],
        left: int,
        further: dict[str, Any],
    ) -> list[Any]:
        text = statement.format(timeout=left, matches=_matches(batch, self.wanted))
        return _rows_of(cursor, text, _parameters(batch, self.wanted) | further)


def _rows_of(cursor: Any, statement: str, parameters: Mapping[str, Any]) -> list[Any]:
    """The rows of the one statement among several that has any."""
    cursor.execute(statement, parameters)
    while cursor.description is None:
        cursor.nextset()
    found: list[Any] = cursor.fetchall()
    while cursor.nextset():
        pass
    return found


def _slices(cursor: Any, wanted: Wanted) -> list[Slice]:
    """The days of non-empty partitions, newest first, inside the limits."""
    bounds, filled, outside = [], [], ""
    for table, text, has_rows in _rows_of(cursor, SETTINGS, {}):
        match = _BOUNDS.fullmatch(text.removeprefix("FOR VALUES "))
        if match is None:
            outside = table if has_rows else ""
            continue
        first, end = map(date.fromisoformat, match.groups())
        bounds.append(Slice(first, end - _DAY, table, whole=True))
        filled += [bounds[-1]] * has_rows
    if outside and bounds:
        filled.append(Slice(date.min, min(bounds).since - _DAY, outside))
        filled.append(Slice(max(bounds).until + _DAY, date.max, outside))
    parts = (one.within(wanted) for one in filled)
    return sorted((one for one in parts if one.since <= one.until), reverse=True)


def _matches(batch: Sequence[Slice], wanted: Wanted) -> str:
    further = [f"AND {condition}" for condition in wanted.conditions]
    return " UNION ALL ".join(
        MATCHES.format(
            rank=rank,
            table=one.table,
            conditions=" ".join(further if one.whole else [DATES.format(rank=rank), *further]),
        )
        for rank, one in enumerate(batch)
    )


def _parameters(batch: Sequence[Slice], wanted: Wanted) -> dict[str, Any]:
    days: dict[str, Any] = {}
    for rank, one in enumerate(batch):
        days |= {f"since_{rank}": one.since, f"until_{rank}": one.until}
    return {
        "query": wanted.query,
        "principals": list(wanted.principals),
        "person": [wanted.user_id],
        **wanted.parameters,
        **days,
    }
