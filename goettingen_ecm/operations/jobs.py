"""Long work on many objects: batch after batch, each in a transaction of its own.

PostgreSQL is the queue: a task or beat continues whatever is unfinished, so a job survives workers,
broker and the person leaving the page. A failing object splits off and holds no other one up.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.choices import JobItemOutcome, JobState
from goettingen_ecm.operations.models import Job, JobItem, Operation
from goettingen_ecm.operations.refusals import IllegalState, Refusal
from goettingen_ecm.operations.registry import Registry

logger = structlog.get_logger(__name__)

BATCH = 250
# Beginnings of one batch without an end: then the job is what crashes its workers.
MOST_ATTEMPTS = 3
ITEMS_AT_ONCE = 5000
UNFINISHED = (JobState.WAITING, JobState.RUNNING)
MESSAGE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one object; ``message`` is German and names no personal values."""

    outcome: JobItemOutcome
    message: str = ""


CHANGED = Result(JobItemOutcome.CHANGED)
UNCHANGED = Result(JobItemOutcome.UNCHANGED)


def refused(reason: str) -> Result:
    return Result(JobItemOutcome.REFUSED, reason[:MESSAGE_LENGTH])


@dataclass(frozen=True, slots=True)
class Described:
    """An object as a person may see it: name and address."""

    label: str
    url: str = ""


Work = Callable[[Job, Sequence[int]], Mapping[int, Result]]
# The person (a user of the layer above) and the ids; what the person may not see is left out.
Describe = Callable[[Any, Sequence[int]], Mapping[int, Described]]


@dataclass(frozen=True, slots=True)
class JobKind:
    """What an app registers: the work on a batch, names of the objects, and the way back if any.

    ``work`` and ``undo`` run in the batch's transaction and answer for each id.
    """

    work: Work
    describe: Describe
    undo: Work | None = None


