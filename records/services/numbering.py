"""Aktenzeichen: reserved n at once, in key order, as the last step before commit (A6, A7).

A number is never reused: the counter only grows within a committed transaction, and a rolled-back
one returns its numbers because the counter's row rolls back with it.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import count

from django.db import connection

from records.choices import CaseFileKind
from records.models import CaseFile, FilePlan, FilePlanEntry

RESERVE = """
INSERT INTO records_numbercounter AS counter (entry_id, year, last)
SELECT entry.id, %(year)s, %(many)s + COALESCE(max(earlier.last), 0)
  FROM records_fileplanentry AS entry
  LEFT JOIN (records_fileplanentry AS same
             JOIN records_numbercounter AS earlier
               ON earlier.entry_id = same.id AND earlier.year = %(year)s)
    ON same.code = entry.code AND same.id <> entry.id
 WHERE entry.id = %(entry)s GROUP BY entry.id
ON CONFLICT (entry_id, year) DO UPDATE SET last = counter.last + %(many)s
RETURNING last
"""
"""A new version's entry counts on from the one of the same code: codes make the numbers."""


def reserve(wanted: Sequence[tuple[int, int]]) -> list[int]:
    """One running number for each (entry id, year), in the order asked.

    The counters' rows stay locked until the caller's transaction ends; they are taken in sorted
    order so that two batches never wait for each other in a circle.
    """
    next_free: dict[tuple[int, int], int] = {}
    with connection.cursor() as cursor:
        for key, how_many in sorted(Counter(wanted).items()):
            values = {"entry": key[0], "year": key[1], "many": how_many}
            cursor.execute(RESERVE, values)
            next_free[key] = cursor.fetchone()[0] - how_many + 1
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

    The entry's row is locked for Sachakten, whose numbers depend on it, and whenever an entry is
    continued; otherwise Fallakten are counted without a lock because a few more than the capacity
    do no harm. Entries are taken in key order so that two batches never wait in a circle.
    """
    by_base: dict[int, list[CaseFile]] = defaultdict(list)
    for case_file in files:
        by_base[case_file.entry.overflow_of_id or case_file.entry_id].append(case_file)
    bases = FilePlanEntry.objects.in_bulk(list(by_base))
    for pk in sorted(by_base):
        _place_in(bases[pk], by_base[pk])


def _place_in(base: FilePlanEntry, files: Sequence[CaseFile]) -> None:
    exact = any(f.kind == CaseFileKind.SUBJECT for f in files)
    tail, room = _tail(base)
    if exact or room < len(files):
        # Also for Fallakten that do not all fit: another batch may be continuing the entry.
        _lock(base)
        tail, room = _tail(base)
    for case_file in files:
        if room <= 0:
            tail, room = _continue(base), base.capacity
        case_file.entry = tail
        room -= 1


def _lock(base: FilePlanEntry) -> None:
    FilePlanEntry.objects.select_for_update(no_key=True).only("pk").get(pk=base.pk)


def _tail(base: FilePlanEntry) -> tuple[FilePlanEntry, int]:
    """The last continuation of the entry (or itself) and how many files still fit."""
    last = base.overflows.order_by("-id").first() or base
    filled = CaseFile.objects.filter(entry=last).order_by()[: base.capacity].count()
    return last, base.capacity - filled


def _continue(base: FilePlanEntry) -> FilePlanEntry:
    """The next entry "Kennzeichen.lfd" beside the full one, with the same defaults.

    Grants of the full entry hold for its continuations too (``records.rights``).
    """
    copied = {
        name: getattr(base, name)
        for name in (
            "plan", "parent", "title", "description", "retention_years", "retention_permanent",
            "transfer_years", "retention_start", "disposition", "confidentiality", "circle", "lead_unit",
            "required_data", "allowed_types", "allowed_file_types", "capacity",
        )
    }  # fmt: skip
    entry = FilePlanEntry(code=_next_code(base), overflow_of=base, **copied)
    entry.save()
    return entry


def _next_code(base: FilePlanEntry) -> str:
    """The first free "Kennzeichen.lfd"; retired entries keep theirs."""
    taken = FilePlanEntry.objects.filter(plan=base.plan_id, code__startswith=f"{base.code}.")
    codes = set(taken.values_list("code", flat=True))
    free = (f"{base.code}.{number}" for number in count(base.overflows.count() + 1))
    return next(code for code in free if code not in codes)
