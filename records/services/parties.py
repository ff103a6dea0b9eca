"""Parties of case files, kept apart by circle: nobody is matched across circles (D3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from goettingen_ecm.accounts.models import din5007_key
from records.choices import PartyKind
from records.models import CaseFile, Participation, Party
from records.name_sounds import sound_keys
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files, require_open

PartyKey = tuple[str, str, date | None]


@dataclass(frozen=True, slots=True)
class Involvement:
    """A party and its role in a case file, as delivered or typed."""

    case_file: CaseFile
    role: str
    name: str
    first_name: str = ""
    birth_date: date | None = None
    address: str = ""

    @property
    def key(self) -> PartyKey:
        name_key = din5007_key(f"{self.name} {self.first_name}".strip())
        return (self.case_file.circle, name_key, self.birth_date)


def involve(wanted: Sequence[Involvement], actor: Actor) -> None:
    """Make sure each party takes part in its file in its role.

    The same name and birth date in the same circle is the same party; without a birth date only
    within the same file, because a name alone identifies nobody.
    """
    if not wanted:
        return
    with transaction.atomic():
        for case_file in lock_case_files([one.case_file.pk for one in wanted]).values():
            require_open(case_file)
        parties = _parties(wanted, actor)
        wished = {(one.case_file.pk, parties[_identity(one)].pk, one.role) for one in wanted}
        drafts = [
            Participation(case_file_id=file, party_id=party, role=role)
            for file, party, role in sorted(wished - _standing(wanted))
        ]
        added = writing.create(drafts, actor)
        record_changes("records.participation.added", added, actor)


def _standing(wanted: Sequence[Involvement]) -> set[tuple[int, int, str]]:
    """What is there already in the locked files: ended and removed ones are not begun again."""
    rows = Participation.objects.filter(case_file__in=[one.case_file for one in wanted])
    return set(rows.values_list("case_file_id", "party_id", "role"))


def _identity(one: Involvement) -> tuple[PartyKey, int | None]:
    return one.key, None if one.birth_date else one.case_file.pk


def _parties(
    wanted: Sequence[Involvement], actor: Actor
) -> dict[tuple[PartyKey, int | None], Party]:
    known = _known(wanted)
    missing = {_identity(one): one for one in wanted if _identity(one) not in known}
    made = writing.create([_draft(one) for one in missing.values()], actor)
    record_changes("records.party.created", made, actor)
    return known | dict(zip(missing, made, strict=True))


def _known(wanted: Sequence[Involvement]) -> dict[tuple[PartyKey, int | None], Party]:
    found: dict[tuple[PartyKey, int | None], Party] = {}
    names = {one.key[1] for one in wanted}
    circles = {one.key[0] for one in wanted}
    for party in Party.objects.filter(circle__in=circles, sort_key__in=names).order_by("id"):
        if party.birth_date:
            found[((party.circle, party.sort_key, party.birth_date), None)] = kept_of(party)
    files = [one.case_file for one in wanted if not one.birth_date]
    rows = Participation.objects.filter(case_file__in=files)
    # A party that was merged goes on being the same one under the name it is delivered by.
    for row in rows.select_related("party").prefetch_related("party__merged"):
        for party in (*row.party.merged.all(), row.party):
            if party.birth_date is None:
                found[((party.circle, party.sort_key, None), row.case_file_id)] = row.party
    return found


def kept_of(party: Party) -> Party:
    """The party itself, or the one it was merged into."""
    while party.merged_into is not None:
        party = party.merged_into
    return party


def _draft(one: Involvement) -> Party:
    circle, name_key, birth_date = one.key
    return Party(
        circle=circle,
        kind=PartyKind.PERSON if one.first_name or birth_date else PartyKind.ORGANISATION,
        name=one.name[:200],
        first_name=one.first_name[:150],
        birth_date=birth_date,
        address=one.address[:300],
        sort_key=name_key,
        sound_keys=sound_keys(circle, name_key),
    )
