"""Taking back openings, changes of matters and registers ("Rückgängig", ux.md; A7, A12)."""

import pytest

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records.models import CaseFile, FileMark, Matter, RegisterPlacement
from records.services.actor import Actor
from records.services.case_files import NewCaseFile, change_metadata, open_case_files
from records.services.file_marks import note_opened
from records.services.matter_changes import change_matters, move_documents
from records.services.matters import NewMatter, open_matters
from records.services.registers import place_documents, write_register
from records.services.undoing_matters import undo_matter_changes, undo_register
from records.services.undoing_openings import undo_opened_files, undo_opened_matters
from tests import personas, stories
from tests.access import world as w
from tests.personas import person
from tests.stories import Story

CLERK = personas.CLERK_BUILDING


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.building_file()


def clerk() -> Actor:
    return w.acting(person(CLERK))


def opened(actor: Actor, *titles: str) -> list[CaseFile]:
    unit, entry = w.unit("63.1"), w.entry("63.10")
    return open_case_files([NewCaseFile(entry, unit, title) for title in titles], actor)


class TestFiles:
    def test_a7_the_number_of_a_file_taken_back_is_not_given_again(self, story: Story) -> None:
        actor = clerk()
        [first, second] = opened(actor, "Irrtum", "Noch einer")
        note_opened(person(CLERK), first)
        numbers = undo_opened_files(actor.operation.pk, clerk())
        assert numbers == [first.aktenzeichen, second.aktenzeichen]
        assert not CaseFile.objects.filter(pk__in=[first.pk, second.pk]).exists()
        [later] = opened(clerk(), "Richtig")
        assert later.aktenzeichen not in numbers

    def test_history_and_audit_stay(self, story: Story) -> None:
        actor, undoing = clerk(), clerk()
        [made] = opened(actor, "Irrtum")
        undo_opened_files(actor.operation.pk, undoing)
        kinds = CaseFile.history.filter(id=made.pk).order_by("history_id")
        assert list(kinds.values_list("history_type", flat=True)) == ["+", "-"]
        entry = AuditEntry.objects.get(action="records.case_file.opening_undone")
        assert (entry.object_uuid, entry.operation_id) == (made.uuid, undoing.operation.pk)

    def test_a_file_with_something_in_it_stays(self, story: Story) -> None:
        actor = clerk()
        [made, _other] = opened(actor, "Irrtum", "Zweite")
        open_matters([NewMatter(made, "Vorgang")], clerk())
        with pytest.raises(IllegalState, match="gehört etwas dazu"):
            undo_opened_files(actor.operation.pk, clerk())
        assert CaseFile.objects.filter(title__in=["Irrtum", "Zweite"]).count() == 2

    def test_a_file_that_was_changed_stays(self, story: Story) -> None:
        actor = clerk()
        [made] = opened(actor, "Irrtum")
        change_metadata({made.pk: {"title": "Doch nicht"}}, clerk())
        with pytest.raises(IllegalState, match="geändert"):
            undo_opened_files(actor.operation.pk, clerk())

    def test_a_file_somebody_else_keeps_as_favourite_stays(self, story: Story) -> None:
        actor = clerk()
        [made] = opened(actor, "Irrtum")
        FileMark.objects.create(
            owner=person(personas.REGISTRY), case_file=made, favourite_since=made.last_activity_at
        )
        with pytest.raises(IllegalState, match="gemerkt"):
            undo_opened_files(actor.operation.pk, clerk())

    def test_only_by_the_opener_and_only_once(self, story: Story) -> None:
        actor = clerk()
        opened(actor, "Irrtum")
        with pytest.raises(Forbidden):
            undo_opened_files(actor.operation.pk, w.acting(person(personas.REGISTRY)))
        undo_opened_files(actor.operation.pk, clerk())
        with pytest.raises(IllegalState, match="nichts mehr"):
            undo_opened_files(actor.operation.pk, clerk())


