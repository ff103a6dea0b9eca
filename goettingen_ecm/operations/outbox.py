"""Publishing and delivering outbox messages: at least once, in order of availability."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation, OutboxMessage
from goettingen_ecm.operations.registry import Registry

logger = structlog.get_logger(__name__)

Handler = Callable[[Mapping[str, Any]], None]
handlers: Registry[Handler] = Registry()

BATCH = 50
LONGEST_DELAY = timedelta(hours=1)


class DeliveryProblem(Exception):  # noqa: N818 - the handler's way to say "later"
    """A handler cannot deliver now; the message stays and is tried again with growing delay."""


def publish(topic: str, payloads: Sequence[Mapping[str, Any]], operation: Operation | None) -> None:
    """Write messages in the caller's transaction; delivery is nudged after commit."""
    handlers.get(topic)
    now = clock.now()
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            topic=topic,
            payload=dict(payload),
            operation=operation,
            created_at=now,
            available_at=now,
        )
        for payload in payloads
    )
    transaction.on_commit(_nudge)


def _nudge() -> None:
    from goettingen_ecm.operations.tasks import nudge

    nudge("goettingen_ecm.operations.tasks.deliver_outbox")


def deliver_batch(limit: int = BATCH) -> int:
    """Deliver up to ``limit`` due messages; returns how many were taken."""
    with transaction.atomic():
        messages = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(delivered_at__isnull=True, available_at__lte=clock.now())
            .order_by("available_at", "id")[:limit]
        )
        for message in messages:
            _deliver(message)
    return len(messages)


def _deliver(message: OutboxMessage) -> None:
    message.attempts += 1
    try:
        with transaction.atomic():
            handlers.get(message.topic)(message.payload)
    except (DeliveryProblem, DatabaseError, OSError) as error:
        if connection.connection is None or connection.connection.closed:
            raise
        _postpone(message, error)
    else:
        message.delivered_at = clock.now()
        message.last_error = ""
    message.save(update_fields=["attempts", "delivered_at", "last_error", "available_at"])


def _postpone(message: OutboxMessage, error: Exception) -> None:
    delay = min(timedelta(seconds=5 * 2 ** min(message.attempts, 10)), LONGEST_DELAY)
    message.available_at = clock.now() + delay
    message.last_error = f"{type(error).__name__}: {error}"[:2000]
    logger.warning("outbox delivery postponed", topic=message.topic, error=message.last_error)
