"""Jobs: every object gets its result, one that fails holds no other up, nothing runs for ever."""

from collections.abc import Iterator, Mapping, Sequence

import pytest
from django.contrib.auth.models import Group

from goettingen_ecm.operations import jobs, tasks
from goettingen_ecm.operations.choices import JobItemOutcome, JobState
from goettingen_ecm.operations.jobs import CHANGED, UNCHANGED, JobKind, Result, Wanted
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import IllegalState

KIND = "tests.groups"


class Groups:
    """The work of these tests: one row per object, so that a lost transaction is seen."""

    def __init__(self) -> None:
        self.refusing: set[int] = set()
        self.breaking: set[int] = set()
        self.crashing: set[int] = set()

    def work(self, job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
        if self.crashing & set(ids):
            raise ValueError("a fault of the program")
        for pk in ids:
            Group.objects.create(name=f"g{pk}")
            if pk in self.refusing:
                raise IllegalState(f"{pk} geht nicht")
            if pk in self.breaking:
                Group.objects.create(name=f"g{pk}")
        return {pk: UNCHANGED if pk % 10 == 0 else CHANGED for pk in ids}

    def undo(self, job: Job, ids: Sequence[int]) -> Mapping[int, Result]:
        Group.objects.filter(name__in=[f"g{pk}" for pk in ids]).delete()
        return dict.fromkeys(ids, CHANGED)


@pytest.fixture
def groups(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Groups]:
    made = Groups()
    kind = JobKind(made.work, lambda user, ids: {}, made.undo)
    monkeypatch.setitem(jobs.kinds._entries, KIND, (100, kind))
    yield made


def started(count: int) -> Job:
    operation = begin("tests.job", Acting(actor_id=1))
    return jobs.start(Wanted(KIND, "Viele Gruppen", range(1, count + 1)), operation)


def outcomes(job: Job) -> dict[str, int]:
    found: dict[str, int] = {}
    for outcome in job.items.values_list("outcome", flat=True):
        found[outcome] = found.get(outcome, 0) + 1
    return found


def names() -> set[str]:
    return set(Group.objects.filter(name__startswith="g").values_list("name", flat=True))


def test_a_job_goes_through_all_its_batches(groups: Groups) -> None:
    job = started(jobs.BATCH * 2 + 7)
    assert job.state == JobState.WAITING
    tasks.continue_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, job.total, jobs.BATCH * 2 + 7)
    assert job.changed == job.total - job.total // 10
    assert outcomes(job) == {"changed": job.changed, "unchanged": job.total // 10}
    assert job.started_at is not None
    assert job.finished_at is not None


def test_failing_objects_split_off_and_the_others_are_kept(groups: Groups) -> None:
    groups.refusing, groups.breaking = {3, 77}, {78}
    job = started(100)
    tasks.continue_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.refused) == (JobState.DONE, 100, 3)
    assert names() == {f"g{n}" for n in range(1, 101)} - {"g3", "g77", "g78"}
    messages = dict(
        job.items.filter(outcome=JobItemOutcome.REFUSED).values_list("object_id", "message")
    )
    assert messages[3] == "3 geht nicht"
    assert "nicht speichern" in messages[78]


def test_an_abort_keeps_what_is_done_and_leaves_the_rest(groups: Groups) -> None:
    job = started(jobs.BATCH + 5)
    assert jobs.run_batch(job.pk)
    jobs.request_abort(job)
    tasks.continue_jobs()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.ABORTED, jobs.BATCH)
    assert outcomes(job)["open"] == 5
    assert len(names()) == jobs.BATCH


def test_a_job_that_crashes_its_worker_is_given_up(groups: Groups) -> None:
    groups.crashing = {1}
    job = started(3)
    for _ in range(jobs.MOST_ATTEMPTS):
        with pytest.raises(ValueError, match="fault"):
            tasks.continue_jobs()
    assert tasks.continue_jobs() == 0
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert names() == set()


def test_a_crashed_batch_begins_again_and_counts_once(groups: Groups) -> None:
    groups.crashing = {1}
    job = started(3)
    with pytest.raises(ValueError, match="fault"):
        tasks.continue_jobs()
    groups.crashing = set()
    tasks.continue_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.attempts) == (JobState.DONE, 3, 0)


def test_a_job_is_taken_back_once_and_only_what_it_changed(groups: Groups) -> None:
    job = started(20)
    tasks.continue_jobs()
    job.refresh_from_db()
    wanted = jobs.undoing(job, "Zurück")
    assert set(wanted.object_ids) == set(range(1, 21)) - {10, 20}
    back = jobs.start_now(wanted, begin("tests.undo", Acting(actor_id=1)), undo_of=job)
    assert (back.state, back.changed) == (JobState.DONE, 18)
    assert names() == {"g10", "g20"}
    with pytest.raises(IllegalState):
        jobs.undoing(job, "Noch einmal")
    assert not jobs.can_undo(back)


def test_a_running_job_cannot_be_taken_back(groups: Groups) -> None:
    assert not jobs.can_undo(started(3))


def test_a_job_without_objects_is_done(groups: Groups) -> None:
    job = started(0)
    tasks.continue_jobs()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.DONE, 0)
