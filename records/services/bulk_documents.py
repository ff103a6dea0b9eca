"""One change for many documents: who will change, who will not and why, and the way back.

The writing is done by the services of one document (architecture.md §3); here the set is divided
beforehand, so that one document that must stay as it is holds no other one up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, Result, refused
from goettingen_ecm.operations.refusals import Refusal
from records.choices import CaseFileStatus, DocumentStatus
from records.models import Document, DocumentType, Matter
from records.selectors.case_files import SHOWN_STATES
from records.services import locks
from records.services.actor import Actor
from records.services.documents import (
    change_metadata,
    filing_refusal,
    key_of,
    lock_case_files,
    stored,
)
from records.services.history_values import values_before
from records.services.matter_changes import move_documents

FIXED = (DocumentStatus.CANCELLED, DocumentStatus.MISFILED)


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """What is set: metadata by field name (``documents.METADATA``) and the matter to move into."""

    values: Mapping[str, Any]
    matter: Matter | None = None

    def fulfilled_by(self, document: Document) -> bool:
        """True when nothing would change."""
        same = all(stored(document, name) == key_of(v) for name, v in self.values.items())
        return same and (self.matter is None or document.matter_id == self.matter.pk)


def plan(change: DocumentChange, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """The result each document would have now; writes nothing (the dry run)."""
    rows = Document.objects.filter(pk__in=ids).select_related("case_file__entry")
    found = {document.pk: document for document in rows}
    files = {d.case_file_id: d.case_file for d in found.values()}
    of_files = {pk: filing_refusal(case_file, actor) for pk, case_file in files.items()}
    held = locks.locks_in_force(list(found.values()))
    others = {pk for pk, lock in held.items() if lock.holder_id != actor.user_id}
    results = {}
    for pk in ids:
        reason = _refusal(change, found.get(pk), actor, of_files)
        if reason or pk in others:
            results[pk] = refused(reason or _("Jemand anderes hat das Dokument in Bearbeitung."))
        else:
            results[pk] = UNCHANGED if change.fulfilled_by(found[pk]) else CHANGED
    return results


def _refusal(
    change: DocumentChange,
    document: Document | None,
    actor: Actor,
    of_files: Mapping[int, Refusal | None],
) -> str:
    """Why a document stays as it is; the reasons name no titles, because results are kept."""
    if document is None or document.status not in SHOWN_STATES or not sees(actor, document):
        return _("Das Dokument ist nicht (mehr) sichtbar.")
    if (refusal := of_files[document.case_file_id]) is not None:
        return refusal.reason
    if document.status in FIXED:
        return _("Stornierte Dokumente bleiben unverändert.")
    if document.is_final and change.values:
        return _("Endgültige Dokumente bleiben unverändert.")
    return _refusal_of_matter(change.matter, document) if change.matter else ""


def sees(actor: Actor, document: Document) -> bool:
    """Systems see what they may file in; persons by the scope of the document."""
    return actor.user is None or document.scope_id in rights_of(actor.user).scope_ids


def _refusal_of_matter(matter: Matter, document: Document) -> str:
    if matter.case_file_id != document.case_file_id:
        return _("Der Vorgang gehört zu einer anderen Akte.")
    if matter.status != CaseFileStatus.ACTIVE:
        return _("Der Vorgang ist %(state)s.") % {"state": matter.get_status_display()}
    return ""


def change_documents(change: DocumentChange, ids: Sequence[int], actor: Actor) -> dict[int, Result]:
    """Set the same values on all that may change; the others answer why not."""
    with transaction.atomic():
        lock_files_of(ids)
        results = plan(change, ids, actor)
        wanted = [pk for pk, result in results.items() if result == CHANGED]
        if wanted and change.values:
            change_metadata(dict.fromkeys(wanted, change.values), actor)
        if wanted and change.matter is not None:
            move_documents(dict.fromkeys(wanted, change.matter.pk), actor)
    return results


def lock_files_of(ids: Sequence[int]) -> None:
    """So that what the plan says still holds when it is written."""
    rows = Document.objects.filter(pk__in=ids).order_by()
    lock_case_files(list(rows.values_list("case_file_id", flat=True).distinct()))


def take_back(
    change: DocumentChange, ids: Sequence[int], operation_id: int, actor: Actor
) -> dict[int, Result]:
    """Bring back what the documents had before the operation, where nobody changed them since."""
    with transaction.atomic():
        lock_files_of(ids)
        before = values_before(Document, ids, operation_id)
        results = plan(DocumentChange(change.values), ids, actor)
        current = dict(Document.objects.filter(pk__in=ids).values_list("pk", "row_version"))
        for pk in ids:
            known = before.get(pk)
            if results[pk].outcome == JobItemOutcome.REFUSED:
                continue
            intact = known is not None and known.left_version == current.get(pk)
            results[pk] = CHANGED if intact else refused(CHANGED_SINCE)
        wanted = [pk for pk, result in results.items() if result == CHANGED]
        rows = {pk: before[pk].row for pk in wanted}
        if rows and change.values:
            change_metadata(_former(rows, list(change.values)), actor)
        if rows and change.matter is not None:
            move_documents({pk: row.matter_id for pk, row in rows.items()}, actor)
    return results


CHANGED_SINCE = "Das Objekt wurde inzwischen wieder geändert; es bleibt, wie es ist."


def _former(rows: Mapping[int, Any], names: Sequence[str]) -> dict[int, dict[str, Any]]:
    types = DocumentType.objects.in_bulk({row.document_type_id for row in rows.values()} - {None})
    return {
        pk: {
            name: types.get(row.document_type_id) if name == "document_type" else getattr(row, name)
            for name in names
        }
        for pk, row in rows.items()
    }
