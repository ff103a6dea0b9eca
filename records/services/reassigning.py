"""Reassigning files to another unit or plan entry (Umschreiben, requirements A9).

A Sachakte gets a number of its new entry; the old one stays its own for life (``FormerNumber``).
The rights follow, and nobody loses sight by mistake: the mover confirms it, and a file that nobody
would see is not moved.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from goettingen_ecm.access import principals
from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records import policies
from records.choices import CaseFileKind, Confidentiality, DispositionType
from records.models import (
    CaseFile,
    Document,
    ExternalKey,
    FilePlanEntry,
    FormerNumber,
    Matter,
    Volume,
)
from records.rights import CONFIDENTIAL_ROLES, INTERNAL_ROLES
from records.services import numbering, volumes, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.case_workers import require_living_unit, working_pairs
from records.services.documents import closed_refusal, lock_case_files
from records.services.entry_defaults import (
    EntryDefaults,
    defaults_of,
    require_takes_files,
    require_takes_type,
)
from records.services.retention import RULE_FIELDS, apply_rule
from records.services.scoping import recompute

FIELDS = (
    "entry", "lead_unit", "aktenzeichen", "case_worker", "disposition", *RULE_FIELDS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Destination:
    """The entry and the unit a file has afterwards; what stays is named as well.

    Without a ``case_worker`` the file keeps its own one where that one works there.
    """

    entry: FilePlanEntry
    lead_unit: OrgUnit
    case_worker: User | None = None


def reassign_case_files(
    wanted: Mapping[int, Destination],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
    loss_confirmed: bool = False,
) -> list[CaseFile]:
    """Move files by id with everything in them; files that are there already stay untouched.
    The volumes of a file go with it.

    ``versions``: the ``row_version`` each form has shown. Raises LostUpdate, what ``check`` raises,
    InvalidInput (field ``loss_confirmed``) when the mover would no longer see a file and has not
    said so, IllegalState when nobody would see it or a part of it.
    """
    with transaction.atomic():
        asked, wanted = wanted, with_volumes(wanted)
        files = lock_case_files(list(wanted))
        for pk, case_file in files.items():
            writing.require_version(case_file, (versions or {}).get(pk))
        defaults = check(files, wanted, mover_of(actor))
        moved = [f for pk, f in files.items() if differs(f, wanted[pk])]
        former = {f.pk: f.aktenzeichen for f in moved}
        _move(moved, wanted, defaults)
        write_moved(moved, former, actor)
        require_sight_after(moved, actor, loss_confirmed=loss_confirmed)
        record_changes("records.case_file.reassigned", moved, actor, fields=_changed(moved, former))
    return [files[pk] for pk in asked]


def with_volumes(wanted: Mapping[int, Destination]) -> dict[int, Destination]:
    """Volumes of one file go together, wherever one of them goes."""
    first_of = volumes.together(wanted)
    there = {first_of.get(pk, pk): one for pk, one in wanted.items()}
    return {pk: there[first] for pk, first in first_of.items()} | dict(wanted)


def mover_of(actor: Actor) -> User | None:
    """The person who moves. Raises Forbidden for specialist systems: they never reassign."""
    if actor.system is not None:
        raise Forbidden(f"{actor.system.name} darf keine Akten umschreiben.")
    return actor.user


def check(
    files: Mapping[int, CaseFile], wanted: Mapping[int, Destination], mover: User | None
) -> dict[int, EntryDefaults]:
    """Whether these files may be moved there, before anything is written; None: not by a person.

    Returns the defaults of the entries. Raises Forbidden (role, or a part of a file the mover may
    not change), IllegalState (closed, entry takes no files or not this type, another circle, outside the branch of
    the specialist system, a unit that is over).
    """
    defaults = defaults_of([one.entry for one in wanted.values()])
    for refusal in refusals(files, wanted, mover, defaults).values():
        raise refusal
    return defaults


def refusals(
    files: Mapping[int, CaseFile],
    wanted: Mapping[int, Destination],
    mover: User | None,
    defaults: Mapping[int, EntryDefaults],
) -> dict[int, Refusal]:
    """Why files cannot be moved there, by id; those that can are missing.

    The number of queries does not depend on the number of files.
    """
    found = unmovable(files, mover)
    working = working_pairs([one.case_worker.pk for one in wanted.values() if one.case_worker])
    for pk in [pk for pk in files if pk not in found]:
        try:
            _require_place(files[pk], wanted[pk], defaults, working)
        except IllegalState as refusal:
            found[pk] = refusal
    return _outside_branch(files, wanted) | found


def _require_place(
    case_file: CaseFile,
    one: Destination,
    defaults: Mapping[int, EntryDefaults],
    working: Collection[tuple[int, int]],
) -> None:
    if one.entry.pk != case_file.entry_id:
        require_takes_files(one.entry)
        require_takes_type(case_file.file_type, one.entry, defaults[one.entry.pk].rule)
    _require_same_circle(case_file, one, defaults[one.entry.pk])
    require_living_unit(one.lead_unit)
    if one.case_worker is not None and (one.case_worker.pk, one.lead_unit.pk) not in working:
        raise IllegalState(
            f"{one.case_worker} arbeitet nicht in {one.lead_unit.name}.",
            next_step="Wählen Sie jemanden aus der neuen Einheit.",
        )


def destined(case_file: CaseFile, there: Destination) -> CaseFile:
    """The file as it would be there, for a preview of its rights; never save it."""
    moved = copy(case_file)
    moved.entry, moved.lead_unit = there.entry, there.lead_unit
    return moved


def gets_new_number(case_file: CaseFile, there: Destination) -> bool:
    """Sachakten are numbered in their entry; Fallakten keep the number of their foreign key."""
    if case_file.kind != CaseFileKind.SUBJECT:
        return False
    if there.entry.pk != case_file.entry_id:
        return True
    named = "{unit" in there.entry.plan.number_scheme
    return named and there.lead_unit.pk != case_file.lead_unit_id


def require_movable(files: Mapping[int, CaseFile], mover: User | None) -> None:
    """Raises Forbidden or IllegalState; A9 wants the right on all children."""
    for refusal in unmovable(files, mover).values():
        raise refusal


def unmovable(files: Mapping[int, CaseFile], mover: User | None) -> dict[int, Refusal]:
    """Why files cannot be moved anywhere, by id: role, closed, parts the mover does not see."""
    hidden = _with_hidden_parts(list(files), rights_of(mover).scope_ids) if mover else set()
    found = {pk: _unmovable(f, mover, hidden) for pk, f in files.items()}
    return {pk: refusal for pk, refusal in found.items() if refusal is not None}


def _unmovable(case_file: CaseFile, mover: User | None, hidden: set[int]) -> Refusal | None:
    if mover is not None and not policies.can_reassign(mover, case_file):
        return Forbidden(
            f"Die Akte {case_file.aktenzeichen} dürfen Sie nicht umschreiben.",
            next_step="Bitten Sie die federführende Einheit oder deren Registratur.",
        )
    if (closed := closed_refusal(case_file)) is not None:
        return closed
    if case_file.pk in hidden:
        return Forbidden(
            "Umschreiben darf nur, wer alle Teile der Akte bearbeiten darf.",
            next_step="Bitten Sie die Leitung der federführenden Einheit.",
        )
    return None


def _with_hidden_parts(file_ids: Sequence[int], scope_ids: Collection[int]) -> set[int]:
    seen = list(scope_ids)
    found: set[int] = set()
    for model in (Matter, Document):
        rows = model._default_manager.filter(case_file__in=file_ids).exclude(scope__any_of=seen)
        found.update(rows.order_by().values_list("case_file_id", flat=True).distinct())
    return found


def _require_same_circle(case_file: CaseFile, one: Destination, defaults: EntryDefaults) -> None:
    if defaults.circle != case_file.circle and one.entry.pk != case_file.entry_id:
        raise IllegalState(
            f"{one.entry.code} gehört zu einem anderen Berechtigungskreis als die Akte.",
            next_step="Daten wechseln den Kreis nur mit Rechtsgrundlage: Fragen Sie den Datenschutz"
            " und legen Sie dort eine neue Akte an.",
        )
    if case_file.circle and case_file.circle not in one.lead_unit.circles:
        raise IllegalState(
            f"{one.lead_unit.name} gehört nicht zum Berechtigungskreis der Akte.",
            next_step="Wählen Sie eine Einheit des Kreises als federführende Einheit.",
        )


def _outside_branch(
    files: Mapping[int, CaseFile], wanted: Mapping[int, Destination]
) -> dict[int, Refusal]:
    """Outside its branch the specialist system could deliver nothing more into the file (K8)."""
    moved = [pk for pk, f in files.items() if f.entry_id != wanted[pk].entry.pk]
    keys = ExternalKey.objects.filter(
        case_file__in=moved, matter=None, system__branch__isnull=False
    )
    return {
        key.case_file_id: _leaves_branch(key, wanted[key.case_file_id].entry)
        for key in keys.select_related("system")
        if not policies.connector_may_file(key.system, wanted[key.case_file_id].entry)
    }


def _leaves_branch(key: ExternalKey, entry: FilePlanEntry) -> Refusal:
    return IllegalState(
        f"{key.system.name} liefert in diese Akte und darf in {entry.code} nicht ablegen.",
        next_step="Wählen Sie einen Eintrag im Zweig des Fachverfahrens.",
    )


def differs(case_file: CaseFile, one: Destination) -> bool:
    """Whether the file is not there yet."""
    worker = one.case_worker
    return (case_file.entry_id, case_file.lead_unit_id) != (one.entry.pk, one.lead_unit.pk) or (
        worker is not None and worker.pk != case_file.case_worker_id
    )


def _move(
    files: Sequence[CaseFile],
    wanted: Mapping[int, Destination],
    defaults: Mapping[int, EntryDefaults],
) -> None:
    for case_file in files:
        case_file.case_worker = wanted[case_file.pk].case_worker or case_file.case_worker
    working = working_pairs([f.case_worker_id for f in files if f.case_worker_id])
    before = {f.pk: (f.entry_id, f.lead_unit_id) for f in files}
    for case_file in files:
        one = wanted[case_file.pk]
        if one.entry.pk != case_file.entry_id:
            _inherit(case_file, defaults[one.entry.pk])
        case_file.entry, case_file.lead_unit = one.entry, one.lead_unit
        if (case_file.case_worker_id, one.lead_unit.pk) not in working:
            case_file.case_worker = None
    # A full entry is continued; whoever only changes the unit stays where the file is.
    numbering.place([f for f in files if f.entry_id != before[f.pk][0]])
    _number([f for f in files if _renumbers(f, before[f.pk])])


def _inherit(case_file: CaseFile, defaults: EntryDefaults) -> None:
    """A decision of the archive (A or V) is never overwritten (A5)."""
    apply_rule(case_file, defaults.retention)
    if case_file.disposition == DispositionType.APPRAISE:
        case_file.disposition = defaults.disposition


def _renumbers(case_file: CaseFile, before: tuple[int, int]) -> bool:
    was = copy(case_file)
    was.entry_id, was.lead_unit_id = before
    return gets_new_number(was, Destination(case_file.entry, case_file.lead_unit))


def _number(files: Sequence[CaseFile]) -> None:
    """Volumes take the number of their first one, which stands before them in key order."""
    year = clock.today().year
    volume_of = {v.case_file_id: v for v in Volume.objects.filter(case_file__in=files)}
    numbered = [f for f in files if f.pk not in volume_of]
    numbers = numbering.reserve([(f.entry_id, year) for f in numbered])
    for case_file, number in zip(numbered, numbers, strict=True):
        case_file.aktenzeichen = numbering.subject_number(
            case_file.entry.plan, case_file.entry, case_file.lead_unit.code, number, year
        )
    given = {f.pk: f.aktenzeichen for f in numbered}
    for case_file in files:
        if (volume := volume_of.get(case_file.pk)) is not None:
            number_text = f"{given[volume.first_id]}{volumes.SUFFIX}{volume.number}"
            case_file.aktenzeichen = number_text


def write_moved(files: Sequence[CaseFile], former: Mapping[int, str], actor: Actor) -> None:
    """Write moved files with history, keep their former numbers, let rights and search follow."""
    now = clock.now()
    for case_file in files:
        case_file.last_activity_at = now
    writing.update(files, [*FIELDS, "last_activity_at"], actor)
    FormerNumber.objects.filter(number__in=[f.aktenzeichen for f in files]).delete()
    FormerNumber.objects.bulk_create(
        FormerNumber(number=former[f.pk], case_file=f, replaced_at=now)
        for f in files
        if former[f.pk] != f.aktenzeichen
    )
    recompute([f.pk for f in files])
    Document.objects.filter(case_file__in=files).update(indexed_at=None)


def require_sight_after(
    files: Sequence[CaseFile], actor: Actor, *, loss_confirmed: bool = False
) -> None:
    """Look again with the rights as they are now written.

    Raises InvalidInput (``loss_confirmed``) and IllegalState as ``reassign_case_files`` says.
    """
    ids = [f.pk for f in files]
    _require_somebody(list(CaseFile.objects.filter(pk__in=ids).select_related("lead_unit")))
    if Matter.objects.filter(case_file__in=ids, scope__allow=[]).exists():
        raise IllegalState(
            "Einen beschränkten Vorgang der Akte sähe danach niemand mehr.",
            next_step="Heben Sie zuerst die Beschränkung des Vorgangs auf.",
        )
    if actor.user is None or loss_confirmed:
        return
    # Computed anew: what is cached for the person belongs to the state before.
    seen = principals.compute(actor.user.pk).scope_ids
    if CaseFile.objects.filter(pk__in=ids).exclude(scope__any_of=list(seen)).exists():
        raise InvalidInput(
            "Sie selbst sehen die Akte danach nicht mehr. Bitte bestätigen Sie das.",
            field="loss_confirmed",
        )


def _require_somebody(files: Sequence[CaseFile]) -> None:
    for refusal in unseen(files).values():
        raise refusal


def unseen(files: Sequence[CaseFile]) -> dict[int, Refusal]:
    """Files (moved, or as ``destined`` makes them) that nobody of their unit would see, by id."""
    guarded = [f for f in files if f.circle or f.confidentiality != Confidentiality.OPEN]
    places = {_place(f): f.lead_unit for f in guarded}
    empty = {
        place: IllegalState(
            f"In {unit.name} ist noch niemand, der die Akte sähe.",
            next_step="Die Fachadministration muss dort zuerst Personen eintragen.",
        )
        for place, unit in places.items()
        if not _is_staffed(unit, CONFIDENTIAL_ROLES if place[1] else INTERNAL_ROLES)
    }
    return {f.pk: empty[_place(f)] for f in guarded if _place(f) in empty}


def _place(case_file: CaseFile) -> tuple[int, bool]:
    return case_file.lead_unit_id, case_file.confidentiality == Confidentiality.CONFIDENTIAL


def _is_staffed(unit: OrgUnit, roles: Collection[Role]) -> bool:
    working = Membership.objects.current(clock.today()).filter(user__is_active=True)
    inside = Q(unit_role__unit=unit, unit_role__role__in=roles)
    leading = Q(
        unit_role__unit__in=unit.ancestors,
        unit_role__unit__circles__contains=unit.circles,
        unit_role__role=Role.HEAD,
    )
    return working.filter(inside | leading).exists()


def _changed(files: Sequence[CaseFile], former: Mapping[int, str]) -> list[str]:
    renumbered = any(former[f.pk] != f.aktenzeichen for f in files)
    return ["entry", "lead_unit", *(["aktenzeichen"] if renumbered else [])]
