"""Aktenzeichen: reserved n at once, in key order, as the last step before commit (A6, A7).

A number is never reused: the counter only grows within a committed transaction, and a rolled-back
one returns its numbers because the counter's row rolls back with it.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection

from records.choices import CaseFileKind
from records.models import (
    CaseFile,
    FilePlan,
    FilePlanEntry,
    PlanEntryGroupGrant,
    PlanEntryUserGrant,
)

RESERVE = """
INSERT INTO records_numbercounter (entry_id, year, last) VALUES (%s, %s, %s)
ON CONFLICT (entry_id, year) DO UPDATE SET last = records_numbercounter.last + EXCLUDED.last
RETURNING last
"""


def reserve(wanted: Sequence[tuple[int, int]]) -> list[int]:
    """One running number for each (entry id, year), in the order asked.

    The counters' rows stay locked until the caller's transaction ends; they are taken in sorted
    order so that two batches never wait for each other in a circle.
    """
    next_free: dict[tuple[int, int], int] = {}
    with connection.cursor() as cursor:
        for key, count in sorted(Counter(wanted).items()):
            cursor.execute(RESERVE, [*key, count])
            next_free[key] = cursor.fetchone()[0] - count + 1
    numbers = []
    for key in wanted:
        numbers.append(next_free[key])
        next_free[key] += 1
    return numbers


def subject_number(plan: FilePlan, entry: FilePlanEntry, unit: str, number: int, year: int) -> str:
    """The aktenzeichen of a Sachakte by the plan's scheme."""
    return plan.number_scheme.format(entry=entry.code, number=number, year=year, unit=unit)


def case_number(plan: FilePlan, entry: FilePlanEntry, key: str) -> str:
    """The aktenzeichen of a Fallakte: led by its foreign key."""
    return plan.case_scheme.format(entry=entry.code, key=key)


def place(files: Sequence[CaseFile]) -> None:
    """Move new files on to the entry's continuation when the entry is full (A7).

    The entry's row is locked for Sachakten, whose numbers depend on it; Fallakten are counted
    without a lock because a few more than the capacity do no harm.
    """
    subject = {f.entry_id for f in files if f.kind == CaseFileKind.SUBJECT}
    locked = FilePlanEntry.objects.select_for_update(no_key=True).order_by("id")
    list(locked.filter(pk__in=subject).values_list("id", flat=True))
    room: dict[int, list[Any]] = {}
    for case_file in files:
        base = case_file.entry
        tail = room.get(base.pk) or _tail(base)
        if tail[1] <= 0:
            tail = [_continue(base), base.capacity]
        tail[1] -= 1
        room[base.pk] = tail
        case_file.entry = tail[0]


def _tail(base: FilePlanEntry) -> list[Any]:
    """The last continuation of the entry (or itself) and how many files still fit."""
    last = base.overflows.order_by("-id").first() or base
    filled = CaseFile.objects.filter(entry=last).order_by()[: last.capacity].count()
    return [last, last.capacity - filled]


def _continue(base: FilePlanEntry) -> FilePlanEntry:
    """The next entry "Kennzeichen.lfd" beside the full one, with the same defaults."""
    copied = {
        name: getattr(base, name)
        for name in (
            "plan", "parent", "title", "description", "retention_years", "retention_permanent",
            "transfer_years", "disposition", "confidentiality", "circle", "lead_unit",
            "required_data", "allowed_types", "capacity",
        )
    }  # fmt: skip
    number = base.overflows.count() + 1
    entry = FilePlanEntry(code=f"{base.code}.{number}", overflow_of=base, **copied)
    entry.save()
    for model in (PlanEntryGroupGrant, PlanEntryUserGrant):
        for grant in model.objects.filter(content_object=base):
            grant.pk, grant.content_object = None, entry
            grant.save()
    return entry
