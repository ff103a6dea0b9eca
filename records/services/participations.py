"""Who takes part in files and in which role: adding, changing, ending, removing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.models import CaseFile, Document, Matter, Participation, Party
from records.services import documents, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.party_changes import PartyFacts, create_parties
from records.typed_text import clean_line

FIELDS = ("role", "matter", "since", "until")
ROLE_CHARS = 80


@dataclass(frozen=True, slots=True)
class NewParticipation:
    """A known party, or the facts of a new one, in a file or in one matter of it."""

    case_file: CaseFile
    role: str
    party: Party | PartyFacts
    matter: Matter | None = None
    since: date | None = None


def add_participations(wanted: Sequence[NewParticipation], actor: Actor) -> list[Participation]:
    """Let parties take part. One that ended or was removed before goes on.

    Raises InvalidInput (role, facts, a party of another circle, a matter of another file),
    IllegalState when it takes part in this role already, and what filing raises.
    """
    with transaction.atomic():
        files = locked_files([one.case_file.pk for one in wanted], actor)
        documents.require_sight([one.matter for one in wanted if one.matter], actor)
        parties = _parties(wanted, actor)
        drafts = [_draft(one, party) for one, party in zip(wanted, parties, strict=True)]
        former = _former(drafts)
        added = writing.create([d for d in drafts if _place(d) not in former], actor)
        again = [_begun_again(former[_place(d)], d) for d in drafts if _place(d) in former]
        writing.update(again, ["since", "until", "removed_at"], actor)
        record_changes("records.participation.added", [*added, *again], actor)
        index_anew(files)
    return [*added, *again]


def change_participations(
    wanted: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[Participation]:
    """Set role, matter, begin and end of participations by id; only what really differs.

    Raises LostUpdate, InvalidInput, IllegalState (that role is taken), and what filing raises.
    """
    with transaction.atomic():
        rows = locked_participations(list(wanted), actor)
        changed: dict[str, list[Participation]] = {}
        for pk, values in wanted.items():
            writing.require_version(rows[pk], (versions or {}).get(pk))
            for name in _apply(rows[pk], values):
                changed.setdefault(name, []).append(rows[pk])
        touched = list({p.pk: p for group in changed.values() for p in group}.values())
        documents.require_sight([p.matter for p in touched if p.matter], actor)
        _require_free(touched)
        writing.update(touched, sorted(changed), actor)
        record_changes("records.participation.changed", touched, actor, fields=sorted(changed))
    return [rows[pk] for pk in wanted]


def remove_participations(
    ids: Sequence[int], actor: Actor, *, versions: Mapping[int, int] | None = None
) -> list[Participation]:
    """Take out what was entered by mistake; what ended in truth gets an end instead.

    Raises LostUpdate and what filing raises.
    """
    with transaction.atomic():
        rows = locked_participations(ids, actor)
        for row in rows.values():
            writing.require_version(row, (versions or {}).get(row.pk))
            row.removed_at = clock.now()
        removed = [row for row in rows.values() if row.removed_at]
        writing.update(removed, ["removed_at"], actor)
        record_changes("records.participation.removed", removed, actor)
        index_anew({row.case_file_id for row in removed})
    return removed


def locked_files(case_file_ids: Sequence[int], actor: Actor) -> dict[int, CaseFile]:
    """Lock files whose parties change. Raises what ``documents.filing_refusal`` says."""
    files = documents.lock_case_files(case_file_ids)
    for case_file in files.values():
        if (refusal := documents.filing_refusal(case_file, actor)) is not None:
            raise refusal
    return files


def locked_participations(ids: Sequence[int], actor: Actor) -> dict[int, Participation]:
    """Files first, then what stands in them, in key order; checked for sight of the matter.

    Raises IllegalState for what was removed since, and what filing raises.
    """
    named = Participation.objects.filter(pk__in=ids).values_list("case_file_id", flat=True)
    locked_files(list(named), actor)
    rows = Participation.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    found = {p.pk: p for p in rows.select_related("party", "matter", "case_file").order_by("id")}
    if len(found) < len(set(ids)) or any(p.removed_at for p in found.values()):
        raise IllegalState(_("Diese Beteiligung wurde inzwischen herausgenommen."))
    documents.require_sight([p.matter for p in found.values() if p.matter], actor)
    return found


def index_anew(case_file_ids: Collection[int]) -> None:
    """Documents are found by the names of those who take part."""
    Document.objects.filter(case_file__in=list(case_file_ids)).update(indexed_at=None)


def _parties(wanted: Sequence[NewParticipation], actor: Actor) -> list[Party]:
    """The known ones as they are, new ones made; in the order of what is wanted."""
    new = [(w.case_file.circle, w.party) for w in wanted if not isinstance(w.party, Party)]
    made = iter(create_parties(new, actor))
    return [one.party if isinstance(one.party, Party) else next(made) for one in wanted]


def _draft(one: NewParticipation, party: Party) -> Participation:
    if party.circle != one.case_file.circle or party.merged_into_id is not None:
        raise InvalidInput(_("Diese Beteiligte können Sie hier nicht wählen."), field="party")
    draft = Participation(case_file=one.case_file, party=party)
    _apply(draft, {"role": one.role, "matter": one.matter, "since": one.since})
    return draft


def _apply(row: Participation, values: Mapping[str, Any]) -> list[str]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise InvalidInput(_("Diese Angabe lässt sich nicht ändern."), field=sorted(unknown)[0])
    cleaned = dict(values)
    if "role" in cleaned:
        cleaned["role"] = _role(cleaned["role"])
    names = [name for name, value in cleaned.items() if getattr(row, name) != value]
    for name in names:
        setattr(row, name, cleaned[name])
    if row.matter is not None and row.matter.case_file_id != row.case_file_id:
        raise InvalidInput(_("Der Vorgang gehört nicht zu dieser Akte."), field="matter")
    if row.since and row.until and row.until < row.since:
        raise InvalidInput(_("Das Ende liegt vor dem Beginn."), field="until")
    return names


def _role(text: str) -> str:
    role = clean_line(text)
    if not role:
        raise InvalidInput(_("Bitte nennen Sie die Rolle."), field="role")
    if len(role) > ROLE_CHARS:
        raise InvalidInput(
            _("Höchstens %(n)s Zeichen sind möglich.") % {"n": ROLE_CHARS}, field="role"
        )
    return role


Place = tuple[int, int | None, str, int | None]


def _place(row: Participation) -> Place:
    return (row.case_file_id, row.party_id, row.role, row.matter_id)


def _at(drafts: Sequence[Participation]) -> dict[Place, Participation]:
    """What stands where the drafts are to stand; the files are locked."""
    rows = Participation.objects.select_for_update().filter(
        case_file__in=[d.case_file_id for d in drafts], party__in=[d.party_id for d in drafts]
    )
    return {_place(row): row for row in rows.order_by("id")}


def _former(drafts: Sequence[Participation]) -> dict[Place, Participation]:
    """Ended and removed ones that are to go on."""
    places = [_place(d) for d in drafts]
    found = {place: row for place, row in _at(drafts).items() if place in places}
    standing = [row for row in found.values() if row.removed_at is None and row.until is None]
    if standing or len(set(places)) < len(places):
        raise IllegalState(_("Diese Rolle hat die Beteiligte in der Akte schon."))
    return found


def _begun_again(row: Participation, draft: Participation) -> Participation:
    row.since, row.until, row.removed_at = draft.since, None, None
    return row


def _require_free(rows: Sequence[Participation]) -> None:
    for place, other in _at(rows).items():
        if any(place == _place(row) and other.pk != row.pk for row in rows):
            raise IllegalState(
                _("Diese Rolle hat die Beteiligte in der Akte schon."),
                next_step=_("Sie kann auch beendet oder herausgenommen sein."),
            )
