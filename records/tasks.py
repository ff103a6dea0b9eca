"""Thin Celery shells of records."""

import time
from datetime import timedelta

from celery import shared_task

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.tasks import nudge
from records import search_mails
from records.models import Document
from records.services import (
    blobs,
    emergency,
    mail_sending,
    paper_reminders,
    plan_following,
    renditions,
    search_words,
    signatures,
    staff_hand_over,
    unit_hand_over,
    uploads,
    word_list,
    working_copies,
)

STALE_BATCH = 200
# Imports index their own documents; only what stayed behind for a while is picked up here.
STALE_AFTER = timedelta(seconds=60)
# As often as beat calls the collector.
SWEEP_EVERY = timedelta(hours=6)
# Short turns, so that other tasks of the same workers never wait long.
TURN_SECONDS = 10.0


@shared_task
def collect_blobs() -> int:
    """Remove contents nobody refers to any more; returns how many."""
    blobs.sweep_store(int(clock.now().timestamp() // SWEEP_EVERY.total_seconds()))
    collected = 0
    while removed := blobs.collect_unreferenced():
        collected += removed
    return collected


@shared_task
def settle_working_copies() -> int:
    """What is left of expired Bearbeitungssperren becomes a draft Fassung; returns how many."""
    return working_copies.settle_left()


@shared_task
def check_signatures() -> int:
    """Check waiting electronic signatures; returns how many files were looked at."""
    end = time.monotonic() + TURN_SECONDS
    tried = 0
    while time.monotonic() < end and signatures.check_next():
        tried += 1
    return tried


@shared_task
def index_stale_documents() -> int:
    """Make documents searchable whose text or metadata changed; returns how many were taken."""
    end = time.monotonic() + TURN_SECONDS
    taken = 0
    while time.monotonic() < end and (ids := _stale_ids()):
        uploads.index_filed(ids)
        taken += len(ids)
    return taken


@shared_task
def render_office_files() -> int:
    """Make PDFs of waiting Office files and mails; returns how many were tried."""
    end = time.monotonic() + TURN_SECONDS
    tried = 0
    while time.monotonic() < end and renditions.render_next():
        tried += 1
    return tried


def _stale_ids() -> list[int]:
    rows = Document.objects.filter(indexed_at__isnull=True, filed_at__lt=clock.now() - STALE_AFTER)
    return list(rows.order_by("id").values_list("id", flat=True)[:STALE_BATCH])


@shared_task
def end_emergency_accesses() -> int:
    """End break-glass whose hours are over; returns how many."""
    return emergency.end_elapsed()


@shared_task
def carry_out_staff_moves() -> int:
    """Hand over the work of people whose first day elsewhere has come; returns how many."""
    return staff_hand_over.carry_out_due()


@shared_task
def carry_out_unit_changes() -> int:
    """Let the work of merged and split units go over on the day; returns how many changes."""
    return unit_hand_over.carry_out_due()


@shared_task
def remind_of_overdue_papers() -> int:
    """Remind of lent paper parts past their day, each once; returns how many."""
    return paper_reminders.remind_overdue()


@shared_task
def bring_plans_into_force() -> int:
    """Let files follow a version of the plan whose day has come; returns how many jobs began."""
    return len(plan_following.bring_into_force())


@shared_task
def count_search_words() -> int:
    """Make the words anew that "Meinten Sie" may offer; returns how many there are."""
    return search_words.count_words()


@shared_task
def send_mails() -> int:
    """Send what people wrote out of files; returns how many mails were tried."""
    return mail_sending.send_waiting(TURN_SECONDS)


@shared_task
def mail_search_news(after: int = 0) -> int:
    """Tell people what is new in their saved searches; returns how many mails went out."""
    run = search_mails.send_due(seconds=TURN_SECONDS, after=after)
    if run.last is not None:
        nudge("records.tasks.mail_search_news", run.last)
    return run.sent


@shared_task
def follow_word_list() -> int:
    """Let documents follow changed rules of the word list; returns how many jobs began."""
    return word_list.follow_changes()
