"""A person's jobs and their objects, paged; nobody sees another person's."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest

from goettingen_ecm.access.paging import Cursor, Page
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import Described
from goettingen_ecm.operations.models import Job, JobItem

PAGE = 50
RESULTS_AT_ONCE = 1000


def jobs_page(user_id: int, after: Cursor | None) -> Page[Job]:
    """The person's jobs, newest first."""
    rows = Job.objects.filter(created_by_id=user_id).order_by("-created_at", "-id")
    start = after.typed_for(Job._meta.get_field("created_at")) if after else None
    if start is not None:
        rows = rows.filter(Q(created_at__lt=start[0]) | Q(created_at=start[0], pk__lt=start[1]))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], Cursor(str(last.created_at), last.pk).encode() if last else None)


def own_job(request: HttpRequest, uuid: UUID) -> Job:
    """The person's own job. Raises Http404 for missing and other people's alike."""
    found = Job.objects.filter(uuid=uuid, created_by_id=request.user.pk).first()
    if found is None:
        raise Http404
    return found


def items_page(job: Job, outcome: str, after: Cursor | None) -> Page[JobItem]:
    """The job's objects in the order they are worked on, of one outcome if given."""
    rows = job.items.order_by("object_id")
    if outcome in JobItemOutcome.values:
        rows = rows.filter(outcome=outcome)
    if after is not None:
        rows = rows.filter(object_id__gt=after.pk)
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], Cursor("", last.object_id).encode() if last else None)


def described(request: HttpRequest, job: Job, items: list[JobItem]) -> Mapping[int, Described]:
    """Names of the objects the person may see now."""
    if job.kind not in jobs.kinds.names():
        return {}
    return jobs.kinds.get(job.kind).describe(request.user, [item.object_id for item in items])


def results(request: HttpRequest, job: Job) -> Iterator[tuple[str, JobItem]]:
    """Every object of the job with its name, a thousand at a time."""
    after = 0
    while True:
        rows = job.items.filter(object_id__gt=after).order_by("object_id")
        items = list(rows[:RESULTS_AT_ONCE])
        if not items:
            return
        names = described(request, job, items)
        for item in items:
            yield names[item.object_id].label if item.object_id in names else "", item
        after = items[-1].object_id
