"""Identical copies of documents in another matter or file (requirements A10): one blob, two documents.

The copy begins with the files of the current version and has its own versions, rights and state
from then on: cancelling or changing one does not touch the other.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.operations import outbox
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, Refusal
from records.choices import ComponentKind, Direction, DocumentStatus
from records.models import Component, Document, DocumentCopy, Matter
from records.services import uploads
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.services.cancelling import cancel_documents
from records.services.documents import (
    NewComponent,
    NewDocument,
    NewVersion,
    file_documents,
    filing_refusal,
    lock_case_files,
)
from records.services.move_checks import Place, circle_refusal
from records.services.moving import matter_in


def copy_refusal(document: Document, there: Place, actor: Actor) -> Refusal | None:
    """Why the document (with file) gets no copy there, or None; reading it is enough at its side."""
    user = actor.user
    if user is None or not {document.scope_id, document.case_file.scope_id} <= set(
        rights_of(user).scope_ids
    ):
        return Forbidden(_("Dieses Dokument dürfen Sie nicht kopieren."))
    if (refusal := filing_refusal(there.case_file, actor)) is not None:
        return refusal
    if document.status not in (DocumentStatus.VALID, DocumentStatus.WITHDRAWN):
        return IllegalState(
            _("Kopiert wird nur, was gilt; dieses Dokument ist %(state)s.")
            % {"state": document.get_status_display()},
            next_step=_("Legen Sie zuerst eine gültige Fassung ab."),
        )
    if there.case_file.pk == document.case_file_id and (
        there.matter is None or there.matter.pk == document.matter_id
    ):
        return IllegalState(
            _("Das Dokument liegt schon dort."),
            next_step=_("Wählen Sie einen anderen Vorgang oder eine andere Akte."),
        )
    return circle_refusal(document.case_file, there.case_file)


def copy_documents(document_ids: Sequence[int], there: Place, actor: Actor) -> list[Document]:
    """File a copy of each document there, all or none; without a matter in one of its own.

    Raises what ``copy_refusal`` and filing raise (closed matter, type the entry does not take).
    """
    with transaction.atomic():
        rows = Document.objects.filter(pk__in=document_ids).order_by("pk")
        originals = list(rows.select_related("case_file", "document_type"))
        lock_case_files([there.case_file.pk])
        for document in originals:
            if (refusal := copy_refusal(document, there, actor)) is not None:
                raise refusal
        matter = there.matter or matter_in(there.case_file, actor)
        contents = _contents(originals)
        wanted = [_as_new(one, matter, contents[one.pk]) for one in originals]
        copies = file_documents(wanted, actor)
        DocumentCopy.objects.bulk_create(
            DocumentCopy(
                copy=copy,
                origin=origin,
                origin_version=origin.version_number,
                operation_id=actor.operation.pk,
            )
            for origin, copy in zip(originals, copies, strict=True)
        )
        record_changes("records.document.copied", originals, actor)
        filed = {"documents": [one.pk for one in copies]}
        outbox.publish(uploads.TOPIC, [filed], actor.operation)
    return copies


def _contents(documents: Sequence[Document]) -> Mapping[int, list[NewComponent]]:
    """The files of the current versions; one query."""
    found: dict[int, list[NewComponent]] = {one.pk: [] for one in documents}
    current = {(one.pk, one.version_number) for one in documents}
    rows = Component.objects.filter(version__document__in=documents)
    for one in rows.select_related("version", "blob").order_by("version_id", "position"):
        if (one.version.document_id, one.version.number) in current:
            part = NewComponent(ComponentKind(one.kind), one.blob, one.file_name)
            found[one.version.document_id].append(part)
    return found


def _as_new(document: Document, matter: Matter, parts: Sequence[NewComponent]) -> NewDocument:
    """Facts as they are; never final, for no specialist system delivers the copy."""
    return NewDocument(
        matter=matter,
        title=document.title,
        direction=Direction(document.direction),
        content=NewVersion(parts),
        document_type=document.document_type,
        letter_date=document.letter_date,
        received_on=document.received_on,
        dispatched_on=document.dispatched_on,
        foreign_reference=document.foreign_reference,
    )


def undo_copies(operation_id: int, actor: Actor) -> list[Document]:
    """Cancel the copies an operation has made, while nobody has changed them.

    The actor's operation carries the reason. Raises Forbidden for somebody else's operation,
    IllegalState when a copy was changed since, and what cancelling raises.
    """
    author = Operation.objects.filter(pk=operation_id).values_list("actor_id", flat=True).first()
    if author is None or author != actor.user_id:
        raise Forbidden(_("Zurücknehmen kann nur, wer es geändert hat."))
    with transaction.atomic():
        made = DocumentCopy.objects.filter(operation_id=operation_id)
        copies = list(Document.objects.filter(copied_from__in=made))
        if not copies or any(one.row_version != 1 for one in copies):
            raise IllegalState(
                _("Die Kopie wurde inzwischen geändert; es wurde nichts zurückgenommen."),
                next_step=_("Stornieren Sie sie von Hand."),
            )
        return cancel_documents(
            [one.pk for one in copies], actor, versions=dict.fromkeys((c.pk for c in copies), 1)
        )