class TestMatters:
    def test_an_empty_matter_goes(self, story: Story) -> None:
        actor = clerk()
        [made] = open_matters([NewMatter(story.case_file, "Irrtum")], actor)
        assert undo_opened_matters(actor.operation.pk, clerk()) == ["Irrtum"]
        assert not Matter.objects.filter(pk=made.pk).exists()
        assert AuditEntry.objects.filter(
            action="records.matter.opening_undone", object_uuid=made.uuid
        ).exists()

    def test_a_matter_with_a_document_or_a_sub_matter_stays(self, story: Story) -> None:
        filled, above = clerk(), clerk()
        [one] = open_matters([NewMatter(story.case_file, "Belegt")], filled)
        move_documents({story.document.pk: one.pk}, clerk())
        [two] = open_matters([NewMatter(story.case_file, "Oben")], above)
        open_matters([NewMatter(story.case_file, "Teil", parent=two)], clerk())
        for actor in (filled, above):
            with pytest.raises(IllegalState, match="gehört etwas dazu"):
                undo_opened_matters(actor.operation.pk, clerk())

    def test_a_change_goes_back_unless_another_followed(self, story: Story) -> None:
        first, second = clerk(), clerk()
        change_matters({story.matter.pk: {"title": "Eins", "matter_type": "Antrag"}}, first)
        change_matters({story.matter.pk: {"title": "Zwei"}}, second)
        with pytest.raises(IllegalState, match="inzwischen"):
            undo_matter_changes(first.operation.pk, clerk())
        [back] = undo_matter_changes(second.operation.pk, clerk())
        assert (back.title, back.matter_type) == ("Eins", "Antrag")
        with pytest.raises(Forbidden):
            undo_matter_changes(first.operation.pk, w.acting(person(personas.REGISTRY)))


class TestRegister:
    def sheets(self, story: Story) -> list[tuple[int, str]]:
        rows = story.matter.register_sections.order_by("position")
        return list(rows.values_list("pk", "title"))

    def test_a12_removed_moved_and_added_sections_go_back(self, story: Story) -> None:
        [_plans, letters, _rest] = write_register(story.matter, ["A", "B", "C"], clerk())
        place_documents(story.matter, {story.document.pk: letters.pk}, clerk())
        before = self.sheets(story)
        actor = clerk()
        write_register(story.matter, ["C", "Neu", "A"], actor)
        assert not RegisterPlacement.objects.exists()
        undo_register(story.matter, actor.operation.pk, clerk())
        assert self.sheets(story) == before
        assert RegisterPlacement.objects.get().section_id == letters.pk

    def test_a12_a_document_returns_to_its_section(self, story: Story) -> None:
        [one, two] = write_register(story.matter, ["A", "B"], clerk())
        place_documents(story.matter, {story.document.pk: one.pk}, clerk())
        actor = clerk()
        place_documents(story.matter, {story.document.pk: two.pk}, actor)
        undo_register(story.matter, actor.operation.pk, clerk())
        assert RegisterPlacement.objects.get().section_id == one.pk

    def test_what_changed_since_is_not_overwritten(self, story: Story) -> None:
        first = clerk()
        [one] = write_register(story.matter, ["A"], first)
        placing = clerk()
        place_documents(story.matter, {story.document.pk: one.pk}, placing)
        with pytest.raises(IllegalState, match="liegt inzwischen ein Dokument"):
            undo_register(story.matter, first.operation.pk, clerk())
        place_documents(story.matter, {story.document.pk: None}, clerk())
        with pytest.raises(IllegalState, match="anderer Stelle"):
            undo_register(story.matter, placing.operation.pk, clerk())
        write_register(story.matter, ["A", "B"], clerk())
        with pytest.raises(IllegalState, match="Register wurde inzwischen"):
            undo_register(story.matter, first.operation.pk, clerk())

    def test_a_document_that_left_the_matter_does_not_come_back(self, story: Story) -> None:
        [one] = write_register(story.matter, ["A"], clerk())
        place_documents(story.matter, {story.document.pk: one.pk}, clerk())
        actor = clerk()
        place_documents(story.matter, {story.document.pk: None}, actor)
        [there] = open_matters([NewMatter(story.case_file, "Anderer")], clerk())
        move_documents({story.document.pk: there.pk}, clerk())
        with pytest.raises(IllegalState, match="anderen Vorgang"):
            undo_register(story.matter, actor.operation.pk, clerk())
