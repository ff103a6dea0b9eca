"""What a deletion takes away: rows at once, bytes as soon as the transaction is committed.

Bytes that another document (a copy, the same letter in another file) refers to stay for it.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.registry import Registry
from records.choices import DocumentStatus
from records.models import (
    CheckOut,
    Comment,
    Component,
    DeletionProposal,
    Document,
    DocumentText,
    DocumentVersion,
    IncomingFile,
    IncomingItem,
    WorkingCopy,
)
from records.search_index import index
from records.services import blobs, writing
from records.services.actor import Actor

# Upper layers drop what they keep of documents and name the blobs they referred to.
traces: Registry[Callable[[Sequence[int]], Iterable[int]]] = Registry()

EMPTIED = ["title", "foreign_reference", "status", "is_final", "indexed_at"]
FACTS = ["mime_type", "page_count", "problem"]


def destroy_contents(
    documents: Sequence[Document], proposals: Sequence[DeletionProposal], actor: Actor
) -> None:
    """Take everything that tells of the content from locked documents, in the caller's transaction.

    The files leave the store on commit (``blobs.remove_at_once``); should that be interrupted, the
    collector of unreferenced contents takes them.
    """
    ids = [one.pk for one in documents]
    doomed = _components(ids, proposals) | _incoming(ids) | _working_copies(ids)
    for source in traces.entries():
        doomed |= set(source(ids))
    _side_tables(ids)
    _empty(documents, actor)
    transaction.on_commit(partial(blobs.remove_at_once, doomed))


def _components(ids: Sequence[int], proposals: Sequence[DeletionProposal]) -> set[int]:
    """The versions stay without their files: a repeated delivery is known by them (K1)."""
    rows = Component.objects.filter(version__document__in=ids)
    found = list(rows.values_list("version__document_id", "blob_id"))
    for one in proposals:
        one.files_removed = sum(document == one.document_id for document, _blob in found)
    DeletionProposal.objects.bulk_update(proposals, ["files_removed"])
    Comment.objects.filter(document__in=ids).delete()
    rows.delete()
    DocumentVersion.objects.filter(document__in=ids).update(comment="")
    return {blob for _document, blob in found}


def _incoming(ids: Sequence[int]) -> set[int]:
    """An Eingang keeps its stamp; what it said goes with the document."""
    files = IncomingFile.objects.filter(item__document__in=ids)
    doomed = set(files.values_list("blob_id", flat=True))
    files.delete()
    said = {"subject": _("Gelöscht"), "sender": ""}
    items = list(IncomingItem.objects.filter(document__in=ids).values_list("pk", flat=True))
    IncomingItem.objects.filter(pk__in=items).update(**said, first_page="")
    IncomingItem.history.filter(id__in=items).update(**said)
    return doomed


def _working_copies(ids: Sequence[int]) -> set[int]:
    rows = WorkingCopy.objects.filter(document__in=ids)
    doomed = set(rows.values_list("blob_id", flat=True))
    rows.delete()
    return doomed


def _side_tables(ids: Sequence[int]) -> None:
    CheckOut.objects.filter(document__in=ids).delete()
    DocumentText.objects.filter(document__in=ids).delete()
    index.remove(ids)


def _empty(documents: Sequence[Document], actor: Actor) -> None:
    """The row and its history keep who and when, not what."""
    for one in documents:
        one.title, one.foreign_reference = _("Gelöscht"), ""
        one.status, one.is_final = DocumentStatus.DELETED, True
        # Nothing is left to be indexed: the indexer shall not come back to it.
        one.indexed_at = clock.now()
        one.mime_type, one.page_count, one.problem = "", None, ""
    writing.update(documents, [*EMPTIED, *FACTS], actor)
    rows = Document.history.filter(id__in=[one.pk for one in documents])
    rows.update(title=_("Gelöscht"), foreign_reference="")
