"""Blob rows: one per content; unreferenced ones are collected after a grace time."""

import hashlib
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from goettingen_ecm.operations import clock
from records import blob_store
from records.blob_store import Staged
from records.choices import BlobState, BlobStorage, TextState
from records.models import Blob, BlobContent, Rendition, SignatureReport
from records.services import page_images

GRACE = timedelta(hours=24)
COLLECT_BATCH = 500
SWEEP_TURNS = 28
"""Four turns a day go round in a week."""


def store_staged(staged: Sequence[Staged]) -> dict[bytes, Blob]:
    """Make the files durable and return their blobs by hash; known contents are reused.

    Call it in the transaction that also writes the references: the rows stay locked until then,
    and the collector leaves locked rows and their files alone.
    """
    blobs = _rows({one.sha256: one.size for one in staged}, BlobStorage.FILES)
    in_files = [s for s in staged if blobs[s.sha256].storage == BlobStorage.FILES]
    blob_store.commit(in_files)
    blob_store.discard(s for s in staged if blobs[s.sha256].storage != BlobStorage.FILES)
    return blobs


def store_small(contents: Sequence[bytes]) -> dict[bytes, Blob]:
    """Keep small machine data (delivered indexes) inside the database; blobs by hash.

    Same rule as ``store_staged``: in the transaction of the reference.
    """
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
    """The rows of these contents, locked; made where missing, rescued from the collector."""
    blobs: dict[bytes, Blob] = {}
    while missing := sorted(set(sizes) - set(blobs)):
        _insert({key: sizes[key] for key in missing}, storage)
        # A row the collector deleted meanwhile is not found after the wait: once more.
        rows = Blob.objects.select_for_update(no_key=True).filter(sha256__in=missing)
        blobs |= {bytes(blob.sha256): blob for blob in rows.order_by("id")}
    rescued = [b for b in blobs.values() if b.state == BlobState.DELETING]
    for blob in rescued:
        blob.state = BlobState.STORED
    Blob.objects.filter(pk__in=[b.pk for b in rescued]).update(state=BlobState.STORED)
    return blobs


def _insert(sizes: Mapping[bytes, int], storage: BlobStorage) -> None:
    now = clock.now()
    text_state = TextState.NONE if storage == BlobStorage.DATABASE else TextState.PENDING
    Blob.objects.bulk_create(
        [
            Blob(sha256=key, size=size, storage=storage, text_state=text_state, created_at=now)
            for key, size in sizes.items()
        ],
        ignore_conflicts=True,
    )


def read_small(blob: Blob) -> bytes:
    """The bytes of a small blob, wherever they lie: the same content may have come as a file."""
    if blob.storage == BlobStorage.DATABASE:
        return bytes(blob.content.data)
    return blob_store.path_of(bytes(blob.sha256)).read_bytes()


def collect_unreferenced() -> int:
    """Remove contents nobody refers to any more, 24 h after they came; returns how many.

    Two steps (mark, then delete) so that a crash in between leaves a row that is simply
    collected next time, never a reference without a file.
    """
    with transaction.atomic():
        marked = _lock(_unreferenced()[:COLLECT_BATCH])
        Blob.objects.filter(pk__in=marked).update(state=BlobState.DELETING)
    with transaction.atomic():
        return _remove(_lock(Blob.objects.filter(pk__in=marked, state=BlobState.DELETING)))


def _lock(candidates: QuerySet[Blob]) -> list[int]:
    """Ids of those nobody else holds; a row being referenced just now is held by the referrer."""
    locked = candidates.select_for_update(skip_locked=True, of=("self",))
    return [blob.pk for blob in locked.only("pk")]


def remove_at_once(blob_ids: Iterable[int]) -> int:
    """Remove those of these contents that nobody refers to, without grace; returns how many.

    With them go their Darstellung and all page images. For deletions that were decided: a content
    being stored again at this moment is waited for and stays.
    """
    wanted = set(blob_ids)
    with transaction.atomic():
        rows = Blob.objects.filter(pk__in=wanted).order_by("id")
        held = {one.pk: one for one in rows.select_for_update(of=("self",))}
        pdfs = Rendition.objects.filter(source__in=held, pdf__isnull=False)
        made = set(pdfs.values_list("pdf_id", flat=True))
        removed = _remove(held, None)
    gone = set(held).difference(Blob.objects.filter(pk__in=held).values_list("pk", flat=True))
    for pk in gone:
        shutil.rmtree(page_images.folder_of(held[pk]), ignore_errors=True)
    return removed + (remove_at_once(made) if made else 0)


def _remove(locked: Iterable[int], grace: timedelta | None = GRACE) -> int:
    """Delete locked rows and their files; asks again for references, with a new snapshot."""
    doomed = list(_unreferenced(grace).filter(pk__in=locked))
    ids = [blob.pk for blob in doomed]
    Blob.objects.filter(pk__in=locked).exclude(pk__in=ids).update(state=BlobState.STORED)
    for blob in doomed:
        blob_store.path_of(bytes(blob.sha256)).unlink(missing_ok=True)
    Blob.objects.filter(pk__in=ids).delete()
    return len(doomed)


def sweep_store(turn: int) -> int:
    """Clear a part of the store of what crashes left behind; returns how many files it found.

    ``turn`` counts the calls: after ``SWEEP_TURNS`` of them every folder was looked at.
    """
    found = blob_store.remove_stale_temporaries(GRACE)
    for number in range(turn % SWEEP_TURNS, 256, SWEEP_TURNS):
        found += adopt_orphans(f"{number:02x}")
    return found


def adopt_orphans(prefix: str) -> int:
    """Give files without a row (left by a crash between rename and commit) one; returns how many.

    They are then collected like every unreferenced content. Nothing is removed here, because a
    file without a visible row may belong to a transaction that is about to commit.
    ``prefix``: the two letters of a folder of the store, so that each run looks at a part.
    """
    limit = clock.now() - GRACE
    old = {key: (size, at) for key, size, at in blob_store.stored_files(prefix) if at < limit}
    known = Blob.objects.filter(sha256__in=list(old)).values_list("sha256", flat=True)
    orphans = sorted(set(old) - {bytes(key) for key in known})
    Blob.objects.bulk_create(
        [Blob(sha256=key, size=old[key][0], created_at=old[key][1]) for key in orphans],
        ignore_conflicts=True,
    )
    return len(orphans)


def _unreferenced(grace: timedelta | None = GRACE) -> QuerySet[Blob]:
    """Blobs older than the grace time (None: of any age) that no row of any app points at."""
    found = Blob.objects.all()
    if grace is not None:
        found = found.filter(created_at__lt=clock.now() - grace)
    for referring, column in _references():
        rows = referring._base_manager.filter(**{column: OuterRef("pk")})
        found = found.exclude(Exists(rows))
    return found.order_by("id")


# Rows that go with their blob: they keep none alive.
BELONGING = {(BlobContent, "blob"), (Rendition, "source"), (SignatureReport, "blob")}


def _references() -> list[tuple[type[models.Model], str]]:
    """Every model and column that points at a blob, also those without a reverse accessor."""
    relations = Blob._meta.get_fields(include_hidden=True)
    return [
        (relation.related_model, f"{relation.field.name}_id")
        for relation in relations
        if isinstance(relation, models.ForeignObjectRel)
        and (relation.related_model, relation.field.name) not in BELONGING
        and relation.field.concrete
    ]
