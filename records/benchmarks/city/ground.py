"""The reference data of a made-up city: units, people, rights, file plan, a few real letters."""

from dataclasses import dataclass
from datetime import date
from random import Random

import typst
from django.db import transaction
from django.utils import timezone

from goettingen_ecm.access import scopes
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.services import ensure_unit_role, give_role
from records import blob_store
from records.benchmarks.city import texts
from records.benchmarks.city.shape import (
    DEPARTMENTS,
    DISSOLVED,
    SCOPE_VARIANTS,
    UNITS_EACH,
)
from records.benchmarks.city.words import Vocabulary
from records.choices import DispositionType, TextState
from records.models import Blob, DocumentType, FilePlan, FilePlanEntry, SpecialistSystem
from records.services import blobs

BRANCHES, TWIGS = 30, 50
LETTERS = 16
MOST_GUESTS = 3
# The third unit of the fourth department has some two of a hundred files.
CLERK_UNIT = 3 * UNITS_EACH + 2


# In the order of the fields of ``Readers``.
READERS = ("mess-alle", "mess-leitung", "mess-sachbearbeitung", "mess-altfall")


class NoCityError(LookupError):
    """The database holds no made-up city."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Keys of the reference data as plain numbers, for the processes that write the files.

    ``scopes``: per unit its sets of rights, the plain one first; ``rights``: their principals.
    """

    units: tuple[int, ...]
    scopes: tuple[tuple[int, ...], ...]
    rights: dict[int, tuple[int, ...]]
    entries: tuple[int, ...]
    types: tuple[int, ...]
    system: int
    letters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Readers:
    """Who searches: one who sees all (no real person does), a head (20 %), a clerk (2 %), a clerk
    of a dissolved unit, whose files are all old."""

    all_seeing: User
    head: User
    clerk: User
    old_clerk: User


@transaction.atomic
def lay_ground(seed: int, words: Vocabulary) -> tuple[Ground, Readers]:
    """Write the reference data of an empty database."""
    rng = Random(seed)  # noqa: S311 - test data, no secret
    departments = [
        OrgUnit.objects.create(code=f"D{n}", name=f"Dezernat {n}") for n in range(DEPARTMENTS)
    ]
    units = [
        OrgUnit.objects.create(code=f"{n}.{m}", name=f"Amt {n}.{m}", parent=department)
        for n, department in enumerate(departments)
        for m in range(UNITS_EACH)
    ]
    overseer = OrgUnit.objects.create(code="ALLE", name="Messung: sieht alles")
    readers = _readers(departments, units, overseer)
    variants, rights = _rights(rng, departments, units, overseer)
    system = SpecialistSystem.objects.create(code="messung", name="Messverfahren")
    ground = Ground(
        units=tuple(unit.pk for unit in units),
        scopes=variants,
        rights=rights,
        entries=_plan(rng, words),
        types=_types(),
        system=system.pk,
        letters=_letters(rng, words),
    )
    return ground, readers


def _readers(departments: list[OrgUnit], units: list[OrgUnit], overseer: OrgUnit) -> Readers:
    places = (
        (overseer, Role.CLERK),
        (departments[0], Role.HEAD),
        (units[CLERK_UNIT], Role.CLERK),
        (units[DISSOLVED], Role.CLERK),
    )
    return Readers(*(_person(n, *place) for n, place in zip(READERS, places, strict=True)))


def readers_here() -> Readers:
    """The readers of a city built before. Raises NoCityError."""
    found = {user.username: user for user in User.objects.filter(username__in=READERS)}
    if len(found) < len(READERS):
        raise NoCityError("In dieser Datenbank steht keine Stadt von make_city.")
    return Readers(*(found[name] for name in READERS))


def _person(name: str, unit: OrgUnit, role: Role) -> User:
    user = User.objects.create(username=name, last_name=name)
    give_role(user, unit, role)
    return user


def _rights(
    rng: Random, departments: list[OrgUnit], units: list[OrgUnit], overseer: OrgUnit
) -> tuple[tuple[tuple[int, ...], ...], dict[int, tuple[int, ...]]]:
    clerks = [ensure_unit_role(unit, Role.CLERK).group_id for unit in units]
    heads = [ensure_unit_role(unit, Role.HEAD).group_id for unit in departments]
    everywhere = ensure_unit_role(overseer, Role.CLERK).group_id
    wanted = []
    for place, own in enumerate(clerks):
        plain = [own, heads[place // UNITS_EACH], everywhere]
        guests = [rng.sample(clerks, rng.randint(1, MOST_GUESTS)) for _ in range(SCOPE_VARIANTS)]
        wanted.append([scopes.rights(plain), *(scopes.rights([*plain, *more]) for more in guests)])
    ids = scopes.scope_ids([one for variants in wanted for one in dict.fromkeys(variants)])
    per_unit = tuple(tuple(ids[one] for one in dict.fromkeys(variants)) for variants in wanted)
    return per_unit, {pk: allow for (allow, _deny), pk in ids.items()}


def _plan(rng: Random, words: Vocabulary) -> tuple[int, ...]:
    """Some 1,500 entries in two levels; files lie in the lower one."""
    plan = FilePlan.objects.create(code="MESS", title="Messplan", valid_from=date(1990, 1, 1))
    leaves = []
    for branch in range(BRANCHES):
        code = f"{branch:02}"
        title = f"Aufgaben {branch}"
        above = FilePlanEntry.objects.create(plan=plan, code=code, title=title)
        for twig in range(TWIGS):
            leaf = FilePlanEntry.objects.create(
                plan=plan, parent=above, code=f"{code}.{twig:02}",
                title=words.common.draw(rng, 1)[0].capitalize(),
                retention_years=10, disposition=DispositionType.DESTROY,
            )  # fmt: skip
            leaves.append(leaf.pk)
    return tuple(leaves)


def _types() -> tuple[int, ...]:
    rows = [DocumentType(code=f"mess-{n}", name=name) for n, name in enumerate(texts.TYPES)]
    return tuple(one.pk for one in DocumentType.objects.bulk_create(rows))


def _letters(rng: Random, words: Vocabulary) -> tuple[int, ...]:
    """Blobs of a few letters of two pages: all documents show one of them."""
    staged = []
    for _ in range(LETTERS):
        pages = [" ".join(words.common.draw(rng, texts.WORDS // 2)) for _ in range(2)]
        pdf = typst.compile("\n#pagebreak()\n".join(pages).encode())
        if not isinstance(pdf, bytes):
            raise TypeError("typst returned no single PDF")
        staged.append(blob_store.stage_chunks([pdf]))
    rows = blobs.store_staged(staged)
    ids = sorted(blob.pk for blob in rows.values())
    Blob.objects.filter(pk__in=ids).update(
        mime_type="application/pdf",
        page_count=2,
        text_state=TextState.OK,
        created_at=timezone.now(),
    )
    return tuple(ids)
