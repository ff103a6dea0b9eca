"""Lifting the Storno of files and matters: what was cancelled along comes back, nothing else.

What belongs together is known by the operation: the one that cancelled the file or matter has
written the same state into everything it took along.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records import policies
from records.choices import CaseFileStatus, DocumentStatus, MatterStatus
from records.models import CaseFile, Document, Matter, MatterMerge
from records.selectors.cancelling import cancelling_operations
from records.services import cancelling, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.cancelling_parents import lock_matters_for, write_states
from records.services.documents import lock_case_files, lock_documents, require_sight
from records.services.scoping import lock_matters


def restore_matters(matter_ids: Sequence[int], actor: Actor) -> list[Matter]:
    """Lift the Storno of matters, and of what was cancelled along; all of it or nothing.

    Raises Forbidden, IllegalState (not cancelled, merged into another one, file or upper matter
    cancelled or closed).
    """
    with transaction.atomic():
        matters = lock_matters_for(matter_ids, actor)
        require_liftable(matters)
        operations = cancelling_operations(Matter, list(matters))
        below = lock_matters(_matters_taken_along({"parent_id__in": list(matters)}, operations))
        require_sight(list(below.values()), actor)
        every = {**below, **matters}
        _restore_documents({"matter_id__in": list(every)}, operations, actor)
        _restore_matters(list(every.values()), actor)
    return [matters[pk] for pk in matter_ids]


def restore_case_files(case_file_ids: Sequence[int], actor: Actor) -> list[CaseFile]:
    """Lift the Storno of files, and of what was cancelled along; all of it or nothing.

    Raises Forbidden, IllegalState (not cancelled).
    """
    with transaction.atomic():
        files = lock_case_files(case_file_ids)
        for case_file in files.values():
            require_lifting(case_file, actor)
        operations = cancelling_operations(CaseFile, list(files))
        inside = {"case_file_id__in": list(files)}
        below = lock_matters(_matters_taken_along(inside, operations))
        require_sight(list(below.values()), actor)
        for case_file in files.values():
            case_file.status, case_file.last_activity_at = CaseFileStatus.ACTIVE, clock.now()
        writing.update(list(files.values()), ["status", "last_activity_at"], actor)
        record_changes("records.case_file.restored", [*files.values()], actor, fields=["status"])
        _restore_matters(list(below.values()), actor)
        _restore_documents(inside, operations, actor)
    return [files[pk] for pk in case_file_ids]


def require_lifting(case_file: CaseFile, actor: Actor) -> None:
    """Raises Forbidden, IllegalState for a file that is not cancelled."""
    if actor.user is None or not policies.can_close(actor.user, case_file):
        raise Forbidden(
            _("Das Storno von %(number)s dürfen Sie nicht aufheben.")
            % {"number": case_file.aktenzeichen},
            next_step=_("Bitten Sie die Sachbearbeitung oder die Registratur der Einheit."),
        )
    if case_file.status != CaseFileStatus.CANCELLED:
        raise _not_cancelled(case_file.aktenzeichen)


def _not_cancelled(name: str) -> IllegalState:
    return IllegalState(
        _("„%(name)s“ ist nicht storniert.") % {"name": name},
        next_step=_("Laden Sie die Seite neu."),
    )


def require_liftable(matters: Mapping[int, Matter]) -> None:
    """Raises IllegalState: not cancelled, merged into another one, below a closed or cancelled one."""
    upper = Matter.objects.in_bulk({one.parent_id for one in matters.values()} - {None})
    merged = MatterMerge.objects.filter(source__in=list(matters), undone_at=None)
    into = set(merged.values_list("source_id", flat=True))
    for matter in matters.values():
        if matter.status != MatterStatus.CANCELLED:
            raise _not_cancelled(matter.title)
        if matter.pk in into:
            raise IllegalState(
                _("Der Vorgang „%(title)s“ wurde zusammengeführt; sein Inhalt liegt im neuen.")
                % {"title": matter.title},
                next_step=_("Nehmen Sie die Zusammenführung zurück oder arbeiten Sie im neuen."),
            )
        above = upper.get(matter.parent_id or 0)
        if above is not None and above.pk not in matters and above.status != MatterStatus.ACTIVE:
            raise IllegalState(
                _("Der übergeordnete Vorgang „%(title)s“ ist %(state)s.")
                % {"title": above.title, "state": above.get_status_display()},
                next_step=_("Heben Sie zuerst dort Storno oder Abschluss auf."),
            )


def _matters_taken_along(
    place: Mapping[str, Sequence[int]], operations: Mapping[int, int]
) -> list[int]:
    rows = Matter.history.filter(
        operation_id__in=set(operations.values()), status=MatterStatus.CANCELLED
    )
    cancelled = Matter.objects.filter(**place, status=MatterStatus.CANCELLED)
    return list(cancelled.filter(pk__in=rows.values("id")).values_list("pk", flat=True))


def _restore_matters(matters: Sequence[Matter], actor: Actor) -> None:
    for matter in matters:
        matter.status = MatterStatus.ACTIVE
    if matters:
        write_states(matters, "records.matter.restored", actor)


def _restore_documents(
    place: Mapping[str, Sequence[int]], operations: Mapping[int, int], actor: Actor
) -> None:
    """Each one as it was before; what was cancelled by itself stays cancelled."""
    rows = Document.history.filter(
        operation_id__in=set(operations.values()), status=DocumentStatus.CANCELLED
    )
    cancelled = Document.objects.filter(**place, status=DocumentStatus.CANCELLED)
    ids = list(cancelled.filter(pk__in=rows.values("id")).values_list("pk", flat=True))
    documents = list(lock_documents(ids).values())
    require_sight(documents, actor)
    before = cancelling.states_before(ids)
    for document in documents:
        document.status = before.get(document.pk, DocumentStatus.VALID)
    if documents:
        write_states(documents, "records.document.restored", actor)
