"""Entries that came into the plan in force while its next version was drafted already (A3, A7)."""

from collections.abc import Mapping

from records.models import FilePlan, FilePlanEntry
from records.models.file_plan import plan_sort_key
from records.services import writing
from records.services.actor import Actor

COPIED = (
    "title", "description", "retention_years", "retention_permanent", "transfer_years",
    "retention_start", "disposition", "confidentiality", "circle", "lead_unit_id", "required_data",
    "allowed_types", "allowed_file_types", "capacity", "locked", "retired_on", "lineage",
)  # fmt: skip


def copy_late_entries(plan: FilePlan, actor: Actor) -> list[FilePlanEntry]:
    """Give the version what only the one before has, below the same positions, shortest codes first.

    A code that is taken in the version stays with its owner; files of such an entry stay where
    they are, readable under their number.
    """
    now = {e.lineage: e for e in plan.entries.all()}
    codes = {e.code for e in now.values()}
    before = FilePlan.objects.filter(valid_from__lt=plan.valid_from).order_by("-valid_from", "-pk")
    earlier = {e.pk: e for e in FilePlanEntry.objects.filter(plan=before.first())}
    if not any(e.lineage in now for e in earlier.values()):
        return []
    drafted = min(e.pk for e in now.values())
    late = [e for e in earlier.values() if e.lineage not in now and e.pk > drafted]
    made: list[FilePlanEntry] = []
    for entry in sorted(late, key=lambda one: (len(one.ancestors), one.pk)):
        copied = _copy(entry, plan, earlier, {e.lineage: e for e in (*now.values(), *made)})
        if copied is None or copied.code in codes:
            continue
        [copied] = writing.create([copied], actor)
        copied.ancestors = [*(copied.parent.ancestors if copied.parent else []), copied.pk]
        FilePlanEntry.objects.filter(pk=copied.pk).update(ancestors=copied.ancestors)
        codes.add(copied.code)
        made.append(copied)
    return made


def _copy(
    entry: FilePlanEntry,
    plan: FilePlan,
    earlier: Mapping[int, FilePlanEntry],
    now: Mapping[object, FilePlanEntry],
) -> FilePlanEntry | None:
    """None where the position above is not in the version: the entry belongs to another plan."""
    lead_id = entry.overflow_of_id or entry.parent_id
    lead = earlier.get(lead_id) if lead_id else None
    there = now.get(lead.lineage) if lead else None
    if lead_id and (lead is None or there is None):
        return None
    code = entry.code
    if lead is not None and there is not None and code.startswith(lead.code):
        code = f"{there.code}{code[len(lead.code) :]}"
    continues = there if entry.overflow_of_id else None
    parent = there.parent if there is not None and continues is not None else there
    values = {name: getattr(entry, name) for name in COPIED}
    return FilePlanEntry(
        plan=plan,
        parent=parent,
        code=code,
        sort_key=plan_sort_key(code, entry.title),
        overflow_of=continues,
        **values,
    )
