"""Sub-matters, changes of matters, documents moving between them, registers (A1, A12)."""

from datetime import date

import pytest

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import CaseFileStatus, DocumentStatus
from records.models import Document, ExternalKey, Matter, RegisterPlacement, SearchEntry
from records.services.actor import Actor
from records.services.matter_changes import change_matters, move_documents, undo_move
from records.services.matters import NewMatter, open_matters
from records.services.registers import place_documents, write_register
from records.services.rights import narrow_matters
from tests import personas, stories
from tests.access import world as w
from tests.personas import person
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.building_file()


def clerk() -> Actor:
    return w.acting(person(personas.CLERK_BUILDING))


def another(story: Story, title: str = "Widerspruch", **further: Matter) -> Matter:
    [made] = open_matters([NewMatter(story.case_file, title, **further)], clerk())  # type: ignore[arg-type]
    return made


def narrowed(story: Story, matter: Matter) -> Actor:
    """The matter is the Leitung's alone; returns her."""
    head = w._person("leitung")
    accounts.give_role(head, w.unit("63.1"), Role.HEAD)
    narrow_matters({matter.pk: [w.group_id("63.1", Role.HEAD)]}, w.acting(head))
    return w.acting(head)


class TestSubMatters:
    def test_a1_a_sub_matter_has_the_rights_of_the_one_above(self, story: Story) -> None:
        head = narrowed(story, story.matter)
        [sub] = open_matters([NewMatter(story.case_file, "Teil", parent=story.matter)], head)
        assert sub.scope_id == Matter.objects.get(pk=story.matter.pk).scope_id
        with pytest.raises(Forbidden):
            another(story, parent=story.matter)

    def test_a1_there_is_one_level(self, story: Story) -> None:
        sub = another(story, parent=story.matter)
        with pytest.raises(IllegalState, match="kein weiterer"):
            another(story, parent=sub)

    def test_not_below_another_files_matter(self, story: Story) -> None:
        other = stories.building_file()
        with pytest.raises(IllegalState):
            another(story, parent=other.matter)


class TestChanging:
    def test_a13_title_type_and_period(self, story: Story) -> None:
        values = {
            "title": "  Bau\u200bantrag ",
            "matter_type": "Antrag",
            "period_from": date(2026, 1, 1),
        }
        [changed] = change_matters({story.matter.pk: values}, clerk())
        assert (changed.title, changed.matter_type) == ("Bauantrag", "Antrag")
        assert changed.history.count() == 2
        assert Document.objects.get(pk=story.document.pk).indexed_at is None

    def test_what_cannot_be_taken_is_refused(self, story: Story) -> None:
        end = {"period_from": date(2026, 2, 1), "period_until": date(2026, 1, 1)}
        for values in (end, {"title": " "}, {"title": "x" * 501}, {"status": "x"}):
            with pytest.raises(InvalidInput):
                change_matters({story.matter.pk: values}, clerk())

    def test_somebody_elses_save_is_not_overwritten(self, story: Story) -> None:
        with pytest.raises(LostUpdate):
            change_matters(
                {story.matter.pk: {"title": "x"}}, clerk(), versions={story.matter.pk: 0}
            )

    def test_others_may_not(self, story: Story) -> None:
        stranger = w.acting(person(personas.CLERK_SOCIAL))
        with pytest.raises(Forbidden):
            change_matters({story.matter.pk: {"title": "x"}}, stranger)


