"""Versions of the file plan (A3, A6): drafted as a copy, valid from their day on, compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goettingen_ecm.accounts.models import OrgUnit, UnitRole
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import policies
from records.models import CaseFile, FilePlan, FilePlanEntry, PlanEntryGroupGrant, SpecialistSystem
from records.selectors import plan_versions as selectors
from records.selectors.file_plan import current_plan
from records.selectors.openable_entries import openable_entries
from records.services import plan_changes, plan_versions
from records.services.actor import Actor, person
from records.services.case_files import NewCaseFile, open_case_files
from records.services.plan_changes import NewEntry, Retirement
from records.services.plan_rights import grant_plan_entry_access
from records.services.plan_versions import NewVersion
from records.services.rights import NewGrant
from tests import personas
from tests.access import world as w
from tests.records.views.conftest import logged_in

pytestmark = pytest.mark.usefixtures("quick_city")


def registry() -> Actor:
    return person(personas.person(personas.REGISTRY), "test")


def plan() -> FilePlan:
    return FilePlan.objects.get(code="AP2026")


def tomorrow() -> date:
    return clock.today() + timedelta(days=1)


def drafted(code: str = "AP-N", actor: Actor | None = None) -> FilePlan:
    wanted = NewVersion(code, "Aktenplan neu", tomorrow())
    return plan_versions.draft_version(plan(), wanted, actor or registry())


def entry_of(plan: FilePlan, code: str) -> FilePlanEntry:
    return FilePlanEntry.objects.get(plan=plan, code=code)


@contextmanager
def a_day_later() -> Iterator[None]:
    with clock.fixed(clock.now() + timedelta(days=1)):
        yield


def open_in(entry: FilePlanEntry, unit: str = "63.1") -> CaseFile:
    wanted = NewCaseFile(entry, OrgUnit.objects.get(code=unit), "Akte")
    return open_case_files([wanted], w.machine())[0]


class TestDrafting:
    def test_a3_the_copy_is_the_plan_again(self) -> None:
        new = drafted()
        assert selectors.compare(plan(), new) == []
        copies = {e.pk: e for e in new.entries.all()}
        assert len(copies) == plan().entries.count()
        for entry in copies.values():
            assert entry.ancestors[-1] == entry.pk
            assert entry.parent_id is None or entry.parent_id == entry.ancestors[-2]
            assert set(entry.ancestors) <= copies.keys()
            assert entry.history.count() == 1

    def test_a3_nothing_changes_before_the_day(self) -> None:
        new = drafted()
        assert current_plan() == plan()
        with pytest.raises(IllegalState, match="gilt noch nicht"):
            open_in(entry_of(new, "63.10"))
        with a_day_later():
            assert current_plan() == new
            assert {e.plan_id for e in openable_entries("63.10", [])} == {new.pk}
            with pytest.raises(IllegalState, match="gilt nicht mehr"):
                open_in(entry_of(plan(), "63.10"))

    def test_a3_old_files_show_the_entry_as_it_was_named(self) -> None:
        old_file = open_in(entry_of(plan(), "63.10"))
        new = drafted()
        renamed = {entry_of(new, "63.10").pk: {"title": "Bauanträge"}}
        plan_changes.change_entries(renamed, registry())
        with a_day_later():
            new_file = open_in(entry_of(new, "63.10"))
            page = logged_in(personas.CLERK_BUILDING)
            old, now = (
                page.get(reverse("file-plan-entry", args=[f.entry_id])).content.decode()
                for f in (old_file, new_file)
            )
        assert str(CaseFile.objects.get(pk=old_file.pk).entry) == "63.10 Baugenehmigungen"
        assert str(new_file.entry) == "63.10 Bauanträge"
        assert "Frühere Fassung" in old
        assert "Frühere Fassung" not in now

    def test_a3_names_of_an_ended_version_stay_but_rules_may_change(self) -> None:
        drafted()
        entry = entry_of(plan(), "63.10")
        with a_day_later():
            with pytest.raises(InvalidInput, match="bleiben, wie sie waren"):
                plan_changes.change_entries({entry.pk: {"title": "Anders"}}, registry())
            plan_changes.change_entries({entry.pk: {"retention_years": 30}}, registry())
            with pytest.raises(IllegalState, match="keine neuen Einträge"):
                wanted = NewEntry(plan(), None, "98", {"title": "Neu"})
                plan_changes.add_entries([wanted], registry())

    def test_a6_numbers_count_on_by_code(self) -> None:
        old = [open_in(entry_of(plan(), "63.10")) for _ in range(2)]
        new = drafted()
        with clock.fixed(clock.now() + timedelta(days=1)):
            later = [open_in(entry_of(new, "63.10")) for _ in range(2)]
        numbers = [f.aktenzeichen for f in (*old, *later)]
        assert [n.split("/")[0] for n in numbers] == [f"63.10-000{n}" for n in (1, 2, 3, 4)]

    def test_k8_a_connector_reaches_its_branch_in_the_new_version(self) -> None:
        new = drafted()
        system = SpecialistSystem.objects.get(code="openprosoz")
        assert policies.connector_may_file(system, entry_of(new, "50.10"))
        assert not policies.connector_may_file(system, entry_of(new, "63.10"))

    def test_s1_access_definitions_come_along(self) -> None:
        group = UnitRole.objects.filter(unit__code="63.1").values_list("group_id", flat=True)[0]
        wanted = NewGrant(entry_of(plan(), "50").pk, "Vertretung", group_id=group)
        grant_plan_entry_access([wanted], registry())
        new = drafted()
        copied = PlanEntryGroupGrant.objects.get(content_object=entry_of(new, "50"))
        assert (copied.group_id, copied.cause) == (group, "Vertretung")

    def test_the_number_of_statements_does_not_grow(self) -> None:
        with CaptureQueriesContext(connection) as few:
            plan_versions.discard_version(drafted("A"), registry())
        for n in range(60):
            w_entry = NewEntry(plan(), entry_of(plan(), "50"), f"50.7{n:02d}", {"title": "X"})
            plan_changes.add_entries([w_entry], registry())
        with CaptureQueriesContext(connection) as many:
            plan_versions.discard_version(drafted("B"), registry())
        assert len(many) <= len(few) + 2


class TestGuards:
    def test_who(self) -> None:
        clerk = person(personas.person(personas.CLERK_SOCIAL), "test")
        with pytest.raises(Forbidden):
            drafted(actor=clerk)
        with pytest.raises(Forbidden):
            plan_versions.discard_version(drafted(), clerk)

    @pytest.mark.parametrize(
        ("code", "days", "field"), [("AP2026", 1, "code"), ("N", 0, "valid_from")]
    )
    def test_what_cannot_be_taken(self, code: str, days: int, field: str) -> None:
        wanted = NewVersion(code, "Neu", clock.today() + timedelta(days=days))
        with pytest.raises(InvalidInput) as refused:
            plan_versions.draft_version(plan(), wanted, registry())
        assert refused.value.field == field

    def test_one_draft_at_a_time(self) -> None:
        drafted()
        with pytest.raises(IllegalState, match="schon einen Entwurf"):
            drafted("AP-M")

    def test_a_discarded_draft_leaves_the_plan_as_it_was(self) -> None:
        plan_versions.discard_version(drafted(), registry())
        assert plan().valid_until is None
        assert not FilePlan.objects.filter(code="AP-N").exists()
        actions = AuditEntry.objects.filter(object_type="records.fileplan").order_by("pk")
        assert list(actions.values_list("action", flat=True)) == [
            "records.file_plan.drafted",
            "records.file_plan.discarded",
        ]

    def test_a_version_in_force_is_not_discarded(self) -> None:
        new = drafted()
        with a_day_later(), pytest.raises(IllegalState, match="Entwurf"):
            plan_versions.discard_version(new, registry())


class TestComparison:
    def changed(self) -> FilePlan:
        new = drafted()
        values = {"retention_years": 30, "lead_unit": OrgUnit.objects.get(code="50.2")}
        plan_changes.change_entries({entry_of(new, "50").pk: values}, registry())
        retired = {entry_of(new, "50.10").pk: Retirement(tomorrow(), entry_of(new, "50.20"))}
        plan_changes.retire_entries(retired, registry())
        plan_changes.add_entries([NewEntry(new, None, "77", {"title": "Kultur"})], registry())
        FilePlanEntry.objects.filter(plan=new, code="63.20").delete()
        return new

    def test_a3_added_changed_retired_and_gone(self) -> None:
        found = {d.entry.code: d for d in selectors.compare(plan(), self.changed())}
        assert {code: d.kind for code, d in found.items()} == {
            "50": selectors.CHANGED,
            "50.10": selectors.RETIRED,
            "63.20": selectors.REMOVED,
            "77": selectors.ADDED,
        }
        assert "Aufbewahrungsfrist in Jahren: 10 → 30" in found["50"].changes
        assert any("Wohngeld" in text for text in found["50"].changes)

    def test_the_page_shows_and_filters(self) -> None:
        new = self.changed()
        client = logged_in(personas.CLERK_SOCIAL)
        address = f"{reverse('file-plan-compare')}?alt={plan().pk}&neu={new.pk}"
        text = client.get(address).content.decode()
        assert "77 Kultur" in text
        assert "10 → 30" in text
        added = client.get(f"{address}&art=neu").content.decode()
        assert "77 Kultur" in added
        assert "10 → 30" not in added
        assert client.get(reverse("file-plan-compare")).status_code == 404

    def test_versions_are_drafted_in_the_browser(self) -> None:
        client = logged_in(personas.REGISTRY)
        data = {"title": "Aktenplan neu", "code": "AP-N", "valid_from": "morgen"}
        answer = client.post(reverse("file-plan-draft"), data)
        new = FilePlan.objects.get(code="AP-N")
        assert answer.headers["Location"] == reverse("file-plan-version", args=[new.pk])
        assert "Entwurf „Aktenplan neu“" in client.get(answer.headers["Location"]).content.decode()
        listed = client.get(reverse("file-plan-versions")).content.decode()
        assert "Entwurf, gilt ab" in listed
        client.post(reverse("file-plan-discard", args=[new.pk]))
        assert not FilePlan.objects.filter(code="AP-N").exists()
        again = client.post(reverse("file-plan-draft"), data | {"valid_from": "heute"})
        assert again.status_code == 422
