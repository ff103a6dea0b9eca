"""Who takes part in files: adding, ending, removing, merging, taking back; bad input."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import (
    Forbidden,
    IllegalState,
    InvalidInput,
    LostUpdate,
)
from records.choices import CaseFileStatus, PartyKind
from records.models import CaseFile, Document, Participation, Party
from records.services.actor import Actor
from records.services.matters import NewMatter, open_matters
from records.services.participations import (
    NewParticipation,
    add_participations,
    change_participations,
    remove_participations,
)
from records.services.parties import Involvement, involve
from records.services.party_changes import PartyFacts, change_parties
from records.services.party_merging import merge_parties, undo_party_operation
from records.services.rights import narrow_matters
from tests import personas, stories
from tests.access import world as w
from tests.personas import person
from tests.stories import Story

BORN = date(1950, 4, 1)
ERIKA = PartyFacts("Müller", "Erika", BORN)


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.building_file()


def kruse() -> Actor:
    return w.acting(person(personas.CLERK_BUILDING))


def add(
    case_file: CaseFile, party: Party | PartyFacts = ERIKA, role: str = "Bauherrin", **more: Any
) -> Participation:
    [added] = add_participations([NewParticipation(case_file, role, party, **more)], kruse())
    return added


def operation_of(one: Any) -> int:
    found: int = one.history.latest("history_date").operation_id
    return found


def standing(case_file: CaseFile) -> list[tuple[str, str]]:
    rows = Participation.objects.filter(case_file=case_file, removed_at=None).order_by("pk")
    return list(rows.values_list("party__name", "role"))


class TestAdding:
    def test_a_new_party_with_history_and_audit(self, story: Story) -> None:
        added = add(story.case_file, since=date(2026, 1, 2))
        party = added.party
        assert (party.circle, party.sort_key) == ("", "muller erika")
        assert party.sound_keys == [":657", ":074"]
        assert added.history.get().operation_id == party.history.get().operation_id
        entries = AuditEntry.objects.filter(operation_id=operation_of(added))
        assert {e.action for e in entries} == {
            "records.party.created",
            "records.participation.added",
        }
        assert "Müller" not in str([e.__dict__ for e in entries])

    def test_documents_are_indexed_anew(self, story: Story) -> None:
        add(story.case_file)
        assert Document.objects.get(pk=story.document.pk).indexed_at is None

    def test_the_same_role_twice_is_refused(self, story: Story) -> None:
        party = add(story.case_file).party
        with pytest.raises(IllegalState, match="schon"):
            add(story.case_file, party)

    def test_what_ended_goes_on(self, story: Story) -> None:
        added = add(story.case_file)
        change_participations({added.pk: {"until": clock.today()}}, kruse())
        assert add(story.case_file, added.party).pk == added.pk
        added.refresh_from_db()
        assert added.until is None

    def test_d3_a_party_of_another_circle_is_refused(self, story: Story) -> None:
        social = stories.social_file().case_file
        involve([Involvement(social, "Antrag", "Geheim", "Gerda", BORN)], w.machine())
        with pytest.raises(InvalidInput):
            add(story.case_file, Party.objects.get(name="Geheim"))

    def test_others_may_not(self, story: Story) -> None:
        wanted = NewParticipation(story.case_file, "Nachbar", ERIKA)
        with pytest.raises(Forbidden):
            add_participations([wanted], w.acting(person(personas.CLERK_SOCIAL)))

    def test_r1_not_in_a_closed_file(self, story: Story) -> None:
        CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
        with pytest.raises(IllegalState):
            add(story.case_file)

    def test_a_matter_of_another_file_is_refused(self, story: Story) -> None:
        [foreign] = open_matters([NewMatter(stories.building_file().case_file, "Fremd")], kruse())
        with pytest.raises(InvalidInput):
            add(story.case_file, matter=foreign)

    def test_a_hidden_matter_is_refused(self, story: Story) -> None:
        head = UnitRole.objects.get(unit__code="63.1", role=Role.HEAD)
        narrow_matters({story.matter.pk: [head.group_id]}, w.machine())
        story.matter.refresh_from_db()
        with pytest.raises(Forbidden):
            add(story.case_file, matter=story.matter)


TOMORROW = timedelta(days=1)
BAD: Sequence[tuple[dict[str, Any], str]] = [
    ({"name": "\u202e\u200f "}, "name"),
    ({"name": "x" * 500}, "name"),
    ({"first_name": "y" * 151}, "first_name"),
    ({"address": "z" * 301}, "address"),
    ({"birth_date": date(1066, 10, 14)}, "birth_date"),
    ({"birth_date": date(9999, 12, 31)}, "birth_date"),
    ({"kind": PartyKind.ORGANISATION}, "birth_date"),
]


class TestBadInput:
    @pytest.mark.parametrize(("values", "field"), BAD)
    def test_facts_that_cannot_be(self, story: Story, values: dict[str, Any], field: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            add(story.case_file, PartyFacts(**(ERIKA.values() | values)))
        assert refused.value.field == field
        assert not Party.objects.exists()

    @pytest.mark.parametrize("role", ["", "\u200f\u200f", "r" * 81])
    def test_roles_that_cannot_be(self, story: Story, role: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            add(story.case_file, role=role)
        assert refused.value.field == "role"

    def test_direction_marks_are_taken_out(self, story: Story) -> None:
        turned = add(story.case_file, PartyFacts("Mül\u202eler\x00", "\u200fErika"))
        assert str(turned.party) == "Müller, Erika"

    def test_names_without_a_sound(self, story: Story) -> None:
        assert add(story.case_file, PartyFacts("Иванов", "王")).party.sound_keys == []

    def test_an_end_before_the_beginning(self, story: Story) -> None:
        added = add(story.case_file, since=date(2026, 5, 1))
        with pytest.raises(InvalidInput) as refused:
            change_participations({added.pk: {"until": date(2026, 4, 30)}}, kruse())
        assert refused.value.field == "until"


class TestChanging:
    def test_only_what_differs(self, story: Story) -> None:
        added = add(story.case_file)
        values = {"role": "Bauherrin", "until": date(2026, 6, 30)}
        [changed] = change_participations({added.pk: values}, kruse())
        entry = AuditEntry.objects.get(operation_id=operation_of(changed))
        assert (entry.action, entry.fields) == ("records.participation.changed", ["until"])

    def test_somebody_was_faster(self, story: Story) -> None:
        added = add(story.case_file)
        change_participations({added.pk: {"role": "Nachbarin"}}, kruse())
        with pytest.raises(LostUpdate):
            change_participations({added.pk: {"role": "Zeugin"}}, kruse(), versions={added.pk: 1})

    def test_a_role_that_is_taken(self, story: Story) -> None:
        first = add(story.case_file)
        second = add(story.case_file, first.party, "Nachbarin")
        with pytest.raises(IllegalState):
            change_participations({second.pk: {"role": "Bauherrin"}}, kruse())

    def test_removed_and_back(self, story: Story) -> None:
        added = add(story.case_file)
        remove_participations([added.pk], kruse())
        assert standing(story.case_file) == []
        with pytest.raises(IllegalState):
            remove_participations([added.pk], kruse())
        undo_party_operation(operation_of(added), kruse())
        assert standing(story.case_file) == [("Müller", "Bauherrin")]

    def test_undo_of_adding_and_of_ending(self, story: Story) -> None:
        added = add(story.case_file)
        change_participations({added.pk: {"until": date(2026, 6, 30)}}, kruse())
        undo_party_operation(operation_of(added), kruse())
        added.refresh_from_db()
        assert added.until is None
        other = add(story.case_file, role="Nachbarin")
        undo_party_operation(operation_of(other), kruse())
        assert standing(story.case_file) == [("Müller", "Bauherrin")]

    def test_nothing_is_undone_after_another_change(self, story: Story) -> None:
        added = add(story.case_file)
        first = operation_of(added)
        change_participations({added.pk: {"role": "Nachbarin"}}, kruse())
        with pytest.raises(IllegalState):
            undo_party_operation(first, kruse())

    def test_nobody_undoes_for_others(self, story: Story) -> None:
        operation = operation_of(add(story.case_file))
        with pytest.raises(Forbidden):
            undo_party_operation(operation, w.acting(person(personas.REGISTRY)))

    def test_a_delivery_does_not_bring_back_what_was_removed(self, story: Story) -> None:
        one = Involvement(story.case_file, "Bauherr", "Kern", "Karl", BORN)
        involve([one], w.machine())
        remove_participations([Participation.objects.get().pk], kruse())
        involve([one], w.machine())
        assert standing(story.case_file) == []


class TestFacts:
    def test_changed_in_all_files_with_sort_and_sound(self, story: Story) -> None:
        party = add(story.case_file).party
        [changed] = change_parties({party.pk: {"name": "Maier"}}, kruse(), versions={party.pk: 1})
        assert (changed.sort_key, changed.sound_keys) == ("maier erika", [":67", ":074"])
        undo_party_operation(operation_of(party), kruse())
        party.refresh_from_db()
        assert (party.name, party.sound_keys) == ("Müller", [":657", ":074"])

    def test_somebody_was_faster(self, story: Story) -> None:
        party = add(story.case_file).party
        change_parties({party.pk: {"address": "Markt 1"}}, kruse())
        with pytest.raises(LostUpdate):
            change_parties({party.pk: {"address": "Markt 2"}}, kruse(), versions={party.pk: 1})

    def test_others_may_not(self, story: Story) -> None:
        party = add(story.case_file).party
        with pytest.raises(Forbidden):
            change_parties({party.pk: {"name": "X"}}, w.acting(person(personas.CLERK_SOCIAL)))


class TestMerging:
    def two(self, story: Story) -> tuple[Participation, Participation]:
        kept = add(story.case_file)
        dropped = add(
            story.case_file, PartyFacts("Mueller", "Erika", address="Markt 1"), "Nachbarin"
        )
        return kept, dropped

    def test_a_party_goes_up_and_comes_back(self, story: Story) -> None:
        kept, dropped = self.two(story)
        actor = kruse()
        merge_parties(kept.party_id, dropped.party_id, actor, taken=["address"])
        dropped.refresh_from_db()
        assert dropped.party_id == kept.party_id
        merged = Party.objects.get(name="Mueller")
        assert merged.merged_into_id == kept.party_id
        assert Party.objects.get(pk=kept.party_id).address == "Markt 1"
        undo_party_operation(actor.operation.pk, kruse())
        dropped.refresh_from_db()
        merged.refresh_from_db()
        assert dropped.party_id == merged.pk
        assert merged.merged_into_id is None
        assert Party.objects.get(pk=kept.party_id).address == ""

    def test_the_same_role_is_there_once(self, story: Story) -> None:
        kept, dropped = self.two(story)
        again = add(story.case_file, dropped.party, "Bauherrin")
        merge_parties(kept.party_id, dropped.party_id, kruse())
        again.refresh_from_db()
        assert again.removed_at is not None
        assert sorted(standing(story.case_file)) == [
            ("Müller", "Bauherrin"),
            ("Müller", "Nachbarin"),
        ]

    def test_files_of_others_stay_untouched(self, story: Story) -> None:
        kept, dropped = self.two(story)
        closed = add(stories.building_file().case_file, dropped.party)
        CaseFile.objects.filter(pk=closed.case_file_id).update(status=CaseFileStatus.CLOSED)
        merge_parties(kept.party_id, dropped.party_id, kruse())
        closed.refresh_from_db()
        assert closed.party_id == dropped.party_id != kept.party_id
        assert Party.objects.get(pk=dropped.party_id).merged_into_id is None

    def test_a_delivery_finds_the_kept_one(self, story: Story) -> None:
        born, unborn = (
            Involvement(story.case_file, "Zeuge", "Kern", "Karl", BORN),
            Involvement(story.case_file, "Zeuge", "Stadtwerke"),
        )
        involve([born, unborn], w.machine())
        kept = add(story.case_file)
        for name in ("Kern", "Stadtwerke"):
            merge_parties(kept.party_id, Party.objects.get(name=name).pk, kruse())
        involve([born, unborn], w.machine())
        assert Party.objects.count() == 3
        assert sorted(standing(story.case_file)) == [("Müller", "Bauherrin"), ("Müller", "Zeuge")]

    def test_d3_never_across_circles_nor_with_itself(self, story: Story) -> None:
        kept, _dropped = self.two(story)
        social = stories.social_file().case_file
        involve([Involvement(social, "Antrag", "Geheim", "Gerda", BORN)], w.machine())
        with pytest.raises(Forbidden):
            merge_parties(kept.party_id, Party.objects.get(name="Geheim").pk, kruse())
        with pytest.raises(InvalidInput):
            merge_parties(kept.party_id, kept.party_id, kruse())

    def test_somebody_was_faster(self, story: Story) -> None:
        kept, dropped = self.two(story)
        change_parties({dropped.party_id: {"address": "Markt 9"}}, kruse())
        shown = {kept.party_id: 1, dropped.party_id: 1}
        with pytest.raises(LostUpdate):
            merge_parties(kept.party_id, dropped.party_id, kruse(), versions=shown)
