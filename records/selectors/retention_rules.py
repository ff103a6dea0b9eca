"""Which retention rule the file plan gives, and the checklist before closing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from records.choices import RetentionStart
from records.closing_checks import OPEN_MATTERS, closing_checks
from records.models import CaseFile, FilePlanEntry
from records.retention import RetentionRule


def rules_of(entry_ids: Collection[int]) -> dict[int, RetentionRule]:
    """The rule of each entry by id: the nearest entry that sets a value wins, for each value."""
    entries = FilePlanEntry.objects.in_bulk(set(entry_ids))
    above = FilePlanEntry.objects.in_bulk({a for e in entries.values() for a in e.ancestors})
    return {
        pk: resolved([above[a] for a in reversed(entry.ancestors)]) for pk, entry in entries.items()
    }


def resolved(nearest_first: Sequence[FilePlanEntry]) -> RetentionRule:
    """The rule of the first entry, given it and those above it."""
    period = next(
        (e for e in nearest_first if e.retention_permanent or e.retention_years is not None), None
    )
    transfer = (e.transfer_years for e in nearest_first if e.transfer_years is not None)
    start = (e.retention_start for e in nearest_first if e.retention_start)
    return RetentionRule(
        years=None if period is None or period.retention_permanent else period.retention_years,
        permanent=period is not None and period.retention_permanent,
        transfer_years=next(transfer, None),
        start=next(start, RetentionStart.YEAR_END),
        source=period.code if period else "",
    )


def rule_of_file(case_file: CaseFile) -> RetentionRule:
    """The rule by which the stored dates of a file came about."""
    return RetentionRule(
        case_file.retention_years,
        case_file.retention_permanent,
        case_file.transfer_years,
        case_file.retention_start,
        case_file.retention_rule,
    )


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """A line of the checklist: how many things are still open, and what to do about them."""

    name: str
    label: str | Promise
    advice: str | Promise
    count: int

    @property
    def done(self) -> bool:
        return self.count == 0

    @property
    def are_matters(self) -> bool:
        return self.name == OPEN_MATTERS


def checklist(part: str, ids: Sequence[int]) -> Mapping[int, list[ChecklistItem]]:
    """The checklist of each file or matter by id (``part``: see ``closing_checks``)."""
    found: dict[int, list[ChecklistItem]] = {pk: [] for pk in ids}
    for name in closing_checks.names():
        check = closing_checks.get(name)
        counts = check.count(part, ids)
        for pk, items in found.items():
            items.append(ChecklistItem(name, check.label, check.advice, counts.get(pk, 0)))
    return found
