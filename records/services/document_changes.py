"""Changing what is said about one document, and taking it back ("Rückgängig")."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import outbox
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records.models import Document
from records.services import documents, indexing
from records.services.actor import Actor, person

TOPIC = "records.document.changed"


def change_document(
    user: User, document: Document, values: Mapping[str, Any], row_version: int | None
) -> Actor:
    """Set the given metadata; search follows in the worker. Returns who did it, with the operation.

    Raises what ``documents.change_metadata`` raises.
    """
    with transaction.atomic():
        actor = person(user, "records.document.change")
        _change(document.pk, values, actor, row_version)
    return actor


def _change(
    document_id: int, values: Mapping[str, Any], actor: Actor, row_version: int | None
) -> None:
    versions = {} if row_version is None else {document_id: row_version}
    documents.change_metadata({document_id: values}, actor, versions=versions)
    outbox.publish(TOPIC, [{"documents": [document_id]}], actor.operation)


def undo_change(user: User, document: Document, operation: Operation) -> None:
    """Bring back the values before the operation.

    Raises Forbidden for somebody else's change, IllegalState when the document was changed since.
    """
    with transaction.atomic():
        newest, before = _last_two(document)
        if operation.actor_id != user.pk:
            raise Forbidden(_("Zurücknehmen kann nur, wer es geändert hat."))
        if newest is None or newest.operation_id != operation.pk:
            raise IllegalState(
                _("Das Dokument wurde inzwischen wieder geändert; es wurde nichts zurückgenommen."),
                next_step=_("Ändern Sie die Angaben von Hand."),
            )
        values = {name: getattr(before, name) for name in documents.METADATA}
        actor = person(user, "records.document.undo_change")
        _change(document.pk, values, actor, newest.row_version)


def _last_two(document: Document) -> tuple[Any, Any]:
    rows = Document.history.filter(id=document.pk).order_by("-history_date", "-history_id")[:2]
    return tuple(rows) if len(rows) == 2 else (None, None)


def make_findable(payload: Mapping[str, Any]) -> None:
    """The outbox handler of changed documents: only their words are new, not their texts."""
    indexing.index_documents(payload["documents"])
