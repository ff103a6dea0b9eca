"""Thin Celery shells of this layer, and the nudge that survives a lost broker."""

import logging
from typing import Any

import kombu.exceptions
import redis.exceptions
from celery import current_app, shared_task

from goettingen_ecm.operations import outbox

logger = logging.getLogger(__name__)


def nudge(task_name: str, *arguments: Any, expires: float | None = None) -> None:
    """Ask a worker to look now. PostgreSQL is the queue: when the broker is away nothing is lost,
    beat nudges again as soon as it is back. After ``expires`` seconds nobody need come any more."""
    try:
        current_app.send_task(
            task_name, args=arguments, retry=False, ignore_result=True, expires=expires
        )
    except (kombu.exceptions.OperationalError, redis.exceptions.RedisError, OSError) as error:
        logger.warning("broker unavailable, %s waits for the next beat: %s", task_name, error)


@shared_task
def deliver_outbox() -> int:
    """Deliver what is due; returns how many messages were taken."""
    delivered = 0
    while taken := outbox.deliver_batch():
        delivered += taken
    return delivered
