"""Checking electronic signatures once for each content, in a worker, inside the child (S6)."""

import logging
import mmap
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.tasks import nudge
from records import blob_store
from records.choices import BlobStorage, SignatureState
from records.content.mail_results import RFC822
from records.content.problems import Problem, explain
from records.content.results import ContentUnreadable
from records.models import Blob, SignatureReport
from records.services.sandbox import sandbox

logger = logging.getLogger(__name__)
TASK = "records.tasks.check_signatures"
PDF = "application/pdf"
# Every signature of these kinds has one of these words in the clear (ISO 32000-2 12.8, RFC 8551).
WORDS = {PDF: (b"/ByteRange",), RFC822: (b"pkcs7-signature", b"pkcs7-mime")}
LEASE = timedelta(minutes=5)
ATTEMPTS = 3
ANCHOR_ENDINGS = (".pem", ".crt", ".cer", ".der")
MOST_ANCHORS = 500
LARGEST_ANCHOR = 1 << 20


def request_checks(found: Iterable[tuple[int, str, str]]) -> None:
    """Queue what looks signed among (blob id, type, problem); in the caller's transaction."""
    candidates = {pk: mime for pk, mime, _problem in found if mime in WORDS}
    rows = Blob.objects.filter(pk__in=candidates, storage=BlobStorage.FILES)
    signed = [one.pk for one in rows.order_by("pk") if _looks_signed(one, candidates[one.pk])]
    if not signed:
        return
    now = clock.now()
    SignatureReport.objects.bulk_create(
        [SignatureReport(blob_id=pk, due_at=now) for pk in signed], ignore_conflicts=True
    )
    transaction.on_commit(lambda: nudge(TASK))


def _looks_signed(blob: Blob, mime: str) -> bool:
    """A search for bytes, nothing is parsed here."""
    path = blob_store.path_of(bytes(blob.sha256))
    if not blob.size or not path.exists():
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return any(data.find(word) >= 0 for word in WORDS[mime])


def check_next() -> bool:
    """Check one waiting content; False when none waits."""
    taken = _take()
    if taken is None:
        return False
    blob = taken.blob
    path = blob_store.path_of(bytes(blob.sha256))
    mime = blob.mime_type if blob.mime_type in WORDS else PDF
    try:
        if taken.attempts > ATTEMPTS:
            raise ContentUnreadable(Problem.CRASHED, explain(Problem.CRASHED))
        found = sandbox().check_signatures(path, mime, anchors())
    except ContentUnreadable as unreadable:
        _end(taken, SignatureState.FAILED, problem=str(unreadable.problem))
        return True
    taken.signatures = [one.as_json() for one in found]
    _end(taken, SignatureState.DONE if found else SignatureState.NONE)
    return True


def _take() -> SignatureReport | None:
    """Committed before the file is opened: a worker it kills has used up an attempt."""
    with transaction.atomic():
        waiting = SignatureReport.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=SignatureState.WAITING, due_at__lte=clock.now()
        )
        taken = waiting.select_related("blob").order_by("due_at").first()
        if taken is not None:
            taken.attempts += 1
            taken.due_at = clock.now() + LEASE
            taken.save(update_fields=["attempts", "due_at"])
    return taken


def _end(taken: SignatureReport, state: SignatureState, problem: str = "") -> None:
    taken.state, taken.problem, taken.checked_at = state, problem, clock.now()
    taken.save(update_fields=["state", "problem", "checked_at", "signatures"])


def anchors() -> Sequence[bytes]:
    """The trusted certificates: every file of ``SIGNATURE_ANCHOR_DIR``; none without a folder."""
    folder = Path(settings.SIGNATURE_ANCHOR_DIR) if settings.SIGNATURE_ANCHOR_DIR else None
    if folder is None or not folder.is_dir():
        return []
    files = sorted(one for one in folder.iterdir() if one.suffix.lower() in ANCHOR_ENDINGS)
    return [
        one.read_bytes() for one in files[:MOST_ANCHORS] if one.stat().st_size <= LARGEST_ANCHOR
    ]
