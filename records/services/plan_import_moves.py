"""Rows of a CSV file that name their predecessor: the entry is moved instead of made anew (A3)."""

from goettingen_ecm.operations.refusals import Refusal
from records.file_plan_import import PlanRow, Problem, ReadPlan, parent_code
from records.models import FilePlan, FilePlanEntry
from records.plan_tree import Move
from records.selectors.plan_lineage import owners_of_codes
from records.services.actor import Actor
from records.services.plan_moves import move_entries


def move_by_predecessors(
    plan: FilePlan, read: ReadPlan, problems: list[Problem], actor: Actor
) -> int:
    """Move what the file has under another code; returns how many rows moved something.

    A row whose move is refused is taken out of ``read`` and reported: as a new entry it would
    tear the position from its files.
    """
    moved = 0
    for row in sorted(read.rows.values(), key=lambda one: len(one.code)):
        entry = _entry_to_move(plan, row) if row.predecessor else None
        if entry is None:
            continue
        try:
            move_entries({entry.pk: _move(plan, row, entry)}, actor)
            moved += 1
        except Refusal as refusal:
            reason = f"{refusal.reason} {refusal.next_step}".strip()
            problems.append(Problem(row.line, "predecessor", reason))
            del read.rows[row.code]
    return moved


def _entry_to_move(plan: FilePlan, row: PlanRow) -> FilePlanEntry | None:
    """The entry of the version that had the code; None where nothing is to be moved."""
    if plan.entries.filter(code=row.code).exists():
        return None
    here = plan.entries.filter(code=row.predecessor).first()
    owner = owners_of_codes(plan, [row.predecessor]).get(row.predecessor)
    if here is None and owner is not None:
        here = plan.entries.filter(lineage=owner.lineage).first()
    return here


def _move(plan: FilePlan, row: PlanRow, entry: FilePlanEntry) -> Move:
    others = dict(plan.entries.exclude(pk=entry.pk).values_list("code", "pk"))
    return Move(others.get(parent_code(row.code, others)), row.code)
