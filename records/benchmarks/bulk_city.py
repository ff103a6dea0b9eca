"""The bulk benchmark: one file with many documents, changed by a job as the worker does it."""

import time
from dataclasses import dataclass
from typing import Any

from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.benching import backend_process, backend_seconds
from goettingen_ecm.operations.models import Job
from records import bulk_jobs
from records.benchmarks import page_city
from records.choices import Direction
from records.models import Document, DocumentType, Matter
from records.services.actor import person
from records.services.bulk_documents import DocumentChange


@dataclass(frozen=True, slots=True)
class Run:
    """What one job took: objects, seconds of the clock, CPU of worker and backend."""

    objects: int
    seconds: float
    cpu_ms_per_object: float


def prepare(count: int, seed: int) -> tuple[User, list[int]]:
    """The page city with a file of ``count`` documents; its clerk and the documents' ids."""
    city = page_city.build(0, seed, big_file=count, long_file=page_city.SHORT_FILE)
    Document.objects.filter(case_file__uuid=city.big_file).update(is_final=False)
    rows = Document.objects.filter(case_file__uuid=city.big_file).order_by("pk")
    return city.clerk, list(rows.values_list("pk", flat=True)[:count])


def measure(user: User, ids: list[int]) -> tuple[dict[str, float], dict[str, Any]]:
    """Change metadata, take it back, move to another matter: each as one job."""
    kind, _made = DocumentType.objects.get_or_create(code="bench", defaults={"name": "Messung"})
    document = Document.objects.get(pk=ids[0])
    matter = Matter.objects.filter(case_file=document.case_file_id).exclude(pk=document.matter_id)
    # Rows written by SQL have no history to go back to: the first change, unmeasured, makes it.
    _run(user, ids, DocumentChange({"direction": Direction.OUTGOING}))
    changed = _run(
        user, ids, DocumentChange({"document_type": kind, "direction": Direction.INTERNAL})
    )
    back = _take_back(user, changed[0])
    moved = _run(user, ids, DocumentChange({}, matter[0]))
    figures = {
        "metadata_objects_per_second": changed[1].objects / changed[1].seconds,
        "undo_objects_per_second": back.objects / back.seconds,
        "move_objects_per_second": moved[1].objects / moved[1].seconds,
        "metadata_cpu_ms_per_object": changed[1].cpu_ms_per_object,
    }
    operation = changed[0].operation_id
    parts = {
        "history_rows": Document.history.filter(operation_id=operation).count(),
        "audit_entries": AuditEntry.objects.filter(operation_id=operation).count(),
    }
    return figures, parts


def _run(user: User, ids: list[int], change: DocumentChange) -> tuple[Job, Run]:
    wanted = jobs.Wanted(bulk_jobs.DOCUMENTS, "Messung", ids, bulk_jobs.document_parameters(change))
    job = jobs.start(wanted, person(user, "bench.bulk").operation)
    return job, _work(job)


def _take_back(user: User, job: Job) -> Run:
    job.refresh_from_db()
    wanted = jobs.undoing(job, "Messung zurück")
    return _work(jobs.start(wanted, person(user, "bench.bulk").operation, undo_of=job))


def _work(job: Job) -> Run:
    """The worker's part: every batch until the job has ended."""
    backend = backend_process()
    cpu, clock = time.process_time() + backend_seconds(backend), time.perf_counter()
    while jobs.run_batch(job.pk):
        pass
    seconds = time.perf_counter() - clock
    cpu = time.process_time() + backend_seconds(backend) - cpu
    job.refresh_from_db()
    if job.refused:
        raise RuntimeError(f"{job.refused} objects refused: {_reasons(job)}")
    return Run(job.changed, seconds, cpu * 1000 / job.changed)


def _reasons(job: Job) -> list[str]:
    return list(job.items.order_by().values_list("message", flat=True).distinct()[:5])
