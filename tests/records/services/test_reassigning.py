"""Reassigning files (A9): numbers, rights, refusals, and the way back."""

from dataclasses import replace
from datetime import date

import pytest

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import CaseFileStatus, Confidentiality, DispositionType
from records.models import CaseFile, Document, FilePlanEntry, FormerNumber, Matter, SearchEntry
from records.selectors.search import search
from records.services.case_files import NewCaseFile, open_case_files
from records.services.reassigning import Destination, reassign_case_files
from records.services.rights import narrow_matters
from records.services.undoing import undo_operation
from records.services.volumes import open_next_volumes
from tests import personas, stories
from tests.access import world as w
from tests.personas import person
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.building_file()


def there(entry: str = "63.20", unit: str = "63.1") -> Destination:
    return Destination(w.entry(entry), w.unit(unit))


def move(case_file: CaseFile, *, to: Destination, by: str = personas.CLERK_BUILDING) -> CaseFile:
    [moved] = reassign_case_files({case_file.pk: to}, w.acting(person(by)), loss_confirmed=True)
    return moved


def staff(code: str = "32", role: Role = Role.CLERK) -> str:
    """A person of a unit that has none yet."""
    user = w._person(f"neu_{code}")
    accounts.give_role(user, w.unit(code), role)
    return user.username


class TestNumbers:
    def test_a9_a_sachakte_gets_a_number_of_its_new_entry(self, story: Story) -> None:
        old = story.case_file.aktenzeichen
        moved = move(story.case_file, to=there())
        assert moved.aktenzeichen.startswith("63.20-0001/")
        assert FormerNumber.objects.get(number=old).case_file_id == moved.pk

    def test_a9_the_old_number_is_found_and_opens_the_file(self, story: Story) -> None:
        old = story.case_file.aktenzeichen
        move(story.case_file, to=there())
        found = search(person(personas.CLERK_BUILDING), old)
        assert [f.pk for f in found.exact] == [story.case_file.pk]
        assert found.opens_at_once
        assert not search(person(personas.CLERK_SOCIAL), old).exact

    def test_the_unit_alone_keeps_the_number(self, story: Story) -> None:
        old = story.case_file.aktenzeichen
        staff("63")
        moved = move(story.case_file, to=there("63.10", "63"))
        assert (moved.aktenzeichen, moved.lead_unit.code) == (old, "63")
        assert not FormerNumber.objects.exists()

    def test_a_scheme_with_the_unit_numbers_anew(self, story: Story) -> None:
        plan = w.entry("63.10").plan
        plan.number_scheme = "{unit} {entry}-{number:04d}/{year}"
        plan.save()
        staff("63")
        moved = move(story.case_file, to=there("63.10", "63"))
        assert moved.aktenzeichen.startswith("63 63.10-0002/")

    def test_a8_a_fallakte_keeps_the_number_of_its_foreign_key(self, quick_city: None) -> None:
        file = stories.social_file().case_file
        moved = move(file, to=there("50.20", "50.1"), by=personas.CLERK_SOCIAL)
        assert (moved.aktenzeichen, moved.entry.code) == (file.aktenzeichen, "50.20")

    def test_a7_a_full_entry_is_continued(self, story: Story) -> None:
        FilePlanEntry.objects.filter(code="63.20").update(capacity=1)
        open_case_files([NewCaseFile(w.entry("63.20"), w.unit("63.1"), "voll")], w.machine())
        assert move(story.case_file, to=there()).entry.code == "63.20.1"

    def test_a6_a_number_left_behind_is_never_given_again(self, story: Story) -> None:
        old = story.case_file.aktenzeichen
        move(story.case_file, to=there())
        [after] = open_case_files([NewCaseFile(w.entry("63.10"), w.unit("63.1"), "x")], w.machine())
        assert after.aktenzeichen != old


