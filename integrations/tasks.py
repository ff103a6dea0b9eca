"""Thin Celery shells of the import pipeline. PostgreSQL is the queue; a message only wakes us."""

from collections.abc import Callable
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_process_init
from django.db import InterfaceError, OperationalError

from goettingen_ecm.operations.tasks import nudge
from integrations.mail import fetching
from integrations.pipeline import runner
from integrations.services import tidying
from integrations.webdav import tidying as webdav_tidying
from records.content.standing_back import stand_back

logger = structlog.get_logger(__name__)

# Short turns, so that other tasks of the same workers never wait long.
TURN_SECONDS = 10.0
# A call nobody answered soon is dropped: every worker is busy importing already.
CALL_EXPIRES_SECONDS = 5.0


@shared_task
def nudge_deliveries() -> None:
    """Look for complete deliveries and go on with open ones (beat calls this every 10 s)."""
    _survive(_receive_and_work)


@shared_task
def fetch_mailboxes() -> int:
    """Lay the messages of all mailboxes into their baskets (beat calls this every minute)."""
    return fetching.fetch_due()


@shared_task
def tidy_webdav() -> int:
    """End what editors left behind (beat calls this every minute); returns how much it was."""
    return webdav_tidying.tidy()


@shared_task
def process_deliveries() -> None:
    """Process open items; calls for another turn while there are more."""
    _survive(_work)


@shared_task
def remove_finished_folders() -> None:
    """Empty the drop folder of what is long filed (beat calls this every night)."""
    tidying.remove_finished_folders()


def call_worker() -> None:
    """Ask one more worker to help; without a broker the next beat does."""
    nudge("integrations.tasks.process_deliveries", expires=CALL_EXPIRES_SECONDS)


def _receive_and_work() -> None:
    if runner.receive():
        call_worker()
    _work()


def _work() -> None:
    if runner.work(TURN_SECONDS):
        call_worker()


def _survive(work: Callable[[], None]) -> None:
    """A database that restarts loses nothing: the items are free again, beat comes back."""
    try:
        work()
    except (OperationalError, InterfaceError) as error:
        logger.warning("database unavailable, import goes on with the next beat", error=str(error))


def _stand_back(**_signal: Any) -> None:
    """A clerk who reads while a night's delivery runs comes first."""
    stand_back()


worker_process_init.connect(_stand_back, weak=False)
