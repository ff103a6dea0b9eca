"""Thin Celery shells of records."""

from datetime import timedelta

from celery import shared_task

from goettingen_ecm.operations import clock
from records.models import Document
from records.services import blobs, uploads

STALE_BATCH = 200
# Imports index their own documents; only what stayed behind for a while is picked up here.
STALE_AFTER_SECONDS = 60


@shared_task
def collect_blobs() -> int:
    """Remove contents nobody refers to any more; returns how many."""
    collected = 0
    while removed := blobs.collect_unreferenced():
        collected += removed
    return collected


@shared_task
def index_stale_documents() -> int:
    """Make documents searchable whose text or metadata changed; returns how many were taken."""
    before = clock.now() - timedelta(seconds=STALE_AFTER_SECONDS)
    rows = Document.objects.filter(indexed_at__isnull=True, filed_at__lt=before).order_by("id")
    ids = list(rows.values_list("id", flat=True)[:STALE_BATCH])
    uploads.index_filed(ids)
    return len(ids)
