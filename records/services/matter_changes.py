"""Changing matters, and moving documents between the matters of one file."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import CaseFileStatus, DocumentStatus
from records.models import Document, ExternalKey, Matter, RegisterPlacement
from records.services import documents, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.case_files import require_title
from records.services.scoping import lock_matters, recompute
from records.typed_text import clean_line

METADATA = ("title", "matter_type", "period_from", "period_until")


def change_matters(
    wanted: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    *,
    versions: Mapping[int, int] | None = None,
) -> list[Matter]:
    """Set title, type and period of matters by id; only what really differs.

    ``versions``: the ``row_version`` each form has shown. Raises LostUpdate, InvalidInput, and the
    refusals of ``locked_matters``.
    """
    with transaction.atomic():
        matters = locked_matters(list(wanted), actor)
        changed: dict[str, list[Matter]] = {}
        for pk, values in wanted.items():
            writing.require_version(matters[pk], (versions or {}).get(pk))
            for name in _apply(matters[pk], values):
                changed.setdefault(name, []).append(matters[pk])
        touched = list({m.pk: m for group in changed.values() for m in group}.values())
        if touched:
            writing.update(touched, sorted(changed), actor)
            Document.objects.filter(matter__in=touched).update(indexed_at=None)
            record_changes("records.matter.changed", touched, actor, fields=sorted(changed))
    return [matters[pk] for pk in wanted]


def locked_matters(matter_ids: Sequence[int], actor: Actor) -> dict[int, Matter]:
    """Lock matters and their files for a change.

    Raises what ``documents.filing_refusal`` says, Forbidden for a matter the actor does not see,
    IllegalState for one that is closed.
    """
    rows = Matter.objects.filter(pk__in=matter_ids).values_list("case_file_id", flat=True)
    for case_file in documents.lock_case_files(list(rows)).values():
        if (refusal := documents.filing_refusal(case_file, actor)) is not None:
            raise refusal
    matters = lock_matters(matter_ids)
    documents.require_sight(list(matters.values()), actor)
    for matter in matters.values():
        if matter.status != CaseFileStatus.ACTIVE:
            raise IllegalState(
                f"Der Vorgang „{matter.title}“ ist {matter.get_status_display()}.",
                next_step="Wählen Sie einen Vorgang in Bearbeitung.",
            )
    return matters


def _apply(matter: Matter, values: Mapping[str, Any]) -> list[str]:
    unknown = set(values) - set(METADATA)
    if unknown:
        raise InvalidInput("Diese Angabe lässt sich nicht ändern.", field=sorted(unknown)[0])
    cleaned = {n: clean_line(v) if isinstance(v, str) else v for n, v in values.items()}
    names = [name for name, value in cleaned.items() if getattr(matter, name) != value]
    for name in names:
        setattr(matter, name, cleaned[name])
    require_title(matter.title)
    require_period(matter.period_from, matter.period_until)
    return names


def require_period(since: date | None, until: date | None) -> None:
    """Raises InvalidInput for an end before the beginning."""
    if since is not None and until is not None and until < since:
        raise InvalidInput("Das Ende liegt vor dem Beginn.", field="period_until")


def move_documents(wanted: Mapping[int, int], actor: Actor) -> list[Document]:
    """Put documents (by id) into other matters (by id) of the same file; rights follow the matter.

    Raises the refusals of ``locked_matters`` and ``documents.lock_for_change``, IllegalState for
    another file's matter and for documents that are cancelled or misfiled.
    """
    with transaction.atomic():
        matters = locked_matters(list(wanted.values()), actor)
        found = documents.lock_for_change(list(wanted), actor)
        moved = [d for pk, d in found.items() if d.matter_id != wanted[pk]]
        for document in moved:
            _require_movable(document, matters[wanted[document.pk]])
            document.matter = matters[wanted[document.pk]]
            document.scope_id = document.matter.scope_id
            document.indexed_at = None
        _write(moved, actor)
    return [found[pk] for pk in wanted]


def _require_movable(document: Document, matter: Matter) -> None:
    if document.case_file_id != matter.case_file_id:
        raise IllegalState("Der Vorgang gehört zu einer anderen Akte.")
    if document.status in (DocumentStatus.CANCELLED, DocumentStatus.MISFILED):
        raise IllegalState(
            f"„{document.title}“ ist {document.get_status_display()} und bleibt, wo es ist.",
            next_step=documents.next_step_of(document),
        )


def _write(moved: Sequence[Document], actor: Actor) -> None:
    if not moved:
        return
    writing.update(moved, ["matter", "scope", "indexed_at"], actor)
    by_matter: dict[int, list[int]] = defaultdict(list)
    for document in moved:
        by_matter[document.matter_id].append(document.pk)
    for matter_id, ids in by_matter.items():
        # A later version from the specialist system must find the document where it is now.
        ExternalKey.objects.filter(document__in=ids).update(matter_id=matter_id)
    writing.remove(list(RegisterPlacement.objects.filter(document__in=moved)), actor)
    recompute({d.case_file_id for d in moved})
    record_changes("records.document.moved", moved, actor, fields=["matter"])


def undo_move(operation_id: int, actor: Actor) -> list[Document]:
    """Put the documents an operation has moved back; all of them or none.

    Raises Forbidden for somebody else's operation, IllegalState when one was changed since.
    """
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden("Zurücknehmen kann nur, wer es geändert hat.")
    with transaction.atomic():
        rows = Document.history.filter(operation_id=operation_id, history_type=writing.CHANGED)
        moved = {row.id: row for row in rows}
        found = documents.lock_for_change(list(moved), actor)
        back = {pk: _matter_before(row, found[pk]) for pk, row in moved.items()}
        return move_documents(back, actor)


def _matter_before(row: Any, document: Document) -> int:
    older = Document.history.filter(id=row.id, history_id__lt=row.history_id)
    before = older.order_by("-history_id").first()
    if before is None or document.row_version != row.row_version:
        raise IllegalState(
            f"„{document.title}“ wurde inzwischen wieder geändert; es wurde nichts zurückgenommen.",
            next_step="Verschieben Sie die Dokumente von Hand.",
        )
    return int(before.matter_id)
