"""Arbeitsstände: what an editor saves while the document is open becomes one Fassung (ADR 0008).

An editor saves a dozen times an hour; a Fassung each time would bury those that matter. So the
newest state lies beside the document, safe in the store, until the work ends.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock, outbox
from goettingen_ecm.operations.refusals import Refusal
from records.choices import ComponentKind
from records.models import Blob, CheckOut, Component, Document, WorkingCopy
from records.services import blobs, documents, texts, uploads
from records.services.actor import Actor, person
from records.services.documents import NewComponent, NewVersion
from records.services.uploads import UploadedFile

logger = logging.getLogger(__name__)
SAVED = "records.working_copy.saved"
SETTLED = "records.working_copy.settled"
RETRY_AFTER = timedelta(hours=12)
BATCH = 100


def save(user: User, document: Document, file: UploadedFile) -> WorkingCopy:
    """Keep a saved state, looked at like every upload; the former one of the same work goes.

    Raises InvalidInput for what is not taken, IllegalState (in work by another person, final,
    file closed, store full), Forbidden.
    """
    with uploads.examined(file) as (staged, found), transaction.atomic():
        actor = person(user, SAVED)
        locked = documents.lock_for_change([document.pk], actor)[document.pk]
        documents.require_changeable(locked, actor)
        blob = blobs.store_staged([staged])[staged.sha256]
        texts.remember([(blob, found)])
        settle_of_others([locked], actor)
        return _kept(locked, user, blob)


def _kept(document: Document, user: User, blob: Blob) -> WorkingCopy:
    known = WorkingCopy.objects.filter(document=document).first()
    base = known.base_number if known else document.version_number
    values = {"holder": user, "blob": blob, "base_number": base, "saved_at": clock.now()}
    copy, _made = WorkingCopy.objects.update_or_create(
        document=document, defaults={**values, "problem": "", "retry_after": None}
    )
    return copy


def settle(document_id: int, actor: Actor, *, is_draft: bool = False) -> Document | None:
    """Make the saved state a Fassung; None when there is none or nothing was changed.

    When another Fassung came meanwhile (a specialist system delivered), it becomes a draft beside
    that. Raises what ``add_versions`` raises; the state is then still there.
    """
    with transaction.atomic():
        copy = _locked(document_id)
        if copy is None:
            return None
        document, parts = copy.document, _parts(copy)
        copy.delete()
        if parts is None:
            return None
        overtaken = copy.base_number != document.version_number
        content = NewVersion(parts, comment=_comment(copy, actor), is_draft=is_draft or overtaken)
        [changed] = documents.add_versions([(document_id, content)], actor)
        outbox.publish(uploads.TOPIC, [{"documents": [document_id]}], actor.operation)
    return changed


def _locked(document_id: int) -> WorkingCopy | None:
    # File and document are locked first, as every change does: two ways in never wait in a circle.
    found = WorkingCopy.objects.filter(document=document_id).select_related("document").first()
    if found is None:
        return None
    documents.lock_case_files([found.document.case_file_id])
    documents.lock_documents([document_id])
    rows = WorkingCopy.objects.select_for_update(of=("self",)).filter(document=document_id)
    return rows.select_related("document", "holder", "blob").first()


def _parts(copy: WorkingCopy) -> list[NewComponent] | None:
    """The saved file under the document's name and the attachments; None when it is the same."""
    rows = Component.objects.filter(
        version__document=copy.document_id, version__number=copy.document.version_number
    )
    current = list(rows.select_related("blob").order_by("position"))
    main = next(one for one in current if one.kind == ComponentKind.MAIN)
    if main.blob_id == copy.blob_id:
        return None
    attached = [one for one in current if one.kind == ComponentKind.ATTACHMENT]
    return [
        NewComponent(ComponentKind.MAIN, copy.blob, main.file_name),
        *(NewComponent(ComponentKind.ATTACHMENT, one.blob, one.file_name) for one in attached),
    ]


def _comment(copy: WorkingCopy, actor: Actor) -> str:
    if copy.holder_id == actor.user_id:
        return _("in Word oder LibreOffice bearbeitet")
    facts = {"name": copy.holder, "moment": german.date_time(copy.saved_at)}
    return _("Arbeitsstand von %(name)s, %(moment)s") % facts


def settle_or_keep(document_id: int, actor: Actor, *, is_draft: bool) -> None:
    """Like ``settle``; what is refused stays beside the document with the reason, nothing is lost."""
    try:
        with transaction.atomic():
            settle(document_id, actor, is_draft=is_draft)
    except Refusal as refusal:
        logger.warning("working copy of document %s stays: %s", document_id, refusal.reason)
        WorkingCopy.objects.filter(document=document_id).update(
            problem=refusal.reason[:300], retry_after=clock.now() + RETRY_AFTER
        )


def settle_of_others(locked: Sequence[Document], actor: Actor) -> None:
    """What a former holder left on documents the actor now works on becomes a draft Fassung."""
    left = WorkingCopy.objects.filter(document__in=locked).exclude(holder=actor.user_id)
    for document_id in left.values_list("document_id", flat=True):
        settle_or_keep(document_id, actor, is_draft=True)


def settle_own(document_ids: Sequence[int], actor: Actor) -> None:
    """Whose work ends here: what was saved of these documents becomes a draft Fassung."""
    left = WorkingCopy.objects.filter(document__in=document_ids).order_by("document_id")
    for document_id in left.values_list("document_id", flat=True):
        settle_or_keep(document_id, actor, is_draft=True)


def settle_left() -> int:
    """Beat: what is left of expired Bearbeitungssperren becomes a draft; returns how many."""
    now = clock.now()
    held = CheckOut.objects.filter(until__gt=now).values("document")
    left = WorkingCopy.objects.exclude(document__in=held).exclude(retry_after__gt=now)
    rows = list(left.select_related("holder").order_by("saved_at")[:BATCH])
    for copy in rows:
        settle_or_keep(copy.document_id, person(copy.holder, SETTLED), is_draft=True)
    return len(rows)
