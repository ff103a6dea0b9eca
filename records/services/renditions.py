"""Making PDFs of Office files and mails: page images and text come from them, the original stays."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q

from goettingen_ecm.operations import clock
from records import blob_store
from records.choices import BlobStorage, ComponentKind, RenditionState
from records.content import office
from records.content.mail_results import MAIL_TYPES
from records.content.problems import Problem
from records.content.results import ContentUnreadable, InspectRequest
from records.models import Blob, Component, Document, Rendition
from records.services import blobs, texts, uploads
from records.services.mail_sheets import mail_sheet
from records.services.sandbox import sandbox

# Longer than a conversion can take: a row whose worker was killed comes back after it.
LEASE = timedelta(minutes=5)
ATTEMPTS = 3
INSPECT_SECONDS = 60.0
# One at a time in the whole installation: imports and readers need the processors, too.
ONE_AT_A_TIME = 20_260_003
# Renditions stand behind every file of a version, in the order of their originals.
POSITION = 10_000

ATTACH = """
INSERT INTO records_component (version_id, position, kind, blob_id, file_name)
SELECT source.version_id, %s + source.position, %s, %s, left(source.file_name, 251) || '.pdf'
FROM records_component source WHERE source.blob_id = %s AND source.kind = ANY(%s)
ON CONFLICT (version_id, position) DO NOTHING
"""


def render_next() -> bool:
    """Make the PDF of the file waiting longest, mails first (milliseconds against seconds).

    False when none waits or another worker is at it; without LibreOffice Office files go on waiting.
    """
    with _alone() as alone:
        taken = _take() if alone else None
        if taken is None:
            return False
        _render(taken)
    return True


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
        alone = bool(cursor.fetchone()[0])
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _take() -> Rendition | None:
    """Committed before LibreOffice starts: a worker it kills has used up an attempt."""
    with transaction.atomic():
        waiting = Rendition.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=RenditionState.WAITING, due_at__lte=clock.now()
        )
        mails = Q(source__mime_type__in=MAIL_TYPES)
        if office.program() is None:
            waiting = waiting.filter(mails)
        ordered = waiting.select_related("source").order_by(
            ExpressionWrapper(mails, BooleanField()).desc(), "due_at", "pk"
        )
        taken = ordered.first()
        if taken is None:
            return None
        taken.attempts += 1
        taken.due_at = clock.now() + LEASE
        taken.save(update_fields=["attempts", "due_at"])
    return taken


def _render(taken: Rendition) -> None:
    source = taken.source
    if taken.attempts > ATTEMPTS:
        _fail(taken, Problem.CRASHED)
        return
    if source.storage != BlobStorage.FILES:
        _fail(taken, Problem.UNSUPPORTED)
        return
    try:
        pdf = _pdf_of(blob_store.path_of(bytes(source.sha256)), source.mime_type)
    except ContentUnreadable as unreadable:
        _fail(taken, unreadable.problem)
        return
    _keep(taken, pdf)


def _pdf_of(path: Path, mime: str) -> bytes:
    if mime in MAIL_TYPES:
        return mail_sheet(sandbox().open_mail(path, mime))
    return office.convert_to_pdf(path, mime)


def _fail(taken: Rendition, problem: Problem) -> None:
    taken.state, taken.problem, taken.made_at = RenditionState.FAILED, str(problem), clock.now()
    taken.save(update_fields=["state", "problem", "made_at"])


def _keep(taken: Rendition, pdf: bytes) -> None:
    """Store the PDF, put it into every version with this file, read its text."""
    staged = blob_store.stage_chunks([pdf])
    try:
        request = InspectRequest(staged.path, declared_name="darstellung.pdf")
        [found] = sandbox().inspect_batch([request], deadline_seconds=INSPECT_SECONDS)
        if found.problem is not None:
            _fail(taken, found.problem)
            return
        with transaction.atomic():
            made = blobs.store_staged([staged])[staged.sha256]
            texts.remember([(made, found)])
            taken.state, taken.pdf, taken.made_at = RenditionState.DONE, made, clock.now()
            taken.save(update_fields=["state", "pdf", "made_at"])
            attach_renditions(taken.source, made)
    finally:
        blob_store.discard([staged])
    uploads.index_filed(_documents_of(taken.source))


def attach_renditions(source: Blob, pdf: Blob) -> None:
    """Every version that holds the source gets the PDF as a component."""
    readable = [ComponentKind.MAIN.value, ComponentKind.ATTACHMENT.value]
    with connection.cursor() as cursor:
        cursor.execute(
            ATTACH, [POSITION, ComponentKind.RENDITION.value, pdf.pk, source.pk, readable]
        )


def _documents_of(source: Blob) -> Sequence[int]:
    """Documents whose newest version holds the file; marked until they are searchable anew."""
    rows = Component.objects.filter(
        blob=source, version__number=F("version__document__version_number")
    )
    ids = sorted(set(rows.values_list("version__document_id", flat=True)))
    Document.objects.filter(pk__in=ids).update(indexed_at=None)
    return ids