class TestMoving:
    def test_the_document_gets_the_rights_of_its_new_matter(self, story: Story) -> None:
        there = another(story)
        head = narrowed(story, there)
        [moved] = move_documents({story.document.pk: there.pk}, head)
        rows = Document.objects.filter(pk=moved.pk)
        assert not rows.visible_to(person(personas.CLERK_BUILDING)).exists()
        allowed = SearchEntry.objects.get(document_id=moved.pk).acl
        assert allowed == Document.objects.get(pk=moved.pk).scope.allow

    def test_into_a_matter_one_does_not_see_is_refused(self, story: Story) -> None:
        there = another(story)
        narrowed(story, there)
        with pytest.raises(Forbidden):
            move_documents({story.document.pk: there.pk}, clerk())

    def test_a_later_delivery_finds_the_document(self, quick_city: None) -> None:
        story = stories.social_file()
        actor = w.acting(person(personas.CLERK_SOCIAL))
        [there] = open_matters([NewMatter(story.case_file, "Widerspruch")], actor)
        ExternalKey.objects.create(
            system=story.case_file.external_keys.get().system,
            mandant="01",
            kind="dokument",
            value="D1",
            case_file=story.case_file,
            matter=story.matter,
            document=story.document,
        )
        move_documents({story.document.pk: there.pk}, actor)
        assert ExternalKey.objects.get(value="D1").matter_id == there.pk

    def test_only_inside_the_file(self, story: Story) -> None:
        other = stories.building_file()
        with pytest.raises(IllegalState, match="anderen Akte"):
            move_documents({story.document.pk: other.matter.pk}, clerk())

    def test_cancelled_documents_stay(self, story: Story) -> None:
        there = another(story)
        Document.objects.update(status=DocumentStatus.CANCELLED)
        with pytest.raises(IllegalState, match="storniert"):
            move_documents({story.document.pk: there.pk}, clerk())

    def test_not_into_a_closed_matter(self, story: Story) -> None:
        there = another(story)
        Matter.objects.filter(pk=there.pk).update(status=CaseFileStatus.CLOSED)
        with pytest.raises(IllegalState, match="abgeschlossen"):
            move_documents({story.document.pk: there.pk}, clerk())

    def test_it_can_be_taken_back_by_its_author_only(self, story: Story) -> None:
        there = another(story)
        actor = clerk()
        move_documents({story.document.pk: there.pk}, actor)
        with pytest.raises(Forbidden):
            undo_move(actor.operation.pk, w.acting(person(personas.CLERK_SOCIAL)))
        undo_move(actor.operation.pk, clerk())
        assert Document.objects.get(pk=story.document.pk).matter_id == story.matter.pk
        with pytest.raises(IllegalState, match="inzwischen"):
            undo_move(actor.operation.pk, clerk())


class TestRegister:
    def test_a12_sections_keep_their_documents_when_reordered(self, story: Story) -> None:
        [plans, letters] = write_register(story.matter, ["Pläne", "Schriftwechsel"], clerk())
        place_documents(story.matter, {story.document.pk: letters.pk}, clerk())
        after = write_register(story.matter, ["Schriftwechsel", " ", "Bescheide"], clerk())
        assert [(s.position, s.title) for s in after] == [(1, "Schriftwechsel"), (2, "Bescheide")]
        assert RegisterPlacement.objects.get().section_id == letters.pk
        assert plans.pk not in {s.pk for s in after}

    def test_a_removed_section_leaves_its_documents_in_the_matter(self, story: Story) -> None:
        [only] = write_register(story.matter, ["Pläne"], clerk())
        place_documents(story.matter, {story.document.pk: only.pk}, clerk())
        write_register(story.matter, [], clerk())
        assert not RegisterPlacement.objects.exists()
        assert Document.objects.get(pk=story.document.pk).matter_id == story.matter.pk

    @pytest.mark.parametrize("titles", [["A", "A"], ["x" * 201], [str(n) for n in range(101)]])
    def test_what_cannot_be_a_register_is_refused(self, story: Story, titles: list[str]) -> None:
        with pytest.raises(InvalidInput):
            write_register(story.matter, titles, clerk())

    def test_only_documents_of_the_matter(self, story: Story) -> None:
        there = another(story)
        [section] = write_register(there, ["Pläne"], clerk())
        with pytest.raises(IllegalState):
            place_documents(there, {story.document.pk: section.pk}, clerk())

    def test_moving_takes_the_document_out_of_the_register(self, story: Story) -> None:
        there = another(story)
        [section] = write_register(story.matter, ["Pläne"], clerk())
        place_documents(story.matter, {story.document.pk: section.pk}, clerk())
        move_documents({story.document.pk: there.pk}, clerk())
        assert not RegisterPlacement.objects.exists()

    def test_others_may_not(self, story: Story) -> None:
        with pytest.raises(Forbidden):
            write_register(story.matter, ["x"], w.acting(person(personas.CLERK_SOCIAL)))
