"""Access definitions of the plan reach a branch: given slice by slice, ended at once."""

import pytest

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.operations import outbox
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.models import Job, OutboxMessage
from goettingen_ecm.operations.refusals import Forbidden
from records.grants import Grant, GrantKind
from records.models import FilePlanEntry, PlanEntryGroupGrant
from records.services import plan_rights
from records.services.plan_rights import (
    grant_plan_entry_access,
    recompute_branch_rights,
    recompute_unit_rights,
    revoke_plan_entry_access,
)
from records.services.rights import NewGrant
from tests.access import world as w

REGISTRY = "lindner"


@pytest.fixture
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_rights, "SLICE", 2)


def define(world: w.World, code: str) -> Job:
    wish = NewGrant(w.entry(code).pk, "Ablage", group_id=w.group_id("10", Role.REGISTRY))
    [job] = grant_plan_entry_access([wish], w.acting(world.people["yilmaz"]))
    return job


def run_outbox() -> None:
    while outbox.deliver_batch():
        pass


def the_grant() -> Grant:
    row = PlanEntryGroupGrant.objects.get()
    return Grant(
        GrantKind.ENTRY_GROUP, row.pk, row.content_object_id, row.group_id, None, row.cause, None
    )


def test_a_definition_reaches_the_branch_but_not_beyond(world: w.World, small_slices: None) -> None:
    job = define(world, "63")
    assert REGISTRY not in world.seeing("bauen intern")
    run_outbox()
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    assert REGISTRY in world.seeing("bauen intern")
    # Clearance still filters, other branches are untouched.
    assert REGISTRY not in world.seeing("bauen vertraulich")
    assert REGISTRY not in world.seeing("rat intern")


def test_a_file_opened_later_is_reached_at_once(world: w.World) -> None:
    define(world, "63")
    world.files["neu"] = w.open_file("63.10", "63.1")
    assert REGISTRY in world.seeing("neu")


def test_ending_a_definition_blinds_at_once_before_any_job_ran(world: w.World) -> None:
    define(world, "63")
    run_outbox()
    assert REGISTRY in world.seeing("bauen intern")
    [job] = revoke_plan_entry_access([the_grant()], w.acting(world.people["yilmaz"]))
    assert job.state == JobState.WAITING
    assert REGISTRY not in world.seeing("bauen intern")
    run_outbox()
    assert REGISTRY not in world.seeing("bauen intern")


def test_a_job_can_be_aborted_between_slices(world: w.World, small_slices: None) -> None:
    job = define(world, "63")
    outbox.deliver_batch(1)
    Job.objects.filter(pk=job.pk).update(abort_requested=True)
    run_outbox()
    job.refresh_from_db()
    assert (job.state, job.done) == (JobState.ABORTED, 2)
    assert not OutboxMessage.objects.filter(delivered_at__isnull=True).exists()


@pytest.mark.parametrize("username", ["brandt", "kruse", "voss", "allmacht"])
def test_only_reference_data_roles_define_access(world: w.World, username: str) -> None:
    wish = NewGrant(w.entry("63").pk, "Ablage", group_id=w.group_id("10", Role.REGISTRY))
    with pytest.raises(Forbidden):
        grant_plan_entry_access([wish], w.acting(world.people[username]))
    with pytest.raises(Forbidden):
        revoke_plan_entry_access([], w.acting(world.people[username]))


def test_s3_a_definition_on_a_protected_branch_stays_inside_the_circle(world: w.World) -> None:
    define(world, "50")
    run_outbox()
    assert REGISTRY not in world.seeing("soziales intern")


def test_a_role_new_in_a_unit_sees_its_files_after_the_job(world: w.World) -> None:
    clerk = world.people["hartmann"]
    accounts.give_role(clerk, w.unit("63.1"), Role.REGISTRY)
    assert "hartmann" not in world.seeing("bauen intern")
    recompute_unit_rights([w.unit("63.1")], w.machine())
    run_outbox()
    assert "hartmann" in world.seeing("bauen intern")
    assert "hartmann" not in world.seeing("bauen vertraulich")


def test_a7_a_definition_of_a_full_entry_reaches_its_continuations(world: w.World) -> None:
    FilePlanEntry.objects.filter(code="63.10").update(capacity=2)
    world.files["Fortsetzung"] = w.open_file("63.10", "63.1")
    assert world.files["Fortsetzung"].entry.code == "63.10.1"
    define(world, "63.10")
    run_outbox()
    assert REGISTRY in world.seeing("Fortsetzung")
    world.files["später"] = w.open_file("63.10", "63.1")
    assert REGISTRY in world.seeing("später")


def test_a_branch_moved_inherits_what_stands_above_it_now(world: w.World) -> None:
    define(world, "10")
    run_outbox()
    entry = w.entry("63.10")
    entry.parent = w.entry("10")
    entry.save()
    recompute_branch_rights([entry], w.machine())
    run_outbox()
    assert REGISTRY in world.seeing("bauen intern")
