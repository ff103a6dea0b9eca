"""Taking back the last change of a file ("Rückgängig"): the values before it come back."""

from typing import Any

from django.db import transaction

from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records.models import CaseFile
from records.services import case_files, reassigning
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files

MOVED = frozenset({"entry", "lead_unit"})


def undo_last_change(case_file_id: int, operation_id: int, actor: Actor) -> CaseFile:
    """Undo what the operation changed in the file; the actor must have done it.

    A number that was given stays the file's own and leads to it. Raises Forbidden for somebody
    else's change, IllegalState when the file was changed again since, and what changing raises.
    """
    with transaction.atomic():
        case_file = lock_case_files([case_file_id])[case_file_id]
        before = _values_before(case_file, operation_id, actor)
        changed = {n for n in reassigning.FIELDS if _value(before, n) != _value(case_file, n)}
        if changed & MOVED:
            _move_back(case_file, before, actor)
        else:
            _change_back(case_file, before, actor)
    return CaseFile.objects.get(pk=case_file_id)


def _values_before(case_file: CaseFile, operation_id: int, actor: Actor) -> Any:
    """The history row before the operation's; it must be the newest but one."""
    rows = CaseFile.history.filter(id=case_file.pk).order_by("-history_date", "-history_id")[:2]
    newest = rows[0] if len(rows) == 2 else None
    if (
        newest is None
        or newest.operation_id != operation_id
        or newest.row_version != case_file.row_version
    ):
        raise IllegalState(
            "Die Akte wurde inzwischen wieder geändert; es wurde nichts zurückgenommen.",
            next_step="Sehen Sie im Verlauf nach und ändern Sie die Angaben von Hand.",
        )
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden("Zurücknehmen kann nur, wer es geändert hat.")
    return rows[1]


def _value(row: Any, name: str) -> Any:
    """The value as it is stored; of foreign keys the id."""
    return getattr(row, _column(name))


def _column(name: str) -> str:
    field: Any = CaseFile._meta.get_field(name)
    return str(field.attname)


def _move_back(case_file: CaseFile, before: Any, actor: Actor) -> None:
    reassigning.require_movable({case_file.pk: case_file}, reassigning.mover_of(actor))
    former = {case_file.pk: case_file.aktenzeichen}
    for name in reassigning.FIELDS:
        setattr(case_file, _column(name), _value(before, name))
    reassigning.write_moved([case_file], former, actor)
    reassigning.require_sight_after([case_file], actor)
    record_changes(
        "records.case_file.reassigned", [case_file], actor, fields=["entry", "lead_unit"]
    )


def _change_back(case_file: CaseFile, before: Any, actor: Actor) -> None:
    values = {name: getattr(before, name) for name in case_files.METADATA}
    case_files.change_metadata({case_file.pk: values}, actor)
