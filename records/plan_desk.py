"""The file plan's jobs: files follow a changed rule, batch after batch."""

from collections.abc import Mapping, Sequence

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, JobKind, Result
from goettingen_ecm.operations.models import Job
from records.bulk_jobs import describe_files
from records.services import plan_following, retention
from records.services.actor import Actor
from records.services.plan_changes import RETENTION_JOB
from records.services.plan_following import FOLLOWING_JOB


def _renew_retention(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    """The rule is read anew in each batch: what holds when the batch is worked on counts."""
    assert job.operation is not None  # noqa: S101 - jobs of this kind are started with one
    # A plan read in by ``manage.py`` has no person.
    actor = Actor(job.operation, user=User.objects.filter(pk=job.created_by_id or 0).first())
    taking_back = job.parameters.get("taking_back", 0)
    files = retention.recompute_retention(ids, actor, taking_back=taking_back)
    changed = {case_file.pk for case_file in files}
    return {pk: CHANGED if pk in changed else UNCHANGED for pk in ids}


def _follow(job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
    assert job.operation is not None  # noqa: S101 - jobs of this kind are started with one
    return plan_following.follow_entries(ids, Actor(job.operation))


def register() -> None:
    """Called once when the app is ready."""
    jobs.kinds.register(FOLLOWING_JOB, JobKind(_follow, describe_files))
    jobs.kinds.register(RETENTION_JOB, JobKind(_renew_retention, describe_files))
