"""Stage three: match or create by external key and file, a wave of items at a time.

A wave holds each object once, so that versions follow one another. It is one transaction; when
it fails it is split until the failing item is alone and becomes a clearing case.
"""

from collections.abc import Iterator, Sequence

import structlog
from django.db import DataError, IntegrityError, transaction

from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, Refusal
from integrations.choices import ClearingReason, Stage
from integrations.models import DeliveryItem
from integrations.pipeline import applying, entries, leases, outcomes, steps
from integrations.pipeline.decisions import Decider, Job, Plan
from integrations.pipeline.faultpoints import reach
from integrations.pipeline.known import look_up
from integrations.pipeline.leases import Batch
from integrations.pipeline.locks import lock_targets
from integrations.pipeline.outcomes import Problem
from records.services.actor import connector

logger = structlog.get_logger(__name__)

VERB = "integrations.delivery.file"


def file_items(batch: Batch) -> Batch:
    """File what may be filed now; items with an earlier unfiled one of their object wait."""
    waiting = leases.waiting_for_earlier(batch)
    leases.release(batch.only([item for item in batch.items if item.pk in waiting]))
    filed: list[DeliveryItem] = []
    for wave in waves([item for item in batch.items if item.pk not in waiting]):
        filed += _file_or_split(batch.only(wave))
    reach("filed")
    return batch.only(filed)


def waves(items: Sequence[DeliveryItem]) -> Iterator[list[DeliveryItem]]:
    """Parts of one system in which no object appears twice, in delivered order."""
    rest = list(items)
    while rest:
        wave, later, seen = [], [], set()
        system = rest[0].delivery.system_id
        for item in rest:
            if item.delivery.system_id != system or item.object_key in seen:
                later.append(item)
            else:
                wave.append(item)
            seen.add(item.object_key)
        yield wave
        rest = later


def _file_or_split(batch: Batch, *, last_try: bool = False) -> list[DeliveryItem]:
    try:
        return _file_wave(batch)
    except (Refusal, IntegrityError, DataError) as error:
        fresh = leases.reload(batch)
        if len(fresh.items) <= 1:
            if isinstance(error, IntegrityError) and not last_try:
                # Perhaps only a race for the same number.
                return _file_or_split(fresh, last_try=True)
            _clear(fresh, error)
            return []
        half = len(fresh.items) // 2
        first, second = fresh.only(fresh.items[:half]), fresh.only(fresh.items[half:])
        return _file_or_split(first) + _file_or_split(second)


def _clear(batch: Batch, error: Exception) -> None:
    with transaction.atomic():
        held = leases.still_held(batch, Stage.CHECKED)
        outcomes.end_clearing([(item, _problem(item, error)) for item in held.items])


def _problem(item: DeliveryItem, error: Exception) -> Problem:
    where = f"index.json, eintraege[{item.position}]: "
    if isinstance(error, Refusal):
        reason = ClearingReason.REFUSED
        if isinstance(error, Forbidden):
            reason = ClearingReason.NOT_PERMITTED
        elif isinstance(error, InvalidInput):
            reason = ClearingReason.INVALID_ENTRY
        return Problem(reason, where + f"{error.reason} {error.next_step}".strip())
    logger.error("item refused by the database", item=item.pk, error=str(error))
    return Problem(ClearingReason.REFUSED, where + "Die Datenbank lehnt die Angaben ab.")


def _file_wave(batch: Batch) -> list[DeliveryItem]:
    with transaction.atomic():
        held = leases.still_held(batch, Stage.CHECKED)
        if not held.items:
            return []
        jobs = [Job(item, entries.filing_of(item)) for item in held.items]
        going_on = _carry_out(jobs)
        reach("file_before_commit")
    return going_on


def _carry_out(jobs: Sequence[Job]) -> list[DeliveryItem]:
    system = jobs[0].item.delivery.system
    lock_targets([job.filing for job in jobs], system)
    known = look_up([(job.item, job.filing) for job in jobs], system)
    actor = connector(system, VERB)
    plan = Decider(known, actor).decide(jobs)
    applying.apply(plan, known, actor)
    return _conclude(plan)


def _conclude(plan: Plan) -> list[DeliveryItem]:
    for job in [*plan.create, *plan.add_version, *plan.change, *plan.withdraw, *plan.duplicates]:
        job.item.document, job.item.case_file = job.document, job.case_file
    filed = [job.item for job in [*plan.create, *plan.add_version]]
    repeated = [job.item for job in plan.duplicates]
    for item in [*filed, *repeated]:
        # A component of the version holds the entry now.
        item.raw = None
    changed = [job.item for job in plan.change]
    steps.advance(filed, Stage.FILED)
    steps.advance(changed, Stage.EXTRACTED)
    outcomes.end_filed([job.item for job in plan.withdraw])
    outcomes.end_duplicates(repeated)
    outcomes.drop_references([*filed, *repeated])
    outcomes.end_clearing(plan.problems)
    return [*filed, *changed]