class TestRights:
    def test_a9_everything_in_the_file_follows(self, story: Story) -> None:
        other = staff("32")
        move(story.case_file, to=there("63.10", "32"))
        for model, one in (
            (CaseFile, story.case_file),
            (Matter, story.matter),
            (Document, story.document),
        ):
            rows = model._default_manager.filter(pk=one.pk)
            assert rows.visible_to(person(other)).exists()
            assert not rows.visible_to(person(personas.CLERK_BUILDING)).exists()
        scope = Document.objects.get(pk=story.document.pk).scope
        assert SearchEntry.objects.get(document_id=story.document.pk).acl == scope.allow

    def test_s2_losing_sight_oneself_is_confirmed_first(self, story: Story) -> None:
        staff("32")
        wanted = {story.case_file.pk: there("63.10", "32")}
        actor = w.acting(person(personas.CLERK_BUILDING))
        with pytest.raises(InvalidInput) as refused:
            reassign_case_files(wanted, actor)
        assert refused.value.field == "loss_confirmed"
        assert CaseFile.objects.get(pk=story.case_file.pk).lead_unit.code == "63.1"

    def test_a_file_nobody_would_see_is_not_moved(self, story: Story) -> None:
        with pytest.raises(IllegalState, match="noch niemand"):
            move(story.case_file, to=there("63.10", "20.3"))

    def test_a_narrowed_matter_is_not_lost(self, story: Story) -> None:
        staff("32")
        head = w._person("leitung")
        accounts.give_role(head, w.unit("63.1"), Role.HEAD)
        own = [w.group_id("63.1", Role.CLERK), w.group_id("63.1", Role.HEAD)]
        narrow_matters({story.matter.pk: own}, w.acting(head))
        with pytest.raises(IllegalState, match="sähe danach niemand"):
            move(story.case_file, to=there("63.10", "32"))

    def test_a9_the_right_on_all_parts_is_needed(self, story: Story) -> None:
        head = w._person("leitung")
        accounts.give_role(head, w.unit("63.1"), Role.HEAD)
        narrow_matters({story.matter.pk: [w.group_id("63.1", Role.HEAD)]}, w.acting(head))
        with pytest.raises(Forbidden, match="alle Teile"):
            move(story.case_file, to=there())
        assert move(story.case_file, to=there(), by="leitung").entry.code == "63.20"

    @pytest.mark.parametrize("who", [personas.CLERK_SOCIAL, personas.REGISTRY])
    def test_others_may_not(self, story: Story, who: str) -> None:
        with pytest.raises(Forbidden):
            move(story.case_file, to=there(), by=who)


class TestRefusals:
    def test_d3_a_file_never_changes_its_circle(self, quick_city: None) -> None:
        file = stories.social_file().case_file
        with pytest.raises(IllegalState, match="Berechtigungskreis"):
            move(file, to=there("63.10", "50.1"), by=personas.CLERK_SOCIAL)
        with pytest.raises(IllegalState, match="Berechtigungskreis"):
            move(file, to=there("50.10", "63.1"), by=personas.CLERK_SOCIAL)

    def test_k8_a_fallakte_stays_in_its_systems_branch(self, quick_city: None) -> None:
        file = stories.social_file().case_file
        system = file.external_keys.get().system
        system.branch = w.entry("50.10")
        system.save()
        with pytest.raises(IllegalState, match="OPEN/PROSOZ"):
            move(file, to=there("50.20", "50.1"), by=personas.CLERK_SOCIAL)

    def test_a4_the_new_entry_takes_the_file_type(self, story: Story) -> None:
        target = FilePlanEntry.objects.filter(code="63.20")
        target.update(allowed_file_types=["Bauakte"])
        with pytest.raises(IllegalState, match="nimmt nur Akten mit Aktentyp"):
            move(story.case_file, to=there())
        CaseFile.objects.filter(pk=story.case_file.pk).update(file_type="Klageakte")
        with pytest.raises(
            IllegalState, match="sieht den Aktentyp „Klageakte“ nicht vor"
        ) as refused:
            move(story.case_file, to=there())
        assert "Möglich sind: Bauakte." in refused.value.next_step
        CaseFile.objects.filter(pk=story.case_file.pk).update(file_type="Bauakte")
        assert move(story.case_file, to=there()).entry.code == "63.20"
        target.update(allowed_file_types=["Klageakte"])
        # What is there already may go to another unit.
        staff("63")
        assert move(story.case_file, to=there("63.20", "63")).lead_unit.code == "63"

    def test_a3_a_retired_entry_names_its_successor(self, story: Story) -> None:
        retired = w.entry("63.20")
        retired.retired_on, retired.successor = date(2026, 1, 1), w.entry("00.10")
        retired.save()
        with pytest.raises(IllegalState) as refused:
            move(story.case_file, to=there())
        assert "00.10" in refused.value.next_step

    def test_a2_only_the_lowest_level_takes_files(self, story: Story) -> None:
        with pytest.raises(IllegalState, match="untersten Ebene"):
            move(story.case_file, to=there("63"))

    def test_a_closed_file_stays(self, story: Story) -> None:
        CaseFile.objects.update(status=CaseFileStatus.CLOSED)
        with pytest.raises(IllegalState, match="abgeschlossen"):
            move(story.case_file, to=there())

    def test_somebody_elses_save_is_not_overwritten(self, story: Story) -> None:
        with pytest.raises(LostUpdate):
            reassign_case_files(
                {story.case_file.pk: there()},
                w.acting(person(personas.CLERK_BUILDING)),
                versions={story.case_file.pk: story.case_file.row_version - 1},
            )


