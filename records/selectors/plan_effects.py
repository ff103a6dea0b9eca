"""What a change of plan entries would do below them, before it is made (requirements A4, A5, S2)."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from goettingen_ecm.accounts.models import User
from records.choices import CaseFileStatus, Confidentiality, DispositionType
from records.models import CaseFile, FilePlanEntry
from records.retention import RetentionRule
from records.selectors.retention_rules import resolved
from records.selectors.sight_changes import SightChange, sight_change

FOLLOWING_STATES = (CaseFileStatus.ACTIVE, CaseFileStatus.CLOSED, CaseFileStatus.RETENTION)
"""Later states stand in an offer to the archive already (requirements A5)."""

ACCESS = ("confidentiality", "circle")
INHERITED = (*ACCESS, "disposition", "required_data", "allowed_types", "allowed_file_types")
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Effect:
    """Counts of what lies below: entries that follow, files whose retention is reckoned anew.

    ``renewed``: entries whose files get another retention rule, ``appraised_anew``: those whose
    files get another disposition as long as nothing was decided.
    """

    below: int = 0
    following: int = 0
    files: int = 0
    closed_files: int = 0
    files_in_all: int = 0
    renewed: Sequence[int] = ()
    appraised_anew: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Defaults:
    """What files opened in an entry would inherit."""

    retention: RetentionRule
    others: Mapping[str, Any] = field(default_factory=dict)


def branch_of(entry_ids: Sequence[int]) -> dict[int, FilePlanEntry]:
    """The entries, everything below them and what continues one of these (A7), by id."""
    rows = FilePlanEntry.objects.filter(
        Q(ancestors__overlap=list(entry_ids)) | Q(overflow_of__ancestors__overlap=list(entry_ids))
    )
    return {entry.pk: entry for entry in rows}


def effect_of(wanted: Mapping[int, Values]) -> Effect:
    """Compare the inherited defaults of the whole branch before and after; writes nothing."""
    branch = branch_of(list(wanted))
    known = branch | _above(branch)
    changed = known | {pk: _with(known[pk], values) for pk, values in wanted.items()}
    before = {pk: _defaults(branch[pk], known) for pk in branch}
    after = {pk: _defaults(branch[pk], changed) for pk in branch}
    below = [pk for pk in branch if pk not in wanted]
    renewed = [pk for pk in branch if before[pk].retention != after[pk].retention]
    kinds = [pk for pk in branch if _disposition(before[pk]) != _disposition(after[pk])]
    return Effect(
        below=len(below),
        following=sum(before[pk] != after[pk] for pk in below),
        renewed=renewed,
        appraised_anew=kinds,
        **_file_counts(list(branch), renewed, kinds),
    )


def _above(branch: Mapping[int, FilePlanEntry]) -> dict[int, FilePlanEntry]:
    ids = {a for entry in branch.values() for a in entry.ancestors} - branch.keys()
    return FilePlanEntry.objects.in_bulk(list(ids))


def _with(entry: FilePlanEntry, values: Values) -> FilePlanEntry:
    changed = copy(entry)
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def _defaults(entry: FilePlanEntry, known: Mapping[int, FilePlanEntry]) -> Defaults:
    nearest_first = [known[a] for a in reversed(entry.ancestors)]
    return Defaults(
        resolved(nearest_first), {name: nearest(nearest_first, name) for name in INHERITED}
    )


def nearest(nearest_first: Sequence[FilePlanEntry], name: str) -> Any:
    """The value of the nearest entry that sets one; None where nobody does."""
    values = (getattr(entry, name) for entry in nearest_first)
    return next((value for value in values if value not in (None, "", [])), None)


def _disposition(defaults: Defaults) -> str:
    return str(defaults.others["disposition"] or DispositionType.APPRAISE)


def files_to_renew(effect: Effect) -> Q:
    """The files whose retention or disposition follows the change (A5: only undecided ones)."""
    undecided = Q(entry__in=effect.appraised_anew, disposition=DispositionType.APPRAISE)
    follows = Q(entry__in=effect.renewed) | undecided
    return follows & Q(status__in=FOLLOWING_STATES)


def _file_counts(
    branch: Sequence[int], renewed: Sequence[int], kinds: Sequence[int]
) -> dict[str, int]:
    renewing = files_to_renew(Effect(renewed=renewed, appraised_anew=kinds))
    rows = CaseFile.objects.filter(entry__in=branch).order_by()
    return rows.aggregate(
        files_in_all=Count("pk"),
        files=Count("pk", filter=renewing),
        closed_files=Count("pk", filter=renewing & Q(closed_on__isnull=False)),
    )


def sight_of_new_files(entry: FilePlanEntry, values: Values, user: User) -> SightChange | None:
    """Who would see files opened from now on, compared with today; None where nothing changes.

    Existing files keep their level and circle: those are changed at the file, with a preview.
    """
    changed = _with(entry, values)
    if all(getattr(entry, name) == getattr(changed, name) for name in ACCESS):
        return None
    above = FilePlanEntry.objects.in_bulk(entry.ancestors[:-1])
    path = [above[a] for a in reversed(entry.ancestors[:-1])]
    before, after = (_new_file([one, *path]) for one in (entry, changed))
    if before.lead_unit_id is None:
        return None
    return sight_change(before, after, user)


def _new_file(nearest_first: Sequence[FilePlanEntry]) -> CaseFile:
    """A file as it would be opened by the unit that leads the entry; never save it."""
    return CaseFile(
        pk=0,
        entry=nearest_first[0],
        lead_unit=nearest(nearest_first, "lead_unit"),
        confidentiality=nearest(nearest_first, "confidentiality") or Confidentiality.INTERNAL,
        circle=nearest(nearest_first, "circle") or "",
    )
