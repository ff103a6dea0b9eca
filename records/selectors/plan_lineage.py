"""The same position in other versions of the plan: where a file's entry is in force today (A3)."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from records.models import FilePlan, FilePlanEntry
from records.selectors.file_plan import current_plan


def entries_in_force(entries: Iterable[FilePlanEntry]) -> dict[int, FilePlanEntry]:
    """The entry in force of each entry by id; itself in the version of today.

    An entry of a full one's kind that only an earlier version has leads to the one it continues.
    Missing where the version in force has none: then its plan is another one altogether.
    """
    asked = list(entries)
    plan = current_plan()
    bases = FilePlanEntry.objects.in_bulk([e.overflow_of_id for e in asked if e.overflow_of_id])
    wanted = {e.lineage for e in (*asked, *bases.values())}
    rows = FilePlanEntry.objects.filter(plan=plan, lineage__in=wanted) if plan else []
    now = {e.lineage: e for e in rows}
    found = {}
    for entry in asked:
        base = bases.get(entry.overflow_of_id or 0)
        later = now.get(entry.lineage) or (now.get(base.lineage) if base else None)
        if later is not None:
            found[entry.pk] = later
    return found


def other_versions(entry: FilePlanEntry) -> list[FilePlanEntry]:
    """The entry in every other version, newest first, with ``plan``."""
    rows = FilePlanEntry.objects.filter(lineage=entry.lineage).exclude(pk=entry.pk)
    return list(rows.select_related("plan").order_by("-plan__valid_from", "-pk"))


def earlier_codes(plan: FilePlan, lineages: Collection[UUID]) -> dict[UUID, str]:
    """The code each position had in the newest version before this one; new ones are missing."""
    rows = FilePlanEntry.objects.filter(lineage__in=lineages, plan__valid_from__lt=plan.valid_from)
    return dict(rows.order_by("plan__valid_from", "plan_id").values_list("lineage", "code"))


def owners_of_codes(plan: FilePlan, codes: Collection[str]) -> Mapping[str, FilePlanEntry]:
    """Who has these codes in other versions, by code: the newest version counts."""
    rows = FilePlanEntry.objects.filter(code__in=codes).exclude(plan=plan)
    found = rows.select_related("plan").order_by("plan__valid_from", "pk")
    return {entry.code: entry for entry in found}
