"""Reading the protocol for people and for the operator."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Q

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.audit.sealing import chain_head
from goettingen_ecm.operations import clock


def entries_for_object(
    object_type: str,
    object_id: int,
    limit: int = 50,
    before: tuple[datetime, int] | None = None,
) -> list[AuditEntry]:
    """An object's entries, newest first, in pages by key.

    ``before`` is ``(recorded_at, id)`` of the last entry shown; None starts at the newest.
    """
    entries = AuditEntry.objects.filter(object_type=object_type, object_id=object_id)
    if before is not None:
        moment, number = before
        # The plain bound lets PostgreSQL leave out the younger partitions.
        older = Q(recorded_at__lt=moment) | Q(recorded_at=moment, id__lt=number)
        entries = entries.filter(older, recorded_at__lte=moment)
    return list(entries.order_by("-recorded_at", "-id")[:limit])


@dataclass(frozen=True, slots=True)
class SealState:
    """For ``doctor`` and the operator: ``lag`` is the age of the oldest entry still unsealed."""

    sealed: int
    unsealed: int
    lag: timedelta


_BEHIND = (
    "SELECT count(*), min(recorded_at) FROM audit_auditentry WHERE (txid, id) > (%s::xid8, %s)"
)


def seal_state(*, using: str = DEFAULT_DB_ALIAS) -> SealState:
    """How far the sealer is behind."""
    with connections[using].cursor() as cursor:
        head = chain_head(cursor)
        cursor.execute(_BEHIND, [head.txid, head.entry_id])
        unsealed, oldest = cursor.fetchone()
    lag = clock.now() - oldest if oldest else timedelta()
    return SealState(head.seq, unsealed, lag)