kinds: Registry[JobKind] = Registry()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job to start: kind, German title, parameters (JSON, no personal values), objects."""

    kind: str
    title: str
    object_ids: Sequence[int]
    parameters: Mapping[str, Any] = field(default_factory=dict)


def start(wanted: Wanted, operation: Operation, *, undo_of: Job | None = None) -> Job:
    """Write the job and its objects; a worker begins after commit."""
    kinds.get(wanted.kind)
    with transaction.atomic():
        job = Job.objects.create(
            kind=wanted.kind,
            title=wanted.title[:200],
            parameters=dict(wanted.parameters),
            total=len(set(wanted.object_ids)),
            undo_of=undo_of,
            operation=operation,
            created_by_id=operation.actor_id,
            created_at=clock.now(),
        )
        rows = (JobItem(job=job, object_id=pk) for pk in sorted(set(wanted.object_ids)))
        JobItem.objects.bulk_create(rows, batch_size=ITEMS_AT_ONCE)
        transaction.on_commit(_nudge)
    return job


def _nudge() -> None:
    from goettingen_ecm.operations.tasks import nudge

    nudge("goettingen_ecm.operations.tasks.continue_jobs")


def start_now(wanted: Wanted, operation: Operation, *, undo_of: Job | None = None) -> Job:
    """A small job, finished before this returns: the same way as a large one."""
    with transaction.atomic():
        job = start(wanted, operation, undo_of=undo_of)
    while run_batch(job.pk):
        pass
    job.refresh_from_db()
    return job


def can_undo(job: Job) -> bool:
    """True when everything the job changed can still be taken back as a whole."""
    return (
        job.kind in kinds.names()
        and kinds.get(job.kind).undo is not None
        and job.state in (JobState.DONE, JobState.ABORTED)
        and job.changed > 0
        and job.undo_of_id is None
        and not Job.objects.filter(undo_of=job).exists()
    )


def undoing(job: Job, title: str) -> Wanted:
    """The job that takes another one back. Raises IllegalState when that cannot be (any more)."""
    if not can_undo(job):
        raise IllegalState("Dieser Auftrag lässt sich nicht oder nicht noch einmal zurücknehmen.")
    changed = job.items.filter(outcome=JobItemOutcome.CHANGED).order_by("object_id")
    ids = list(changed.values_list("object_id", flat=True))
    return Wanted(job.kind, title, ids, job.parameters)


def request_abort(job: Job) -> None:
    """What is done stays done; the rest is left as it is. Takes effect with the next batch."""
    Job.objects.filter(pk=job.pk, state__in=UNFINISHED).update(abort_requested=True)


def unfinished_ids() -> list[int]:
    """Jobs to continue, oldest first."""
    rows = Job.objects.filter(finished_at__isnull=True, state__in=UNFINISHED)
    return list(rows.filter(kind__in=kinds.names()).order_by("id").values_list("id", flat=True))


def run_batch(job_id: int) -> bool:
    """Work on the next objects of a job; False when there was nothing to do (or another does it).

    The beginning is committed before the work, so that what kills the worker is counted.
    """
    if not _begin(job_id):
        return False
    with transaction.atomic():
        job = _lock(job_id)
        if job is None:
            return False
        ids = list(
            job.items.filter(outcome=JobItemOutcome.OPEN)
            .order_by("object_id")
            .values_list("object_id", flat=True)[:BATCH]
        )
        _note(job, _carry_out(job, ids) if ids else {}, last=len(ids) < BATCH)
    return True


def _lock(job_id: int) -> Job | None:
    rows: QuerySet[Job] = Job.objects.select_for_update(of=("self",), skip_locked=True)
    return rows.select_related("operation").filter(pk=job_id, state__in=UNFINISHED).first()


def _begin(job_id: int) -> bool:
    with transaction.atomic():
        job = _lock(job_id)
        if job is None:
            return False
        if job.abort_requested:
            _finish(job, JobState.ABORTED)
            return False
        if job.attempts >= MOST_ATTEMPTS:
            logger.error("job given up", job=str(job.uuid), kind=job.kind)
            _finish(job, JobState.FAILED)
            return False
        job.state, job.attempts = JobState.RUNNING, job.attempts + 1
        job.started_at = job.started_at or clock.now()
        job.save(update_fields=["state", "attempts", "started_at"])
    return True


def _finish(job: Job, state: JobState) -> None:
    job.state, job.finished_at = state, clock.now()
    job.save(update_fields=["state", "finished_at"])


def _carry_out(job: Job, ids: Sequence[int]) -> dict[int, Result]:
    """The batch as a whole; where that fails its halves, down to the one that fails."""
    kind = kinds.get(job.kind)
    work = kind.undo if job.undo_of_id and kind.undo else kind.work
    try:
        with transaction.atomic():
            return dict(work(job, ids))
    except (Refusal, DatabaseError) as error:
        if connection.connection is None or connection.connection.closed:
            raise
        if len(ids) == 1:
            return {ids[0]: refused(_reason(error, job))}
    middle = len(ids) // 2
    return _carry_out(job, ids[:middle]) | _carry_out(job, ids[middle:])


def _reason(error: Refusal | DatabaseError, job: Job) -> str:
    if isinstance(error, Refusal):
        return error.reason
    logger.warning("object of a job failed", job=str(job.uuid), error=str(error))
    return "Das Objekt ließ sich nicht speichern; der Betrieb findet den Grund im Protokoll."


def _note(job: Job, results: Mapping[int, Result], *, last: bool) -> None:
    by_result: dict[Result, list[int]] = defaultdict(list)
    for pk, result in results.items():
        by_result[result].append(pk)
    for result, ids in by_result.items():
        rows = JobItem.objects.filter(job=job, object_id__in=ids)
        rows.update(outcome=result.outcome, message=result.message)
    job.done += len(results)
    job.changed += sum(r.outcome == JobItemOutcome.CHANGED for r in results.values())
    job.refused += sum(r.outcome == JobItemOutcome.REFUSED for r in results.values())
    job.attempts = 0
    if last:
        job.state, job.finished_at = JobState.DONE, clock.now()
    job.save(update_fields=["done", "changed", "refused", "attempts", "state", "finished_at"])
