"""Thin Celery shells of this layer, and the nudge that survives a lost broker."""

import logging
import time
from typing import Any

import kombu.exceptions
import redis.exceptions
from celery import current_app, shared_task

from goettingen_ecm.operations import jobs, outbox

logger = logging.getLogger(__name__)

# Short turns, so that imports of the same workers never wait long for a large job.
TURN_SECONDS = 10.0


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


@shared_task
def continue_jobs(seconds: float = TURN_SECONDS) -> int:
    """A batch of every unfinished job in turn, for so many seconds; returns how many batches."""
    end, batches, busy = time.monotonic() + seconds, 0, True
    while busy and time.monotonic() < end:
        ran = [jobs.run_batch(job_id) for job_id in jobs.unfinished_ids()]
        batches, busy = batches + sum(ran), any(ran)
    if busy:
        nudge("goettingen_ecm.operations.tasks.continue_jobs")
    return batches
