"""Reassigning many files at once (Umschreiben, requirements A9): dry run, change, the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from records.models import CaseFile, FilePlanEntry
from records.services import reassigning, undoing, volumes
from records.services.actor import Actor
from records.services.bulk_documents import CHANGED_SINCE
from records.services.documents import lock_case_files
from records.services.entry_defaults import defaults_of
from records.services.history_values import values_before
from records.services.reassigning import Destination


@dataclass(frozen=True, slots=True)
class FileMove:
    """Where many files go; None: each keeps its own. ``case_worker`` works in the new unit.

    ``loss_confirmed``: the mover knows that some files vanish from the own sight.
    """

    entry: FilePlanEntry | None = None
    lead_unit: OrgUnit | None = None
    case_worker: User | None = None
    loss_confirmed: bool = False

    def destination_of(self, case_file: CaseFile) -> Destination:
        """The place of one file; one in a continuation of the entry is there already."""
        entry = self.entry or case_file.entry
        if case_file.entry.overflow_of_id == entry.pk:
            entry = case_file.entry
        return Destination(entry, self.lead_unit or case_file.lead_unit, self.case_worker)


def plan(move: FileMove, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """The result each file would have now; writes nothing. Raises IllegalState for an entry that
    takes no files at all."""
    return _results(move, ids, visible_files(ids, actor), actor)


def visible_files(ids: Sequence[int], actor: Actor) -> dict[int, CaseFile]:
    """The chosen files the actor sees, with what a preview of their rights needs."""
    rows = CaseFile.objects.filter(pk__in=ids).select_related("entry__plan", "lead_unit")
    if actor.user is not None:
        rows = rows.visible_to(actor.user)
    return {f.pk: f for f in rows.order_by("id")}


def before_and_after(move: FileMove, files: Sequence[CaseFile]) -> list[tuple[CaseFile, CaseFile]]:
    """Each file that would move, as it is and as it would be; never save the second one."""
    wanted = {f.pk: move.destination_of(f) for f in files}
    return [
        (f, reassigning.destined(f, wanted[f.pk]))
        for f in files
        if reassigning.differs(f, wanted[f.pk])
    ]


def _results(
    move: FileMove, ids: Sequence[int], files: Mapping[int, CaseFile], actor: Actor
) -> dict[int, Result]:
    wanted = {pk: move.destination_of(f) for pk, f in files.items()}
    moving = {pk: f for pk, f in files.items() if reassigning.differs(f, wanted[pk])}
    defaults = defaults_of([wanted[pk].entry for pk in moving])
    why = reassigning.unseen([reassigning.destined(f, wanted[pk]) for pk, f in moving.items()])
    why |= reassigning.refusals(moving, wanted, reassigning.mover_of(actor), defaults)
    results = {pk: refused(_("Die Akte ist nicht (mehr) sichtbar.")) for pk in ids}
    results |= dict.fromkeys(files, UNCHANGED) | dict.fromkeys(moving, CHANGED)
    return results | {pk: refused(refusal.reason) for pk, refusal in why.items()}


def move_case_files(move: FileMove, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """Move all that may be moved; the others answer why not.

    Raises InvalidInput when the actor would lose sight without having said so, IllegalState when a
    part of a file would be seen by nobody: the job then goes on in smaller batches.
    """
    with transaction.atomic():
        lock_case_files(ids)
        results = plan(move, ids, actor)
        changing = [pk for pk, result in results.items() if result == CHANGED]
        files = CaseFile.objects.select_related("entry", "lead_unit").in_bulk(changing)
        wanted = {pk: move.destination_of(f) for pk, f in files.items()}
        if wanted:
            reassigning.reassign_case_files(wanted, actor, loss_confirmed=move.loss_confirmed)
    return results


def take_back(ids: Sequence[int], operation_id: int, actor: Actor) -> dict[int, Result]:
    """Bring files back to where they were, with the volumes that went along; where nobody
    changed them since."""
    with transaction.atomic():
        files = lock_case_files([*ids, *volumes.together(ids)])
        before = values_before(CaseFile, list(files), operation_id)
        why = reassigning.unmovable(files, reassigning.mover_of(actor))
        results = {pk: refused(CHANGED_SINCE) for pk in ids}
        results |= {pk: refused(refusal.reason) for pk, refusal in why.items() if pk in results}
        back = [
            f
            for pk, f in files.items()
            if pk in before and pk not in why and before[pk].left_version == f.row_version
        ]
        undoing.move_back(back, {f.pk: before[f.pk].row for f in back}, actor)
        results |= {f.pk: CHANGED for f in back if f.pk in results}
    return results
