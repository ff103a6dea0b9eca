"""Thin Celery shells, called by beat."""

from celery import shared_task

from goettingen_ecm.audit import partitions
from goettingen_ecm.audit.anchoring import write_anchor_if_due
from goettingen_ecm.audit.sealing import seal_entries


@shared_task
def seal_audit() -> int:
    """Seal what has been committed and anchor the head when due; returns how many were sealed."""
    sealed = seal_entries()
    write_anchor_if_due()
    return sealed


@shared_task
def create_partitions() -> int:
    """Make the coming months' partitions and forget old read marks; returns how many were made."""
    partitions.prune_read_marks()
    return partitions.create_partitions()
