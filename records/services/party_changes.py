"""Facts of parties: creating and changing them, one or a thousand (never across circles, D3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import din5007_key
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.choices import PartyKind
from records.models import Document, Participation, Party
from records.name_sounds import sound_keys
from records.services import writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files
from records.typed_text import clean_line

FACTS = ("kind", "name", "first_name", "birth_date", "address")
# What follows from the facts.
DERIVED = ("sort_key", "sound_keys")
CHARS = {"name": 200, "first_name": 150, "address": 300}
OLDEST = 130
"""Years; nobody was born earlier (the oldest person on record lived 122)."""


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """A person or organisation as typed."""

    name: str
    first_name: str = ""
    birth_date: date | None = None
    address: str = ""
    kind: PartyKind = PartyKind.PERSON

    def values(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def create_parties(wanted: Sequence[tuple[str, PartyFacts]], actor: Actor) -> list[Party]:
    """Parties of a circle, never matched with known ones; the caller has asked about those.

    Raises InvalidInput for facts that cannot be. Takes part in the caller's transaction.
    """
    drafts = [Party(circle=circle) for circle, _facts in wanted]
    for draft, (_circle, facts) in zip(drafts, wanted, strict=True):
        set_facts(draft, facts.values())
    made = writing.create(drafts, actor)
    record_changes("records.party.created", made, actor)
    return made


def change_parties(
    wanted: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[Party]:
    """Set facts of parties by id; only what really differs, in all their files at once.

    Raises LostUpdate, InvalidInput, Forbidden (works on none of its files), IllegalState (merged).
    """
    with transaction.atomic():
        lock_changeable_files(list(wanted), actor)
        parties = locked_parties(list(wanted))
        changed: dict[str, list[Party]] = {}
        for pk, values in wanted.items():
            writing.require_version(parties[pk], (versions or {}).get(pk))
            for name in set_facts(parties[pk], values):
                changed.setdefault(name, []).append(parties[pk])
        touched = list({p.pk: p for group in changed.values() for p in group}.values())
        write_parties(touched, sorted(changed), actor)
    return [parties[pk] for pk in wanted]


def write_parties(touched: Sequence[Party], names: Sequence[str], actor: Actor) -> None:
    """Write changed facts with what follows from them, history and audit."""
    if not touched:
        return
    writing.update(touched, [*names, *DERIVED], actor)
    if names:
        record_changes("records.party.changed", touched, actor, fields=names)
    files = Participation.objects.filter(party__in=touched).values("case_file_id")
    Document.objects.filter(case_file__in=files).update(indexed_at=None)


def set_facts(party: Party, values: Mapping[str, Any]) -> list[str]:
    """Set facts with what follows from them; the names of those that differed.

    Raises InvalidInput: no name, text too long, a birth date that cannot be.
    """
    unknown = set(values) - set(FACTS)
    if unknown:
        raise InvalidInput(_("Diese Angabe lässt sich nicht ändern."), field=sorted(unknown)[0])
    cleaned = {n: clean_line(v) if n in CHARS else v for n, v in values.items()}
    names = [name for name, value in cleaned.items() if getattr(party, name) != value]
    for name in names:
        setattr(party, name, cleaned[name])
    _require_possible(party)
    party.sort_key = din5007_key(f"{party.name} {party.first_name}".strip())
    party.sound_keys = sound_keys(party.circle, party.sort_key)
    return names


def _require_possible(party: Party) -> None:
    if not party.name:
        raise InvalidInput(_("Bitte geben Sie einen Namen an."), field="name")
    for name, most in CHARS.items():
        if len(getattr(party, name)) > most:
            raise InvalidInput(_("Höchstens %(n)s Zeichen sind möglich.") % {"n": most}, field=name)
    born = party.birth_date
    if born is None:
        return
    if party.kind == PartyKind.ORGANISATION:
        raise InvalidInput(_("Eine Organisation hat kein Geburtsdatum."), field="birth_date")
    if not clock.today().year - OLDEST <= born.year or born > clock.today():
        raise InvalidInput(
            _("Dieses Geburtsdatum kann nicht stimmen."),
            field="birth_date",
        )


def lock_changeable_files(party_ids: Sequence[int], actor: Actor) -> set[int]:
    """Lock the files in which the parties take part; the ids of those the actor may change.

    Raises Forbidden for a party that takes part in none of them.
    """
    rows = Participation.objects.filter(party__in=party_ids, removed_at=None)
    places = list(rows.values_list("party_id", "case_file_id"))
    files = lock_case_files([case_file_id for _party, case_file_id in places])
    allowed = {
        pk
        for pk, one in files.items()
        if policies.is_open(one) and actor.user and policies.can_file_documents(actor.user, one)
    }
    if {party for party, case_file in places if case_file in allowed} != set(party_ids):
        raise Forbidden(
            _("Die Angaben dieser Beteiligten dürfen Sie nicht ändern."),
            next_step=_("Das kann, wer eine offene Akte bearbeitet, an der sie beteiligt sind."),
        )
    return allowed


def locked_parties(party_ids: Sequence[int]) -> dict[int, Party]:
    """Lock parties in key order; their files are locked before. Raises IllegalState (merged)."""
    rows = Party.objects.select_for_update(of=("self",)).filter(pk__in=party_ids).order_by("id")
    parties = {party.pk: party for party in rows}
    if any(party.merged_into_id for party in parties.values()):
        raise IllegalState(
            _("Diese Beteiligte wurden inzwischen zusammengeführt."),
            next_step=_("Suchen Sie den Namen noch einmal."),
        )
    return parties
