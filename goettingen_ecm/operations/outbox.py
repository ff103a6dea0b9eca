"""Publishing and delivering outbox messages: at least once, in order of availability."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import F

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
    """Deliver up to ``limit`` due messages; returns how many were taken.

    A message is taken by postponing it, and that is committed before its handler runs: a message
    whose handler crashes the worker or raises what it should not is tried later, with growing
    delay, and holds no other message up.
    """
    taken = _take(limit)
    waiting = deque(taken)
    try:
        while waiting:
            _deliver(waiting.popleft())
    finally:
        _give_back(list(waiting))
    return len(taken)


def _take(limit: int) -> list[OutboxMessage]:
    now = clock.now()
    with transaction.atomic():
        messages = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(delivered_at__isnull=True, available_at__lte=now)
            .order_by("available_at", "id")[:limit]
        )
        for message in messages:
            message.attempts += 1
            message.available_at = now + _delay(message.attempts)
        OutboxMessage.objects.bulk_update(messages, ["attempts", "available_at"])
    return messages


def _give_back(messages: Sequence[OutboxMessage]) -> None:
    """Messages taken but not tried because the one before them failed badly."""
    ids = [message.pk for message in messages]
    OutboxMessage.objects.filter(pk__in=ids).update(
        attempts=F("attempts") - 1, available_at=clock.now()
    )


def _delay(attempts: int) -> timedelta:
    return min(timedelta(seconds=5 * 2 ** min(attempts, 10)), LONGEST_DELAY)


def _deliver(message: OutboxMessage) -> None:
    """The handler's own writes and the mark "delivered" are committed together."""
    try:
        with transaction.atomic():
            row = OutboxMessage.objects.select_for_update().get(pk=message.pk)
            if row.delivered_at is not None:
                return
            handlers.get(row.topic)(row.payload)
            OutboxMessage.objects.filter(pk=row.pk).update(delivered_at=clock.now(), last_error="")
    except (DeliveryProblem, DatabaseError, OSError) as error:
        if connection.connection is None or connection.connection.closed:
            raise
        _note(message, error)


def _note(message: OutboxMessage, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"[:2000]
    OutboxMessage.objects.filter(pk=message.pk).update(last_error=text)
    logger.warning("outbox delivery postponed", topic=message.topic, error=text)
