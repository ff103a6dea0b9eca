"""The loop of a worker: take the furthest batch there is, walk it to the end, look again."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import structlog
from django.db import OperationalError, connection, transaction

from integrations.choices import ClearingReason, Stage
from integrations.models import Delivery
from integrations.pipeline import checking, filing, finishing, leases, outcomes, receiving, texting
from integrations.pipeline.faultpoints import reach
from integrations.pipeline.leases import Batch
from integrations.pipeline.outcomes import Problem

logger = structlog.get_logger(__name__)

STEPS: dict[Stage, Callable[[Batch], Batch]] = {
    Stage.RECEIVED: checking.check,
    Stage.CHECKED: filing.file_items,
    Stage.FILED: texting.extract,
    Stage.EXTRACTED: texting.index,
}
ORDER = tuple(STEPS)
RETRIABLE = {"40001", "40P01"}


def receive() -> int:
    """Take in what has arrived complete; returns the number of deliveries."""
    return receiving.receive_arrivals()


def work(seconds: float) -> bool:
    """Process items for about so long; True when the time was up before the work was."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not process_batch():
            finishing.finish_deliveries()
            return False
    return True


def process_batch() -> bool:
    """Walk one batch as far as it goes; False when nothing is to be done now."""
    for stage in reversed(ORDER):
        batch = leases.claim(stage)
        if batch is not None:
            reach("items_claimed")
            _walk(stage, _without_poison(batch, stage))
            finishing.finish_deliveries({item.delivery_id for item in batch.items})
            return True
    return False


def _without_poison(batch: Batch, stage: Stage) -> Batch:
    """An item that killed its worker even when it was alone is not tried again by itself."""
    poisoned = [item for item in batch.items if item.crashes >= leases.POISONED]
    if poisoned:
        with transaction.atomic():
            held = leases.still_held(batch.only(poisoned), stage)
            text = (
                "Die Verarbeitung ist bei diesem Eintrag mehrfach abgebrochen "
                f"(Schritt „{stage.label}“). Seine Dateien sind verwahrt."
            )
            problem = Problem(ClearingReason.CRASHED, text)
            outcomes.end_clearing([(item, problem) for item in held.items])
    return batch.only([item for item in batch.items if item.crashes < leases.POISONED])


def _walk(stage: Stage, batch: Batch) -> None:
    for step in ORDER[ORDER.index(stage) :]:
        if not batch.items:
            return
        batch = _step(step, batch)


def _step(stage: Stage, batch: Batch) -> Batch:
    """One stage for one batch. Whatever fails gives the items back, for a smaller batch."""
    with ExitStack() as failing:
        failing.callback(_give_back, batch)
        try:
            following = STEPS[stage](batch)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in RETRIABLE:
                raise
            logger.warning("batch met another one, tried again", stage=stage.value)
            following = _later(batch, timedelta(0))
        except OSError as error:
            _say_waiting(stage, batch, error)
            following = _later(batch, leases.STORE_WAIT)
        failing.pop_all()
    return following


def _give_back(batch: Batch) -> None:
    if connection.is_usable():
        leases.release(batch, crashed=True)


def _later(batch: Batch, wait: timedelta) -> Batch:
    leases.release(batch, wait=wait)
    return batch.only([])


def _say_waiting(stage: Stage, batch: Batch, error: OSError) -> None:
    """The machine lacks something (a process, a folder): no item is to blame for it."""
    logger.error("stage cannot work now", stage=stage.value, error=str(error))
    problem = f"Die Verarbeitung wartet: {error.strerror or error}."
    ids = {item.delivery_id for item in batch.items}
    Delivery.objects.filter(pk__in=ids).update(problem=problem)
