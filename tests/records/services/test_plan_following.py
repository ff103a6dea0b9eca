"""The day a version is in force: files of moved positions follow, and keep their numbers."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goettingen_ecm.operations import clock, jobs, outbox
from goettingen_ecm.operations.choices import JobItemOutcome, JobState
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import Refusal
from records import policies
from records.choices import CaseFileStatus, DispositionType
from records.models import CaseFile, FilePlan, FilePlanEntry, SpecialistSystem
from records.plan_tree import Move
from records.selectors.file_plan import current_plan
from records.selectors.plan_lineage import entries_in_force
from records.services import plan_changes, plan_moves
from records.services.actor import Actor, person
from records.services.closing import close_case_files
from records.services.plan_changes import NewEntry
from records.services.plan_following import FOLLOWING_JOB
from records.tasks import bring_plans_into_force
from tests import personas
from tests.access import world as w
from tests.records.services.test_plan_moves import consistent, grant_on, move, registry
from tests.records.services.test_plan_versions import a_day_later, drafted, entry_of, open_in, plan
from tests.records.views.conftest import logged_in

pytestmark = pytest.mark.usefixtures("quick_city")


@pytest.fixture(autouse=True)
def first_version_is_in_force(quick_city: None) -> None:
    FilePlan.objects.update(files_followed_on=clock.today())


def in_force() -> Job | None:
    """Midnight has passed and the worker has done its work."""
    bring_plans_into_force()
    job = Job.objects.filter(kind=FOLLOWING_JOB).order_by("pk").last()
    while job is not None and jobs.run_batch(job.pk):
        pass
    if job is not None:
        job.refresh_from_db()
        assert job.state == JobState.DONE
    return job


def now(case_file: CaseFile) -> CaseFile:
    found: CaseFile = CaseFile.objects.select_related("entry").get(pk=case_file.pk)
    return found


def test_a9_files_follow_their_position_and_keep_their_number() -> None:
    moved, other = open_in(entry_of(plan(), "63.10")), open_in(entry_of(plan(), "63.20"))
    draft = drafted()
    move(draft, "63.10", "10", "10.70")
    assert in_force() is None
    with a_day_later():
        job = in_force()
        assert job is not None
        assert (job.total, job.changed) == (1, 1)
        assert bring_plans_into_force() == 0
    assert now(moved).entry == entry_of(draft, "10.70")
    assert now(moved).aktenzeichen == moved.aktenzeichen
    # Whose place and rules are the same, stays in its version.
    assert now(other).row_version == other.row_version
    assert moved.history.filter(operation_id=job.operation_id).count() == 1


def test_r2_retention_of_closed_files_is_reckoned_anew() -> None:
    closed, decided = (w.open_file("50.10", "50.1") for _ in range(2))
    close_case_files([closed.pk, decided.pk], clerk_of_50())
    CaseFile.objects.filter(pk=decided.pk).update(disposition=DispositionType.ARCHIVE)
    draft = drafted()
    values = {"retention_years": 30, "disposition": DispositionType.DESTROY}
    plan_changes.change_entries({entry_of(draft, "50").pk: values}, registry())
    end = now(closed).retention_end
    with a_day_later():
        in_force()
    assert end is not None
    assert now(closed).retention_end == end.replace(year=end.year + 20)
    assert now(closed).disposition == DispositionType.DESTROY
    # A5: what the archive decided is never overwritten.
    assert now(decided).disposition == DispositionType.ARCHIVE
    assert now(decided).retention_years == 30


def clerk_of_50() -> Actor:
    return person(personas.person(personas.CLERK_SOCIAL), "test")


def test_a5_what_stands_in_an_offer_stays() -> None:
    offered = open_in(entry_of(plan(), "63.10"))
    CaseFile.objects.filter(pk=offered.pk).update(status=CaseFileStatus.OFFERED)
    move(drafted(), "63.10", "10", "10.70")
    with a_day_later():
        assert in_force() is None
    assert now(offered).entry == entry_of(plan(), "63.10")


def test_s1_rights_follow_the_access_definitions_above() -> None:
    clerk = personas.person(personas.CLERK_SOCIAL)
    grant_on("10", "50.1")
    case_file = open_in(entry_of(plan(), "63.10"))
    move(drafted(), "63.10", "10", "10.70")
    while outbox.deliver_batch():
        pass
    assert not CaseFile.objects.visible_to(clerk).filter(pk=case_file.pk).exists()
    with a_day_later():
        in_force()
        assert CaseFile.objects.visible_to(clerk).filter(pk=case_file.pk).exists()


def test_k8_a_connector_reaches_its_branch_wherever_it_was_moved() -> None:
    draft, system = drafted(), SpecialistSystem.objects.get(code="openprosoz")
    move(draft, "50", "", "57")
    assert policies.connector_may_file(system, entry_of(draft, "57.10"))
    assert not policies.connector_may_file(system, entry_of(draft, "63.10"))


def test_a3_what_came_into_the_old_version_late_comes_along() -> None:
    draft = drafted()
    move(draft, "63", "10", "10.63")
    late = NewEntry(plan(), entry_of(plan(), "63"), "63.30", {"title": "Abbruch"})
    [entry] = plan_changes.add_entries([late], registry())
    FilePlanEntry.objects.filter(plan=plan(), code="63.10").update(capacity=1)
    files = [open_in(entry_of(plan(), code)) for code in ("63.10", "63.10", "63.30")]
    assert files[1].entry.code == "63.10.1"
    with a_day_later():
        job = in_force()
    assert job is not None
    assert job.changed == 3
    assert [now(f).entry.code for f in files] == ["10.63.10", "10.63.10.1", "10.63.30"]
    assert FilePlanEntry.objects.get(plan=draft, lineage=entry.lineage).title == "Abbruch"
    consistent(draft)


def test_a2_a_file_below_which_entries_came_is_named_in_the_job() -> None:
    draft = drafted()
    move(draft, "63", "10", "10.63")
    below = NewEntry(draft, entry_of(draft, "10.63.10"), "10.63.10.5", {"title": "X"})
    plan_changes.add_entries([below], registry())
    case_file = open_in(entry_of(plan(), "63.10"))
    with a_day_later():
        job = in_force()
    assert job is not None
    [item] = job.items.all()
    assert item.outcome == JobItemOutcome.REFUSED
    assert "Untereinträge" in item.message
    assert now(case_file).entry == entry_of(plan(), "63.10")


def test_the_number_of_statements_does_not_grow() -> None:
    def statements(how_many: int, code: str) -> int:
        for _ in range(how_many):
            open_in(entry_of(plan(), code))
        bring_plans_into_force()
        job = Job.objects.filter(kind=FOLLOWING_JOB).latest("pk")
        with CaptureQueriesContext(connection) as queries:
            while jobs.run_batch(job.pk):
                pass
        return len(queries)

    for code in ("63.10", "63.20"):
        open_in(entry_of(plan(), code))
    draft = drafted()
    move(draft, "63.10", "10", "10.70")
    with a_day_later():
        few = statements(0, "63.10")
    FilePlan.objects.filter(pk=draft.pk).update(files_followed_on=None)
    FilePlan.objects.filter(pk=plan().pk).update(valid_until=None)
    CaseFile.objects.filter(entry__plan=draft).update(entry=entry_of(plan(), "63.10"))
    for _ in range(8):
        open_in(entry_of(plan(), "63.10"))
    with a_day_later():
        assert statements(0, "63.10") <= few + 2


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.integers(0), st.integers(0), st.integers(1, 9)), max_size=5))
def test_a3_every_file_has_exactly_one_entry_in_force(steps: list[tuple[int, int, int]]) -> None:
    with transaction.atomic():
        files = [open_in(entry_of(plan(), code)) for code in ("63.10", "63.20")]
        draft = drafted()
        for one, other, number in steps:
            entries = list(draft.entries.order_by("pk"))
            entry, above = (entries[n % len(entries)] for n in (one, other))
            wanted = {entry.pk: Move(above.pk, f"{above.code}.{number}")}
            try:
                plan_moves.move_entries(wanted, registry())
            except Refusal:
                continue
            consistent(draft)
        with a_day_later():
            in_force()
            assert current_plan() == draft
            for case_file in files:
                entry = now(case_file).entry
                found = entries_in_force([entry])[entry.pk]
                assert found.plan_id == draft.pk
                assert FilePlanEntry.objects.filter(plan=draft, lineage=entry.lineage).count() == 1
                assert not found.children.exists()
                assert now(case_file).aktenzeichen == case_file.aktenzeichen
        transaction.set_rollback(True)


def test_a_draft_says_beforehand_how_many_files_will_follow() -> None:
    open_in(entry_of(plan(), "63.10"))
    draft = drafted()
    move(draft, "63.10", "10", "10.70")
    address = f"{reverse('file-plan-compare')}?alt={plan().pk}&neu={draft.pk}"
    said = "ihrem Eintrag folgen: 1."
    assert said in logged_in(personas.REGISTRY).get(address).content.decode()
    # How many files there are is not said to everybody.
    assert said not in logged_in(personas.CLERK_SOCIAL).get(address).content.decode()
