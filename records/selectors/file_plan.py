"""The file plan by branch: never more than one page of one level at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.http import Http404

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.operations import clock
from records.models import FilePlan, FilePlanEntry

LEVEL_PAGE = 100
COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class Branch:
    """One page of one opened level: the way down to it and its entries.

    ``next_cursor``: where the next entries begin; ``total`` counts the level.
    """

    plan: FilePlan
    path: Sequence[FilePlanEntry]
    entries: Sequence[FilePlanEntry]
    next_cursor: str = ""
    total: int = 0

    @property
    def entry(self) -> FilePlanEntry | None:
        return self.path[-1] if self.path else None

    @property
    def is_leaf(self) -> bool:
        return self.entry is not None and self.total == 0


def current_plan() -> FilePlan | None:
    """The plan in force today; the newest one where several are."""
    today = clock.today()
    plans = FilePlan.objects.filter(valid_from__lte=today).order_by("-valid_from", "-pk")
    return next((p for p in plans[:10] if p.valid_until is None or p.valid_until >= today), None)


def branch(entry_id: int | None = None, after: Cursor | None = None) -> Branch | None:
    """The top level, or the level below an entry, from a cursor on. Raises Http404.

    The plan's structure is no secret inside the house; only what lies in it is.
    """
    if entry_id is None:
        plan = current_plan()
        return top_level(plan, after) if plan else None
    entry = FilePlanEntry.objects.select_related("plan", "successor", "lead_unit")
    found = entry.filter(pk=entry_id).first()
    if found is None:
        raise Http404
    by_id = FilePlanEntry.objects.in_bulk(found.ancestors[:-1]) if found.parent_id else {}
    return _level(found.plan, [*(by_id[a] for a in found.ancestors[:-1]), found], after)


def top_level(plan: FilePlan, after: Cursor | None = None) -> Branch:
    """The top level of a version, from a cursor on."""
    return _level(plan, [], after)


def _level(plan: FilePlan, path: Sequence[FilePlanEntry], after: Cursor | None) -> Branch:
    """One page of the entries below, in the plan's order."""
    level = plan.entries.filter(parent=path[-1] if path else None)
    rows = level.order_by("sort_key", "pk")
    if after is not None:
        later = Q(sort_key__gt=after.value) | Q(sort_key=after.value, pk__gt=after.pk)
        rows = rows.filter(later)
    found = list(rows[: LEVEL_PAGE + 1])
    shown = found[:LEVEL_PAGE]
    more = len(found) > LEVEL_PAGE
    total = level.count() if more or after is not None else len(found)
    cursor = Cursor(shown[-1].sort_key, shown[-1].pk).encode() if more else ""
    return Branch(plan, path, shown, cursor, total)


COUNTS = """
SELECT wanted.id, own.n FROM unnest(%s::bigint[]) AS wanted(id)
CROSS JOIN LATERAL (
    SELECT count(*) AS n FROM (
        SELECT 1 FROM records_casefile
        WHERE entry_id = wanted.id AND scope_id = ANY(%s::int[]) LIMIT %s
    ) AS capped
) AS own
"""


def visible_file_counts(user: Person, entries: Sequence[FilePlanEntry]) -> dict[int, int]:
    """Visible files directly in each entry, capped at COUNT_CAP so that no page counts a city."""
    scope_ids = list(rights_of(user).scope_ids)
    if not scope_ids or not entries:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [[e.pk for e in entries], scope_ids, COUNT_CAP])
        return dict(cursor.fetchall())
