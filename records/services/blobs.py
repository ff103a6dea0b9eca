"""Blob rows: one per content; unreferenced ones are collected after a grace time."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from goettingen_ecm.operations import clock
from records import blob_store
from records.blob_store import Staged
from records.choices import BlobState, BlobStorage, TextState
from records.models import Blob, BlobContent

GRACE = timedelta(hours=24)
COLLECT_BATCH = 500


def store_staged(staged: Sequence[Staged]) -> dict[bytes, Blob]:
    """Make the files durable and return their blobs by hash; known contents are reused."""
    blob_store.commit(staged)
    return _rows({one.sha256: one.size for one in staged}, BlobStorage.FILES)


def store_small(contents: Sequence[bytes]) -> dict[bytes, Blob]:
    """Keep small machine data (delivered indexes) inside the database; blobs by hash."""
    by_hash = {hashlib.sha256(data).digest(): data for data in contents}
    blobs = _rows({key: len(data) for key, data in by_hash.items()}, BlobStorage.DATABASE)
    BlobContent.objects.bulk_create(
        [
            BlobContent(blob=blob, data=by_hash[key])
            for key, blob in blobs.items()
            if blob.storage == BlobStorage.DATABASE
        ],
        ignore_conflicts=True,
    )
    return blobs


def _rows(sizes: Mapping[bytes, int], storage: BlobStorage) -> dict[bytes, Blob]:
    now = clock.now()
    text_state = TextState.NONE if storage == BlobStorage.DATABASE else TextState.PENDING
    Blob.objects.bulk_create(
        [
            Blob(sha256=key, size=size, storage=storage, text_state=text_state, created_at=now)
            for key, size in sorted(sizes.items())
        ],
        ignore_conflicts=True,
    )
    # The key-share lock keeps the collector away until the caller's reference is committed.
    found = Blob.objects.select_for_update(no_key=True).filter(sha256__in=list(sizes)).order_by("id")
    blobs = {bytes(blob.sha256): blob for blob in found}
    revived = [b.pk for b in blobs.values() if b.state == BlobState.DELETING]
    if revived:
        Blob.objects.filter(pk__in=revived).update(state=BlobState.STORED)
    return blobs


def read_small(blob: Blob) -> bytes:
    """The bytes of a blob that lives in the database."""
    return bytes(blob.content.data)


def collect_unreferenced() -> int:
    """Remove contents nobody refers to any more, 24 h after they came; returns how many.

    Two steps (mark, then delete) so that a crash in between leaves a row that is simply
    collected next time, never a reference without a file.
    """
    with transaction.atomic():
        candidates = list(
            _unreferenced().select_for_update(skip_locked=True, of=("self",))[:COLLECT_BATCH]
        )
        Blob.objects.filter(pk__in=[b.pk for b in candidates]).update(state=BlobState.DELETING)
    with transaction.atomic():
        doomed = list(
            Blob.objects.select_for_update(skip_locked=True, of=("self",)).filter(
                pk__in=[b.pk for b in candidates], state=BlobState.DELETING
            )
        )
        for blob in doomed:
            blob_store.path_of(bytes(blob.sha256)).unlink(missing_ok=True)
        Blob.objects.filter(pk__in=[b.pk for b in doomed]).delete()
    return len(doomed)


def _unreferenced() -> QuerySet[Blob]:
    """Blobs older than the grace time that no row of any app points at."""
    found = Blob.objects.filter(created_at__lt=clock.now() - GRACE)
    for relation in Blob._meta.related_objects:
        if relation.related_model is BlobContent:
            continue
        referring = relation.related_model._base_manager.filter(
            **{f"{relation.field.name}_id": OuterRef("pk")}
        )
        found = found.exclude(Exists(referring))
    return found.order_by("id")