class TestValues:
    def test_a5_a_decision_of_the_archive_stays(self, story: Story) -> None:
        FilePlanEntry.objects.filter(code="63.20").update(
            disposition=DispositionType.DESTROY, retention_years=5
        )
        kept = stories.building_file().case_file
        CaseFile.objects.filter(pk=kept.pk).update(disposition=DispositionType.ARCHIVE)
        moved = [move(f, to=there()) for f in (story.case_file, kept)]
        assert [f.disposition for f in moved] == [DispositionType.DESTROY, DispositionType.ARCHIVE]
        assert {f.retention_years for f in moved} == {5}

    def test_a_case_worker_of_the_old_unit_is_taken_off(self, story: Story) -> None:
        CaseFile.objects.update(case_worker=person(personas.CLERK_BUILDING))
        staff("32")
        assert move(story.case_file, to=there()).case_worker is not None
        assert move(story.case_file, to=there("63.20", "32")).case_worker is None

    def test_history_and_audit_carry_the_operation(self, story: Story) -> None:
        actor = w.acting(person(personas.CLERK_BUILDING))
        reassign_case_files({story.case_file.pk: there()}, actor)
        assert story.case_file.history.first().operation_id == actor.operation.pk
        entry = AuditEntry.objects.get(operation_id=actor.operation.pk)
        assert entry.action == "records.case_file.reassigned"
        assert "aktenzeichen" in entry.fields

    def test_documents_are_indexed_anew(self, story: Story) -> None:
        move(story.case_file, to=there())
        assert Document.objects.get(pk=story.document.pk).indexed_at is None

    def test_many_files_get_numbers_in_order(self, quick_city: None) -> None:
        one = NewCaseFile(w.entry("63.10"), w.unit("63.1"), "Akte")
        files = open_case_files([replace(one, title=str(n)) for n in range(3)], w.machine())
        moved = reassign_case_files({f.pk: there() for f in files}, w.machine())
        assert [f.aktenzeichen[:10] for f in moved] == ["63.20-0001", "63.20-0002", "63.20-0003"]


class TestUndo:
    def test_the_old_number_comes_back_and_the_new_one_still_leads_here(self, story: Story) -> None:
        old = story.case_file.aktenzeichen
        actor = w.acting(person(personas.CLERK_BUILDING))
        [moved] = reassign_case_files({story.case_file.pk: there()}, actor)
        again = w.acting(person(personas.CLERK_BUILDING))
        [back] = undo_operation(actor.operation.pk, again)
        assert (back.aktenzeichen, back.entry.code) == (old, "63.10")
        assert FormerNumber.objects.get().number == moved.aktenzeichen

    def test_not_after_another_change(self, story: Story) -> None:
        actor = w.acting(person(personas.CLERK_BUILDING))
        reassign_case_files({story.case_file.pk: there()}, actor)
        move(story.case_file, to=there("63.10"))
        with pytest.raises(IllegalState, match="inzwischen"):
            undo_operation(actor.operation.pk, actor)

    def test_not_by_somebody_else(self, story: Story) -> None:
        actor = w.acting(person(personas.CLERK_BUILDING))
        reassign_case_files({story.case_file.pk: there()}, actor)
        other = w.acting(person(staff("63.1")))
        with pytest.raises(Forbidden):
            undo_operation(actor.operation.pk, other)

    def test_an_open_file_is_seen_by_all_before_and_after(self, story: Story) -> None:
        CaseFile.objects.update(confidentiality=Confidentiality.OPEN)
        [moved] = reassign_case_files(
            {story.case_file.pk: there("63.10", "20.3")},
            w.acting(person(personas.CLERK_BUILDING)),
        )
        assert moved.lead_unit.code == "20.3"


class TestVolumes:
    def test_a1_the_volumes_go_together_and_come_back_together(self, story: Story) -> None:
        clerk = person(personas.CLERK_BUILDING)
        old = story.case_file.aktenzeichen
        [second] = open_next_volumes([story.case_file.pk], w.acting(clerk))
        actor = w.acting(clerk)
        [moved] = reassign_case_files({second.pk: there()}, actor)
        first = CaseFile.objects.get(pk=story.case_file.pk)
        assert moved.aktenzeichen == f"{first.aktenzeichen}/Bd. 2"
        assert first.entry.code == "63.20"
        assert {n.number for n in FormerNumber.objects.all()} == {old, f"{old}/Bd. 2"}
        back = undo_operation(actor.operation.pk, w.acting(clerk))
        assert [f.aktenzeichen for f in back] == [old, f"{old}/Bd. 2"]
