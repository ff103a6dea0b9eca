"""Sealing as the minute's task does it: again and again until everything is sealed."""

import time

from goettingen_ecm.audit.models import AuditEntry, AuditSeal
from goettingen_ecm.audit.sealing import BATCH, seal_entries

PATIENCE = 30.0


def seal_in_time(expected: int, *, batch: int = BATCH) -> int:
    """Seal until ``expected`` entries are; returns how many were, which may be more.

    A transaction of the other test process's database that ends right now holds the horizon
    back for a moment: the next round finds it gone.
    """
    until = time.monotonic() + PATIENCE
    sealed = seal_entries(batch=batch)
    while sealed < expected and time.monotonic() < until:
        time.sleep(0.01)
        sealed += seal_entries(batch=batch)
    return sealed


def seal_everything() -> int:
    """Seal all entries there are; returns how many were open."""
    return seal_in_time(AuditEntry.objects.count() - AuditSeal.objects.count())
