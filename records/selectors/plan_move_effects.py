"""What moving entries of a draft would do to files, before it is saved (requirements A4, A5, S2).

Files lie in earlier versions until the draft is in force; they are found by the positions'
lineages.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet

from goettingen_ecm.accounts.models import User
from records import grants
from records.choices import DispositionType
from records.grants import GrantKind
from records.models import CaseFile, FilePlanEntry
from records.retention import RetentionRule
from records.selectors.plan_effects import FOLLOWING_STATES, INHERITED, nearest
from records.selectors.plan_entries import label_of, retention_text, value_text
from records.selectors.retention_rules import resolved
from records.selectors.sight_of_many import SightOfMany, sight_of_many

FILES_LOOKED_AT = 2_000
"""Whose sight changes is said of so many files; the page says when there are more."""

NOBODY = SightOfMany((), (), 0, 0, 0, 0)
ENTRY_KINDS = (GrantKind.ENTRY_GROUP, GrantKind.ENTRY_USER)


@dataclass(frozen=True, slots=True)
class PlannedMoves:
    """A draft before and after moves, by id; ``changed`` are the ids that stand or read otherwise.

    ``after`` holds copies that are not saved.
    """

    before: Mapping[int, FilePlanEntry]
    after: Mapping[int, FilePlanEntry]
    changed: Sequence[int]

    def nearest_first(self, pk: int, *, after: bool) -> list[FilePlanEntry]:
        """The entry and those above it, as they are or as they would be."""
        known = self.after if after else self.before
        return [known[one] for one in reversed(known[pk].ancestors)]


@dataclass(frozen=True, slots=True)
class Inherited:
    """A default that changes from above ("alt → neu") and for how many entries."""

    label: str
    change: str
    entries: int


@dataclass(frozen=True, slots=True)
class MoveEffect:
    """``files``: all files concerned; ``renewed``/``renewed_closed``: with another retention or
    disposition. ``not_looked_at``: files beyond those about whose sight something is said.
    """

    inherited: Sequence[Inherited]
    files: int
    renewed: int
    renewed_closed: int
    sight: SightOfMany
    not_looked_at: int


def effect_of_moves(planned: PlannedMoves, user: User) -> MoveEffect:
    """Compare what files and new files would have; writes nothing."""
    later = _later(planned)
    counts = _files(later).aggregate(
        files=Count("pk"),
        renewed=Count("pk", filter=Q(entry__in=(renewed := _renewed(later)))),
        closed=Count("pk", filter=Q(entry__in=renewed, closed_on__isnull=False)),
    )
    return MoveEffect(
        inherited=_inherited(planned),
        files=counts["files"],
        renewed=counts["renewed"],
        renewed_closed=counts["closed"],
        sight=_sight(later, user),
        not_looked_at=max(counts["files"] - FILES_LOOKED_AT, 0),
    )


def files_lost_by(user: User, planned: PlannedMoves) -> int:
    """How many files the person sees now and would not see when the draft is in force."""
    return _sight(_later(planned), user).lost_by_oneself


@dataclass(frozen=True, slots=True)
class _Later:
    """An entry of an earlier version with files, and its place after the move."""

    entry: FilePlanEntry
    now: Sequence[FilePlanEntry]
    then: Sequence[FilePlanEntry]


def _later(planned: PlannedMoves) -> dict[int, _Later]:
    """By id of the entries in which the files lie today; the paths are nearest first."""
    by_lineage = {planned.after[pk].lineage: pk for pk in planned.changed}
    rows = FilePlanEntry.objects.filter(lineage__in=by_lineage)
    entries = list(rows.exclude(pk__in=planned.before))
    known = FilePlanEntry.objects.in_bulk({a for e in entries for a in e.ancestors})
    return {
        e.pk: _Later(
            e,
            [known[a] for a in reversed(e.ancestors)],
            planned.nearest_first(by_lineage[e.lineage], after=True),
        )
        for e in entries
    }


def _files(later: Mapping[int, _Later]) -> QuerySet[CaseFile]:
    return CaseFile.objects.filter(entry__in=later, status__in=FOLLOWING_STATES).order_by()


def _renewed(later: Mapping[int, _Later]) -> list[int]:
    return [pk for pk, one in later.items() if rules_differ(one.now, one.then)]


def rules_differ(now: Sequence[FilePlanEntry], then: Sequence[FilePlanEntry]) -> bool:
    """Whether files get another period or disposition there; both paths nearest first."""
    return _rule(now) != _rule(then)


def _rule(nearest_first: Sequence[FilePlanEntry]) -> tuple[RetentionRule, str]:
    """Where a period comes from is no part of it: an entry may only have another code."""
    kind = nearest(nearest_first, "disposition") or DispositionType.APPRAISE
    return replace(resolved(nearest_first), source=""), str(kind)


def _inherited(planned: PlannedMoves) -> list[Inherited]:
    """What changes for new files, by kind; most entries first."""
    found: Counter[tuple[str, str]] = Counter()
    for pk in planned.changed:
        before, after = (_texts(planned.nearest_first(pk, after=one)) for one in (False, True))
        for name, old in before.items():
            if old != after[name]:
                found[label_of(name), f"{old or '–'} → {after[name] or '–'}"] += 1
    return [Inherited(label, change, n) for (label, change), n in found.most_common()]


def _texts(nearest_first: Sequence[FilePlanEntry]) -> dict[str, str]:
    rule = resolved(nearest_first)
    texts = {"retention_years": retention_text(rule.years, permanent=rule.permanent)}
    texts["retention_start"] = value_text("retention_start", rule.start)
    texts["transfer_years"] = value_text("transfer_years", rule.transfer_years)
    return texts | {name: value_text(name, nearest(nearest_first, name)) for name in INHERITED}


def _sight(later: Mapping[int, _Later], user: User) -> SightOfMany:
    """Only access definitions of the plan make a difference: level, circle and unit stay."""
    granted = _with_grants(e.pk for one in later.values() for e in (*one.now, *one.then))
    reached = [pk for pk, one in later.items() if granted & {e.pk for e in (*one.now, *one.then)}]
    rows = CaseFile.objects.filter(entry__in=reached, status__in=FOLLOWING_STATES)
    files = rows.select_related("entry", "lead_unit").order_by("pk")[:FILES_LOOKED_AT]
    pairs = [(one, _as_then(one, later[one.entry_id])) for one in files] if reached else []
    return sight_of_many(pairs, user) if pairs else NOBODY


def _with_grants(entry_ids: Iterable[int]) -> set[int]:
    return {grant.object_id for grant in grants.of_objects(ENTRY_KINDS, set(entry_ids))}


def _as_then(case_file: CaseFile, later: _Later) -> CaseFile:
    then = copy(case_file)
    then.entry = later.then[0]
    return then
