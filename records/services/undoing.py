"""Taking back the last change of files ("Rückgängig"): the values before it come back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records.models import CaseFile
from records.services import case_files, reassigning, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.documents import lock_case_files

MOVED = frozenset({"entry", "lead_unit"})


def undo_operation(operation_id: int, actor: Actor) -> list[CaseFile]:
    """Undo what the operation changed in files, all of them or none; the actor must have done it.

    A number that was given stays the file's own and leads to it. Raises Forbidden for somebody
    else's change, IllegalState when a file was changed again since, and what changing raises.
    """
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden("Zurücknehmen kann nur, wer es geändert hat.")
    with transaction.atomic():
        rows = CaseFile.history.filter(operation_id=operation_id, history_type=writing.CHANGED)
        files = lock_case_files(list(rows.values_list("id", flat=True)))
        before = {pk: _row_before(f, operation_id) for pk, f in files.items()}
        moved = [f for pk, f in files.items() if _was_moved(f, before[pk])]
        move_back(moved, before, actor)
        _change_back([f for f in files.values() if f not in moved], before, actor)
    return list(CaseFile.objects.filter(pk__in=files).order_by("id"))


def _was_moved(case_file: CaseFile, before: Any) -> bool:
    return any(_value(before, name) != _value(case_file, name) for name in MOVED)


def _row_before(case_file: CaseFile, operation_id: int) -> Any:
    """The history row before the operation's; it must be the newest but one."""
    rows = CaseFile.history.filter(id=case_file.pk).order_by("-history_date", "-history_id")[:2]
    newest = rows[0] if len(rows) == 2 else None
    if (
        newest is None
        or newest.operation_id != operation_id
        or newest.row_version != case_file.row_version
    ):
        raise IllegalState(
            f"Die Akte {case_file.aktenzeichen} wurde inzwischen wieder geändert;"
            " es wurde nichts zurückgenommen.",
            next_step="Sehen Sie im Verlauf nach und ändern Sie die Angaben von Hand.",
        )
    return rows[1]


def _value(row: Any, name: str) -> Any:
    """The value as it is stored; of foreign keys the id."""
    return getattr(row, _column(name))


def _column(name: str) -> str:
    field: Any = CaseFile._meta.get_field(name)
    return str(field.attname)


def move_back(files: Sequence[CaseFile], before: Mapping[int, Any], actor: Actor) -> None:
    """Give locked files the place of their history row ``before``. Raises as reassigning does."""
    if not files:
        return
    reassigning.require_movable({f.pk: f for f in files}, reassigning.mover_of(actor))
    former = {f.pk: f.aktenzeichen for f in files}
    for case_file in files:
        for name in reassigning.FIELDS:
            setattr(case_file, _column(name), _value(before[case_file.pk], name))
    reassigning.write_moved(files, former, actor)
    reassigning.require_sight_after(files, actor)
    record_changes("records.case_file.reassigned", files, actor, fields=["entry", "lead_unit"])


def _change_back(files: Sequence[CaseFile], before: Mapping[int, Any], actor: Actor) -> None:
    if files:
        names = case_files.METADATA
        values = {f.pk: {name: getattr(before[f.pk], name) for name in names} for f in files}
        case_files.change_metadata(values, actor, restoring=True)
