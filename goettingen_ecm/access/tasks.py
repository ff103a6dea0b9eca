"""Thin Celery shells of access."""

from celery import shared_task

from goettingen_ecm.access import staff_import


@shared_task
def remove_old_staff_lists() -> int:
    """Remove uploaded lists of people past their time; returns how many."""
    return staff_import.remove_old_uploads()
