"""Who gains and who loses sight when many files change at once, before they do (requirement S2).

Files with the same rights before and after are explained once: most sets have very few kinds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from goettingen_ecm.access.scopes import Rights
from goettingen_ecm.accounts.models import User
from records.models import CaseFile
from records.rights import RightsTable
from records.selectors.access_explanation import PersonAccess
from records.selectors.sight_changes import EVERYBODY, SightChange, sight_change

NAMES_SHOWN = 50
# Files with releases of their own are kinds of their own; beyond so many the person is told.
KINDS_EXPLAINED = 40

Pair = tuple[CaseFile, CaseFile]
Kind = tuple[Rights, Rights, str]


@dataclass(frozen=True, slots=True)
class SightOfFiles:
    """A person and of how many of the files the sight changes."""

    person: PersonAccess
    files: int


@dataclass(frozen=True, slots=True)
class SightOfMany:
    """Most files first, at most 50 people of each; the totals count everybody.

    ``lost_by_oneself``: how many files the asking person no longer sees; ``unexplained``: files
    of too many different rights, about which this says nothing.
    """

    gains: Sequence[SightOfFiles]
    loses: Sequence[SightOfFiles]
    gains_total: int
    loses_total: int
    lost_by_oneself: int
    unexplained: int


def sight_of_many(pairs: Sequence[Pair], user: User) -> SightOfMany:
    """Compare each file before and after; ``after`` need not be saved."""
    kinds = sorted(_by_kind(pairs), key=len, reverse=True)
    explained = [
        (len(kind), sight_change(*kind[0], user, names_shown=EVERYBODY))
        for kind in kinds[:KINDS_EXPLAINED]
    ]
    gains = _counted((number, change.gains) for number, change in explained)
    loses = _counted((number, change.loses) for number, change in explained)
    return SightOfMany(
        gains=gains[:NAMES_SHOWN],
        loses=loses[:NAMES_SHOWN],
        gains_total=len(gains),
        loses_total=len(loses),
        lost_by_oneself=_lost(explained),
        unexplained=sum(len(kind) for kind in kinds[KINDS_EXPLAINED:]),
    )


def _by_kind(pairs: Sequence[Pair]) -> Iterable[list[Pair]]:
    before = RightsTable([one for one, _after in pairs])
    after = RightsTable([one for _before, one in pairs])
    kinds: dict[Kind, list[Pair]] = defaultdict(list)
    for old, new in pairs:
        kinds[before.rights(old), after.rights(new), old.circle].append((old, new))
    return kinds.values()


def _counted(found: Iterable[tuple[int, Sequence[PersonAccess]]]) -> list[SightOfFiles]:
    files: Counter[int] = Counter()
    people: dict[int, PersonAccess] = {}
    for number, changed in found:
        for one in changed:
            files[one.user_id] += number
            people.setdefault(one.user_id, one)
    return _sorted(files, people)


def _sorted(files: Mapping[int, int], people: Mapping[int, PersonAccess]) -> list[SightOfFiles]:
    rows = [SightOfFiles(people[pk], number) for pk, number in files.items()]
    return sorted(rows, key=lambda one: (-one.files, one.person.name))


def _lost(explained: Sequence[tuple[int, SightChange]]) -> int:
    return sum(number for number, change in explained if change.oneself_loses)
