"""The file plan by branch: never more than one level at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.http import Http404

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.operations import clock
from records.models import FilePlan, FilePlanEntry

BRANCH_LIMIT = 500
COUNT_CAP = 1000


@dataclass(frozen=True, slots=True)
class Branch:
    """One opened level: the way down to it, its entries, and visible files in a leaf."""

    plan: FilePlan
    path: Sequence[FilePlanEntry]
    entries: Sequence[FilePlanEntry]

    @property
    def entry(self) -> FilePlanEntry | None:
        return self.path[-1] if self.path else None


def current_plan() -> FilePlan | None:
    """The plan in force today; the newest one where several are."""
    today = clock.today()
    plans = FilePlan.objects.filter(valid_from__lte=today).order_by("-valid_from", "-pk")
    return next((p for p in plans[:10] if p.valid_until is None or p.valid_until >= today), None)


def branch(entry_id: int | None = None) -> Branch | None:
    """The top level, or the level below an entry. Raises Http404 for an unknown entry.

    The plan's structure is no secret inside the house; only what lies in it is.
    """
    if entry_id is None:
        plan = current_plan()
        return Branch(plan, [], _children(plan, None)) if plan else None
    entry = FilePlanEntry.objects.select_related("plan").filter(pk=entry_id).first()
    if entry is None:
        raise Http404
    by_id = FilePlanEntry.objects.in_bulk(entry.ancestors)
    path = [by_id[a] for a in entry.ancestors]
    return Branch(entry.plan, path, _children(entry.plan, entry))


def _children(plan: FilePlan, parent: FilePlanEntry | None) -> list[FilePlanEntry]:
    return list(plan.entries.filter(parent=parent).order_by("sort_key", "pk")[:BRANCH_LIMIT])


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
