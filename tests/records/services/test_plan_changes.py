"""Changing the file plan (A1-A5, R2): entries, what follows below, the way back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import CaseFileStatus, DispositionType, RetentionStart
from records.models import CaseFile, FilePlan, FilePlanEntry
from records.selectors.openable_entries import openable_entries
from records.selectors.plan_effects import effect_of, sight_of_new_files
from records.services import plan_changes
from records.services.actor import Actor, person
from records.services.closing import close_case_files
from records.services.plan_changes import NewEntry, Retirement
from tests import personas
from tests.access import world as w

pytestmark = pytest.mark.usefixtures("quick_city")


def registry() -> Actor:
    return person(personas.person(personas.REGISTRY), "test")


def clerk() -> Actor:
    return person(personas.person(personas.CLERK_SOCIAL), "test")


def plan() -> FilePlan:
    return FilePlan.objects.get(code="AP2026")


def change(code: str, actor: Actor | None = None, **values: Any) -> plan_changes.Changed:
    return plan_changes.change_entries({w.entry(code).pk: values}, actor or registry())


def worked(job: Job | None) -> Job:
    assert job is not None
    while jobs.run_batch(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.DONE
    return job


def closed_file(code: str = "50.10") -> CaseFile:
    case_file = w.open_file(code, "50.1")
    [closed] = close_case_files([case_file.pk], clerk())
    return closed


def now(case_file: CaseFile) -> CaseFile:
    return CaseFile.objects.get(pk=case_file.pk)


class TestRetentionFollows:
    def test_a4_closed_files_below_get_the_end_of_the_changed_rule(self) -> None:
        closed, other = closed_file("50.10"), w.open_file("63.10", "63.1")
        done = worked(change("50", retention_years=30).job)
        year = now(closed).closed_on or date.min
        assert now(closed).retention_end == date(year.year + 30, 12, 31)
        assert (done.total, done.changed) == (1, 1)
        assert now(other).row_version == other.row_version

    def test_r2_the_start_of_the_period_follows_too(self) -> None:
        closed = closed_file()
        worked(change("50.10", retention_start=RetentionStart.CLOSING_DAY).job)
        day = now(closed).closed_on
        assert day is not None
        assert now(closed).retention_from == day + timedelta(days=1)

    def test_an_entry_with_a_value_of_its_own_does_not_follow(self) -> None:
        own, inherits = closed_file("50.10"), closed_file("50.20")
        worked(change("50.10", retention_years=5).job)
        done = worked(change("50", retention_years=30).job)
        assert (now(own).retention_years, now(inherits).retention_years) == (5, 30)
        assert done.total == 1

    def test_a5_only_undecided_dispositions_follow_and_come_back(self) -> None:
        undecided, decided = closed_file(), closed_file()
        CaseFile.objects.filter(pk=decided.pk).update(disposition=DispositionType.ARCHIVE)
        actor = registry()
        worked(change("50.10", actor, disposition=DispositionType.DESTROY).job)
        assert now(undecided).disposition == DispositionType.DESTROY
        assert now(decided).disposition == DispositionType.ARCHIVE
        worked(plan_changes.undo_plan_change(actor.operation.pk, registry()).job)
        assert now(undecided).disposition == DispositionType.APPRAISE
        assert now(decided).disposition == DispositionType.ARCHIVE

    def test_a5_what_stands_in_an_offer_stays(self) -> None:
        offered = closed_file()
        CaseFile.objects.filter(pk=offered.pk).update(status=CaseFileStatus.OFFERED)
        assert change("50.10", retention_years=30).job is None
        assert now(offered).retention_years == 10

    def test_a_title_needs_no_job(self) -> None:
        closed_file()
        assert change("50.10", title="Grundsicherung").job is None

    def test_a7_what_continues_a_full_entry_follows(self) -> None:
        base = w.entry("50.10")
        FilePlanEntry.objects.filter(pk=base.pk).update(capacity=1)
        w.open_file("50.10", "50.1")
        second = w.open_file("50.10", "50.1")
        assert second.entry.overflow_of_id == base.pk
        done = worked(change("50.10", retention_years=30).job)
        assert (done.total, now(second).retention_years) == (2, 30)

    def test_the_work_is_set_based(self) -> None:
        def statements(how_many: int) -> int:
            for _ in range(how_many):
                w.open_file("50.10", "50.1")
            years = CaseFile.objects.count() + 20
            job = change("50.10", retention_years=years).job
            assert job is not None
            with CaptureQueriesContext(connection) as captured:
                jobs.run_batch(job.pk)
            return len(captured)

        few = statements(2)
        assert statements(8) == few


class TestEffect:
    def test_counts_before_anything_is_written(self) -> None:
        closed_file("50.10")
        w.open_file("50.20", "50.1")
        change("50.10", retention_years=5)
        effect = effect_of({w.entry("50").pk: {"retention_years": 30}})
        below = FilePlanEntry.objects.filter(parent__code="50").count()
        assert (effect.below, effect.following) == (below, below - 1)
        assert (effect.files, effect.closed_files, effect.files_in_all) == (1, 0, 2)
        assert w.entry("50").retention_years == 10

    def test_s2_who_would_see_new_files(self) -> None:
        user = personas.person(personas.REGISTRY)
        entry = w.entry("63.10")
        sight = sight_of_new_files(entry, {"confidentiality": "offen"}, user)
        assert sight is not None
        gaining = {p.user_id for p in sight.gains}
        assert personas.person(personas.CLERK_SOCIAL).pk in gaining
        assert sight.loses_total == 0
        narrower = sight_of_new_files(entry, {"confidentiality": "vertraulich"}, user)
        assert narrower is not None
        assert narrower.gains_total == 0
        assert sight_of_new_files(entry, {"title": "Bauten"}, user) is None


class TestAdding:
    def add(self, code: str, above: str = "", **values: Any) -> FilePlanEntry:
        parent = w.entry(above) if above else None
        wanted = NewEntry(plan(), parent, code, {"title": "Neues", **values})
        [entry] = plan_changes.add_entries([wanted], registry())
        return entry

    def test_a1_an_entry_below_and_one_at_the_top(self) -> None:
        below, top = self.add("50.70", "50"), self.add("77")
        assert below.ancestors == [w.entry("50").pk, below.pk]
        assert top.ancestors == [top.pk]
        assert below.history.get().operation_id
        actions = AuditEntry.objects.filter(action="records.plan_entry.added")
        assert set(actions.values_list("object_id", flat=True)) == {below.pk, top.pk}

    @pytest.mark.parametrize(
        ("code", "above", "reason"),
        [
            ("50.10", "50", "gibt es schon"),
            ("51.10", "50", "fortsetzen"),
            ("50.99", "", "unter einen vorhandenen"),
            ("", "50", "Kennzeichen"),
        ],
    )
    def test_a_code_that_would_not_lead_there(self, code: str, above: str, reason: str) -> None:
        with pytest.raises(InvalidInput, match=reason) as refused:
            self.add(code, above)
        assert refused.value.field == "code"

    def test_a2_not_below_files(self) -> None:
        w.open_file("50.10", "50.1")
        with pytest.raises(IllegalState, match="enthält Akten"):
            self.add("50.10.1", "50.10")

    def test_not_below_a_locked_entry(self) -> None:
        plan_changes.lock_entries([w.entry("50").pk], registry(), locked=True)
        with pytest.raises(IllegalState, match="gesperrt"):
            self.add("50.70", "50")

    def test_taken_back_while_empty(self) -> None:
        actor = registry()
        wanted = NewEntry(plan(), w.entry("50"), "50.70", {"title": "Neues"})
        [entry] = plan_changes.add_entries([wanted], actor)
        plan_changes.undo_plan_change(actor.operation.pk, registry())
        assert not FilePlanEntry.objects.filter(pk=entry.pk).exists()
        assert FilePlanEntry.history.filter(id=entry.pk, history_type="-").get().operation_id

    def test_not_taken_back_when_it_holds_a_file(self) -> None:
        actor = registry()
        wanted = NewEntry(plan(), w.entry("50"), "50.70", {"title": "Neues"})
        plan_changes.add_entries([wanted], actor)
        w.open_file("50.70", "50.1")
        with pytest.raises(IllegalState, match="inzwischen"):
            plan_changes.undo_plan_change(actor.operation.pk, registry())


class TestClosing:
    def test_a3_nothing_is_opened_in_a_locked_entry(self) -> None:
        plan_changes.lock_entries([w.entry("50.10").pk], registry(), locked=True)
        with pytest.raises(IllegalState, match=r"50\.10 ist gesperrt"):
            w.open_file("50.10", "50.1")
        plan_changes.lock_entries([w.entry("50.10").pk], registry(), locked=False)
        assert w.open_file("50.10", "50.1").pk

    def test_a3_nothing_is_opened_below_a_locked_entry(self) -> None:
        plan_changes.lock_entries([w.entry("50").pk], registry(), locked=True)
        with pytest.raises(IllegalState, match="50 ist gesperrt"):
            w.open_file("50.10", "50.1")
        assert openable_entries("50.10", []) == []

    def test_a3_a_retired_entry_names_its_successor(self) -> None:
        w.open_file("50.10", "50.1")
        retire("50.10", successor="50.20")
        with pytest.raises(IllegalState, match="stillgelegt") as refused:
            w.open_file("50.10", "50.1")
        assert "50.20 Hilfe zum Lebensunterhalt" in refused.value.next_step
        assert CaseFile.objects.filter(entry=w.entry("50.10")).exists()

    def test_a3_retired_from_tomorrow_takes_files_today(self) -> None:
        retire("50.10", day=clock.today() + timedelta(days=1))
        assert w.open_file("50.10", "50.1").pk
        assert openable_entries("50.10", [])

    @pytest.mark.parametrize("successor", ["50.10", "50.30"])
    def test_a_successor_must_take_files(self, successor: str) -> None:
        plan_changes.lock_entries([w.entry("50.30").pk], registry(), locked=True)
        with pytest.raises(InvalidInput, match="Nachfolger"):
            retire("50.10", successor=successor)

    def test_retiring_is_taken_back(self) -> None:
        actor = registry()
        retire("50.10", actor=actor, successor="50.20")
        plan_changes.undo_plan_change(actor.operation.pk, registry())
        assert (w.entry("50.10").retired_on, w.entry("50.10").successor) == (None, None)


def retire(
    code: str, *, successor: str = "", day: date | None = None, actor: Actor | None = None
) -> None:
    wanted = Retirement(day or clock.today(), w.entry(successor) if successor else None)
    plan_changes.retire_entries({w.entry(code).pk: wanted}, actor or registry())


class TestGuards:
    def test_only_registry_and_administration(self) -> None:
        for attempt in (
            lambda: change("50", clerk(), title="Anders"),
            lambda: plan_changes.lock_entries([w.entry("50").pk], clerk(), locked=True),
            lambda: retire("50.10", actor=clerk()),
            lambda: plan_changes.undo_plan_change(1, clerk()),
        ):
            with pytest.raises(Forbidden):
                attempt()

    def test_two_at_once(self) -> None:
        entry = w.entry("50")
        change("50", title="Soziales und Teilhabe")
        with pytest.raises(LostUpdate):
            plan_changes.change_entries(
                {entry.pk: {"title": "Sozial"}}, registry(), versions={entry.pk: entry.row_version}
            )

    @pytest.mark.parametrize("values", [{"title": " "}, {"title": "x" * 501}, {"locked": True}])
    def test_what_cannot_be_taken(self, values: Mapping[str, Any]) -> None:
        with pytest.raises(InvalidInput):
            change("50", **values)

    def test_only_ones_own_newest_change_is_taken_back(self) -> None:
        actor = registry()
        change("50", actor, title="Erst")
        admin = person(personas.person(personas.ADMINISTRATION), "test")
        with pytest.raises(Forbidden):
            plan_changes.undo_plan_change(actor.operation.pk, admin)
        change("50", title="Dann")
        with pytest.raises(IllegalState, match="inzwischen"):
            plan_changes.undo_plan_change(actor.operation.pk, registry())

    def test_history_and_audit_name_what_changed(self) -> None:
        actor = registry()
        change("50", actor, title="Soziales und Teilhabe", retention_years=30)
        row = w.entry("50").history.first()
        assert (row.operation_id, row.title) == (actor.operation.pk, "Soziales und Teilhabe")
        entry = AuditEntry.objects.get(action="records.plan_entry.changed")
        assert entry.fields == ["retention_years", "title"]
