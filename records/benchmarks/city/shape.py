"""The shape of a made-up city: units, rights, file plan, files and how many documents they hold.

Shares as measured for the customer (search.md): 478,000 files for 2.74 million documents, median 4
and at most 330 a file, some 16,000 sets of rights, a head of 20 %, a clerk of 2 %, a dissolved unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

DOCUMENTS_PER_FILE = 5.73
MEDIAN, SPREAD, MOST = 4.0, 0.85, 330
DEPARTMENTS, UNITS_EACH = 10, 5
# Shares of the files: the first department is the large one, its first unit the clerk's.
DEPARTMENT_SHARES = (20, 16, 14, 12, 10, 8, 7, 6, 4, 3)
DISSOLVED = DEPARTMENTS * UNITS_EACH - 1
DISSOLVED_UNTIL = 2004
FIRST_YEAR, LAST_YEAR = 1995, 2026
DAYS_OPEN = 900
PLAIN_RIGHTS, SCOPE_VARIANTS = 0.5, 320


@dataclass(frozen=True, slots=True)
class FileShape:
    """One case file: what it is about and the documents' days, oldest first."""

    number: int
    unit: int
    domain: int
    scope: int
    entry: int
    opened_on: date
    days: tuple[date, ...]
    first_document: int


@dataclass(frozen=True, slots=True)
class Shape:
    """All sizes of a city; everything else follows from the seed."""

    seed: int
    sizes: Sequence[int]
    first_documents: Sequence[int]

    @property
    def files(self) -> int:
        return len(self.sizes)

    @property
    def documents(self) -> int:
        return sum(self.sizes)


def shape(documents: int, seed: int) -> Shape:
    """Exactly ``documents`` documents in as many files as belong to them."""
    rng = Random(seed)  # noqa: S311 - test data, no secret
    sizes: list[int] = []
    left = documents
    while left > 0:
        size = min(left, MOST, max(1, round(rng.lognormvariate(_LOG_MEDIAN, SPREAD))))
        sizes.append(size)
        left -= size
    return Shape(seed, sizes, [0, *accumulate(sizes)][:-1])


_LOG_MEDIAN = 1.386294361  # ln(MEDIAN)


def unit_weights() -> list[float]:
    """Share of the files of each unit; inside a department the first units have more."""
    inside = (10, 7, 5, 3, 2)
    return [share * part for share in DEPARTMENT_SHARES for part in inside]


def file_shape(
    city: Shape, number: int, scopes: Sequence[Sequence[int]], entries: int
) -> FileShape:
    """The file with this number; ``scopes``: indexes of the sets of rights by leading unit."""
    rng = Random(city.seed * 1_000_003 + number)  # noqa: S311
    unit = rng.choices(range(DEPARTMENTS * UNITS_EACH), cum_weights=_UNIT_WEIGHTS)[0]
    last = DISSOLVED_UNTIL if unit == DISSOLVED else LAST_YEAR
    # More and more is filed every year.
    year = int(rng.triangular(FIRST_YEAR, last + 1, last + 0.99))
    opened = date(min(year, last), rng.randint(1, 12), rng.randint(1, 28))
    newest = date(last, 10, 31)
    days = sorted(
        min(newest, opened + timedelta(rng.randrange(DAYS_OPEN))) for _ in range(city.sizes[number])
    )
    return FileShape(
        number, unit, (unit * 7 + rng.randrange(2)) % 24, _scope(rng, scopes[unit]),
        rng.randrange(entries), min(opened, days[0]), tuple(days), city.first_documents[number],
    )  # fmt: skip


def _scope(rng: Random, variants: Sequence[int]) -> int:
    """Half of the files have their unit's plain rights, the rest others were let in."""
    return variants[0] if rng.random() < PLAIN_RIGHTS else rng.choice(variants)


_UNIT_WEIGHTS = list(accumulate(unit_weights()))
