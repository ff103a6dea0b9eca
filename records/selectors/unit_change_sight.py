"""Who gains and who loses sight of files by a merge or split of units, before it is made (S2, S7).

Files with the same rights are explained once, before and after. The change moves people as well as
files: the second look is taken in a transaction that has made it and is rolled back.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from django.db.models import QuerySet

from goettingen_ecm.accounts.models import OrgUnit
from records.models import CaseFile
from records.rights import RightsTable
from records.selectors.access_explanation import PersonAccess, explain
from records.selectors.sight_changes import EVERYBODY
from records.selectors.sight_of_many import KINDS_EXPLAINED, NAMES_SHOWN, SightOfFiles
from records.selectors.unit_changes import Going, files_going

People = Mapping[int, PersonAccess]


@dataclass(frozen=True, slots=True)
class SeenKind:
    """One of ``number`` files with the same rights, whether they go, and who sees them now."""

    sample: CaseFile
    number: int
    goes: bool
    seen_by: People


@dataclass(frozen=True, slots=True)
class SightOfChange:
    """Most files first, at most 50 people of each; the totals count everybody.

    ``unexplained``: files of too many different rights, about which this says nothing.
    """

    gains: Sequence[SightOfFiles]
    loses: Sequence[SightOfFiles]
    gains_total: int
    loses_total: int
    unexplained: int


@dataclass(frozen=True, slots=True)
class Kinds:
    explained: Sequence[SeenKind]
    unexplained: int


def kinds_of(files: QuerySet[CaseFile], going: Going) -> Kinds:
    """Who sees the files as things stand; the largest kinds first."""
    rows = list(files.select_related("entry", "lead_unit").order_by("pk"))
    leaving = set(files_going(going).order_by().values_list("pk", flat=True))
    table = RightsTable(rows)
    found: dict[object, list[CaseFile]] = defaultdict(list)
    for one in rows:
        found[_kind(one, table, one.pk in leaving)].append(one)
    kinds = sorted(found.values(), key=len, reverse=True)
    explained = [
        SeenKind(kind[0], len(kind), kind[0].pk in leaving, _seen_by(kind[0]))
        for kind in kinds[:KINDS_EXPLAINED]
    ]
    return Kinds(explained, sum(len(kind) for kind in kinds[KINDS_EXPLAINED:]))


def _kind(one: CaseFile, table: RightsTable, goes: bool) -> object:
    return (table.rights(one), one.circle, one.confidentiality, one.lead_unit_id, goes)


def _seen_by(one: CaseFile) -> People:
    return {person.user_id: person for person in explain(one, limit=EVERYBODY).people}


def compared(kinds: Kinds, target: OrgUnit) -> SightOfChange:
    """The second look; the caller has made the change of people and units."""
    gains: Counter[int] = Counter()
    loses: Counter[int] = Counter()
    people: dict[int, PersonAccess] = {}
    for kind in kinds.explained:
        after = _seen_by(_there(kind, target))
        people |= {**after, **kind.seen_by}
        gains.update(dict.fromkeys(after.keys() - kind.seen_by.keys(), kind.number))
        loses.update(dict.fromkeys(kind.seen_by.keys() - after.keys(), kind.number))
    return SightOfChange(
        gains=_sorted(gains, people)[:NAMES_SHOWN],
        loses=_sorted(loses, people)[:NAMES_SHOWN],
        gains_total=len(gains),
        loses_total=len(loses),
        unexplained=kinds.unexplained,
    )


def _there(kind: SeenKind, target: OrgUnit) -> CaseFile:
    moved = copy(kind.sample)
    if kind.goes:
        moved.lead_unit = target
    return moved


def _sorted(files: Mapping[int, int], people: People) -> list[SightOfFiles]:
    rows = [SightOfFiles(people[pk], number) for pk, number in files.items()]
    return sorted(rows, key=lambda one: (-one.files, one.person.name))
