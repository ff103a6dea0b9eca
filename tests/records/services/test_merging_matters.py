"""Merging matters (A10): what comes along, what is refused, and the way back."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import CaseFileStatus, DocumentStatus, HoldKind, MatterStatus, ReferenceKind
from records.models import (
    CaseFile,
    CrossReference,
    Document,
    DocumentType,
    ExternalKey,
    FilePlanEntry,
    Matter,
    MatterMerge,
    Participation,
    Party,
    RegisterPlacement,
)
from records.selectors import case_files
from records.services.actor import Actor, person
from records.services.cancelling import cancel_documents
from records.services.case_files import NewCaseFile, open_case_files
from records.services.check_outs import check_out
from records.services.cross_references import NewReference, add_references
from records.services.documents import change_metadata
from records.services.holds import NewHold, place_holds
from records.services.matter_changes import change_matters
from records.services.matters import NewMatter, open_matters
from records.services.merge_checks import MergeWish, obstacles
from records.services.merging_matters import merge_matters
from records.services.participations import NewParticipation, add_participations
from records.services.party_changes import PartyFacts
from records.services.registers import place_documents, write_register
from records.services.rights import narrow_matters
from records.services.scoping import recompute
from records.services.undoing_merges import undo_merge
from tests import personas, stories
from tests.access import world as w
from tests.records.views import filing
from tests.stories import Story

CLERK = personas.CLERK_BUILDING


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.building_file()


def acting(name: str = CLERK, reason: str = "") -> Actor:
    return person(personas.person(name), "test.merge", reason=reason)


def opened(case_file: CaseFile, title: str, **more: Any) -> Matter:
    return open_matters([NewMatter(case_file, title, **more)], acting())[0]


def another_file(title: str = "Carport Lindenweg 6") -> CaseFile:
    wanted = NewCaseFile(entry=w.entry("63.20"), lead_unit=w.unit("63.1"), title=title)
    return open_case_files([wanted], acting())[0]


def wish(case_file: CaseFile, *sources: Matter, title: str = "Gemeinsam") -> MergeWish:
    rows = Matter.objects.select_related("case_file__entry", "parent")
    found = rows.in_bulk([one.pk for one in sources])
    return MergeWish(case_file, [found[one.pk] for one in sources], title)


def merged(case_file: CaseFile, *sources: Matter, **more: Any) -> tuple[Matter, int]:
    actor = acting()
    return merge_matters(wish(case_file, *sources, **more), actor), actor.operation.pk


def reasons(case_file: CaseFile, *sources: Matter, name: str = CLERK) -> list[str]:
    found = obstacles(wish(case_file, *sources), acting(name))
    return [f"{one.subject}: {one.refusal.reason}" for one in found]


def documents(matter: Matter) -> set[int]:
    return set(Document.objects.filter(matter=matter).values_list("pk", flat=True))


def state(matter: Matter) -> str:
    return Matter.objects.get(pk=matter.pk).status


def shape() -> dict[str, Any]:
    """Everything a merge touches, as it stands now: the way back must give the same."""
    standing = Matter.objects.exclude(status=MatterStatus.CANCELLED).order_by("pk")
    return {
        "matters": list(standing.values_list("pk", "title", "status", "parent_id", "scope_id")),
        "documents": list(
            Document.objects.order_by("pk").values_list(
                "pk", "matter_id", "case_file_id", "scope_id"
            )
        ),
        "places": list(
            RegisterPlacement.objects.order_by("document_id").values_list(
                "document_id", "section_id"
            )
        ),
        "parties": list(
            Participation.objects.order_by("pk").values_list(
                "pk", "matter_id", "case_file_id", "removed_at"
            )
        ),
        "references": list(
            CrossReference.objects.filter(removed_at=None)
            .order_by("pk")
            .values_list("pk", "source_matter_id", "target_matter_id", "kind")
        ),
        "keys": list(
            ExternalKey.objects.order_by("pk").values_list("pk", "matter_id", "case_file_id")
        ),
    }


class TestFollowing:
    def test_a10_a_new_matter_with_the_documents_and_cancelled_sources(self, story: Story) -> None:
        other = opened(story.case_file, "Nachforderung")
        more = filing.fill(other, 2)
        made, operation = merged(story.case_file, story.matter, other)
        assert documents(made) == {story.document.pk, *(one.pk for one in more)}
        assert (made.title, made.case_file_id) == ("Gemeinsam", story.case_file.pk)
        assert {state(story.matter), state(other)} == {MatterStatus.CANCELLED}
        assert {one.history.latest().history_change_reason for one in (story.matter, other)} == {
            "zusammengeführt mit „Gemeinsam“"
        }
        entries = AuditEntry.objects.filter(action="records.matter.merged")
        assert {one.object_id for one in entries} == {story.matter.pk, other.pk}
        assert {one.operation_id for one in entries} == {operation}
        referring = CrossReference.objects.filter(target_matter=made, removed_at=None)
        assert set(referring.values_list("source_matter", "kind")) == {
            (story.matter.pk, ReferenceKind.PREDECESSOR),
            (other.pk, ReferenceKind.PREDECESSOR),
        }
        scopes = Document.objects.filter(matter=made).values_list("scope_id", flat=True)
        assert set(scopes) == {made.scope_id}

    def test_a12_registers_become_one_and_documents_keep_their_sheets(self, story: Story) -> None:
        other = opened(story.case_file, "Nachforderung")
        [document] = filing.fill(other, 1)
        [plans, _letters] = write_register(story.matter, ["Pläne", "Briefe"], acting())
        [_new, letters] = write_register(other, ["Gutachten", "Briefe"], acting())
        place_documents(story.matter, {story.document.pk: plans.pk}, acting())
        place_documents(other, {document.pk: letters.pk}, acting())
        made, _operation = merged(story.case_file, story.matter, other)
        titles = list(made.register_sections.order_by("position").values_list("title", flat=True))
        assert titles == ["Pläne", "Briefe", "Gutachten"]
        placed = RegisterPlacement.objects.filter(section__matter=made)
        assert dict(placed.values_list("document_id", "section__title")) == {
            story.document.pk: "Pläne",
            document.pk: "Briefe",
        }

    def test_each_party_takes_part_once_in_each_role(self, story: Story) -> None:
        other = opened(story.case_file, "Nachforderung")
        facts = PartyFacts(name="Hoffmann", first_name="Ute")
        [first] = add_participations(
            [NewParticipation(story.case_file, "Antrag", facts, matter=story.matter)], acting()
        )
        again = [
            NewParticipation(story.case_file, role, first.party, matter=other)
            for role in ("Antrag", "Nachbarschaft")
        ]
        [double, neighbour] = add_participations(again, acting())
        made, _operation = merged(story.case_file, story.matter, other)
        standing = Participation.objects.filter(matter=made, removed_at=None)
        assert set(standing.values_list("pk", flat=True)) == {first.pk, neighbour.pk}
        double.refresh_from_db()
        assert (double.matter_id, double.removed_at is not None) == (other.pk, True)

    def test_references_follow_and_none_leads_to_itself(self, story: Story) -> None:
        other, third = (opened(story.case_file, one) for one in ("Nachforderung", "Drittes"))
        [inner, out, double, back] = add_references(
            [
                NewReference(story.matter, other, ReferenceKind.BELONGS_TO),
                NewReference(story.matter, third, ReferenceKind.SEE_ALSO),
                NewReference(third, other, ReferenceKind.SEE_ALSO),
                NewReference(third, other, ReferenceKind.BELONGS_TO),
            ],
            acting(),
        )
        made, _operation = merged(story.case_file, story.matter, other)
        standing = CrossReference.objects.filter(removed_at=None)
        assert set(standing.values_list("pk", flat=True)) >= {out.pk, back.pk}
        assert not standing.filter(pk__in=[inner.pk, double.pk]).exists()
        out.refresh_from_db()
        back.refresh_from_db()
        assert (out.source_matter_id, back.target_matter_id) == (made.pk, made.pk)

    def test_k1_deliveries_into_a_source_go_into_the_new_one(self, quick_city: None) -> None:
        story = stories.social_file()
        [key] = story.case_file.external_keys.all()
        key.pk, key.kind, key.value, key.matter = None, "vorgang", "V1", story.matter
        key.save()
        [other] = open_matters(
            [NewMatter(story.case_file, "Widerspruch")], acting(personas.CLERK_SOCIAL)
        )
        clerk = acting(personas.CLERK_SOCIAL)
        made = merge_matters(wish(story.case_file, story.matter, other), clerk)
        key.refresh_from_db()
        assert (key.matter_id, key.case_file_id) == (made.pk, story.case_file.pk)
        undo_merge(clerk.operation.pk, acting(personas.CLERK_SOCIAL))
        key.refresh_from_db()
        assert key.matter_id == story.matter.pk

    def test_a1_sub_matters_stand_below_the_new_one(self, story: Story) -> None:
        below = opened(story.case_file, "Teil", parent=story.matter)
        filing.fill(below, 1)
        made, _operation = merged(story.case_file, story.matter, opened(story.case_file, "B"))
        below.refresh_from_db()
        assert (below.parent_id, below.status) == (made.pk, MatterStatus.ACTIVE)
        twin = opened(story.case_file, "Teil 2", parent=made)
        inner, _operation = merged(story.case_file, below, twin)
        assert inner.parent_id == made.pk
        whole, _operation = merged(story.case_file, made, inner)
        assert whole.parent_id is None

    def test_type_and_period_cover_what_was_merged(self, story: Story) -> None:
        one = opened(
            story.case_file,
            "Eins",
            matter_type="Antrag",
            period_from=date(2026, 3, 1),
            period_until=date(2026, 6, 30),
        )
        two = opened(story.case_file, "Zwei", matter_type="Antrag", period_from=date(2026, 1, 1))
        made, _operation = merged(story.case_file, one, two)
        assert (made.matter_type, made.period_from) == ("Antrag", date(2026, 1, 1))
        assert made.period_until is None

    def test_cancelled_and_misfiled_documents_stay(self, story: Story) -> None:
        [gone, lost] = filing.fill(story.matter, 2)
        cancel_documents([gone.pk], acting(reason="doppelt"))
        Document.objects.filter(pk=lost.pk).update(status=DocumentStatus.MISFILED)
        made, _operation = merged(story.case_file, story.matter, opened(story.case_file, "B"))
        assert documents(made) == {story.document.pk}
        assert documents(story.matter) == {gone.pk, lost.pk}

    def test_matters_of_another_file_bring_their_documents(self, story: Story) -> None:
        there = another_file()
        theirs = opened(there, "Carport")
        filing.fill(theirs, 2)
        made, operation = merged(story.case_file, story.matter, theirs)
        assert len(documents(made)) == 3
        files = Document.objects.filter(matter=made).values_list("case_file_id", flat=True)
        assert set(files) == {story.case_file.pk}
        undo_merge(operation, acting())
        back = Document.objects.filter(matter=theirs).values_list("case_file_id", flat=True)
        assert list(back) == [there.pk] * 2

    def test_s2_the_new_one_is_as_narrow_as_the_narrowest(self, story: Story) -> None:
        keeper = w._person("registratur_63")
        accounts.give_role(keeper, w.unit("63.1"), Role.REGISTRY)
        recompute([story.case_file.pk])
        other = opened(story.case_file, "Persönliches")
        clerks = UnitRole.objects.get(unit=w.unit("63.1"), role=Role.CLERK).group_id
        narrow_matters({other.pk: [clerks]}, acting(keeper.username))
        made, operation = merged(story.case_file, story.matter, other)
        assert made.narrow_to == [clerks]
        shown = case_files.documents_in_use(keeper).filter(case_file=story.case_file)
        assert not shown.exists()
        undo_merge(operation, acting())
        assert shown.count() == 1


class TestRefused:
    def test_fewer_than_two_without_title_or_changed_since(self, story: Story) -> None:
        other = opened(story.case_file, "B")
        with pytest.raises(InvalidInput, match="mindestens zwei"):
            merged(story.case_file, story.matter, story.matter)
        with pytest.raises(InvalidInput):
            merged(story.case_file, story.matter, other, title=" \u200b ")
        change_matters({other.pk: {"title": "Anders"}}, acting())
        with pytest.raises(LostUpdate):
            merge_matters(
                wish(story.case_file, story.matter, other), acting(), versions={other.pk: 1}
            )
        assert not MatterMerge.objects.exists()

    @pytest.mark.parametrize("closed", ["matter", "file"])
    def test_r1_what_is_closed(self, story: Story, closed: str) -> None:
        other = opened(story.case_file, "B")
        rows: Any = Matter.objects.filter(pk=other.pk)
        if closed == "file":
            rows = CaseFile.objects.filter(pk=story.case_file.pk)
        rows.update(status=CaseFileStatus.CLOSED)
        story.case_file.refresh_from_db()
        [reason] = reasons(story.case_file, story.matter, other)
        assert "abgeschlossen" in reason
        with pytest.raises(IllegalState, match="abgeschlossen"):
            merged(story.case_file, story.matter, other)

    def test_who_may_not_change_one_of_the_files(self, story: Story) -> None:
        social = stories.social_file()
        with pytest.raises(Forbidden):
            merged(story.case_file, story.matter, social.matter)
        other = opened(story.case_file, "B")
        with pytest.raises(Forbidden):
            merge_matters(wish(story.case_file, story.matter, other), acting(personas.CLERK_SOCIAL))

    def test_s1_data_does_not_change_its_circle(self, story: Story) -> None:
        theirs = opened(another_file(), "Carport")
        CaseFile.objects.filter(pk=theirs.case_file_id).update(circle="sozial")
        [reason] = reasons(story.case_file, story.matter, theirs)
        assert "Berechtigungskreisen" in reason

    def test_r6_nothing_leaves_a_hold(self, story: Story) -> None:
        other = opened(story.case_file, "B")
        theirs = opened(another_file(), "Carport")
        review = clock.today() + timedelta(days=30)
        owner = personas.person(CLERK)

        def hold(case_file: CaseFile, matter: Matter | None = None) -> None:
            wanted = NewHold(case_file, HoldKind.LITIGATION, "Klage", owner, review, matter=matter)
            place_holds([wanted], acting())

        hold(theirs.case_file)
        [reason] = reasons(story.case_file, story.matter, theirs)
        assert reason.startswith("Carport: ")
        hold(story.case_file)
        assert reasons(story.case_file, story.matter, other) == []
        hold(story.case_file, other)
        [reason] = reasons(story.case_file, story.matter, other)
        assert "Löschsperre" in reason

    def test_in_work_by_another_person_names_who_and_when(self, story: Story) -> None:
        colleague = w._person("kollegin")
        accounts.give_role(colleague, w.unit("63.1"), Role.CLERK)
        check_out([story.document.pk], acting("kollegin"))
        other = opened(story.case_file, "B")
        [found] = obstacles(wish(story.case_file, story.matter, other), acting())
        assert "kollegin" in found.refusal.reason
        assert "übernehmen" in found.refusal.next_step
        with pytest.raises(IllegalState, match="in Bearbeitung durch"):
            merged(story.case_file, story.matter, other)
        assert merge_matters(wish(story.case_file, story.matter, other), acting("kollegin")).pk

    def test_a4_the_entry_takes_the_types_of_what_comes(self, story: Story) -> None:
        kind, other_kind = DocumentType.objects.order_by("pk")[:2]
        theirs = opened(another_file(), "Carport")
        [document] = filing.fill(theirs, 1)
        Document.objects.filter(pk=document.pk).update(document_type=kind)
        FilePlanEntry.objects.filter(code="63.10").update(allowed_types=[other_kind.code])
        [reason] = reasons(story.case_file, story.matter, theirs)
        assert reason.startswith(f"{document.title}: ")

    def test_sub_matters_that_cannot_come_along(self, story: Story) -> None:
        other = opened(story.case_file, "B")
        below = opened(story.case_file, "Teil", parent=other)
        Matter.objects.filter(pk=below.pk).update(status=CaseFileStatus.CLOSED)
        [reason] = reasons(story.case_file, story.matter, other)
        assert "Ein Teilvorgang lässt sich nicht mitnehmen" in reason
        theirs = opened(another_file(), "Carport")
        opened(theirs.case_file, "Teil", parent=theirs)
        [reason] = reasons(story.case_file, story.matter, theirs)
        assert "nur ohne sie" in reason

    def test_a_matter_nobody_would_see(self, story: Story) -> None:
        head = w._person("leitung_63")
        accounts.give_role(head, w.unit("63.1"), Role.HEAD)
        accounts.give_role(personas.person(CLERK), w.unit("63.1"), Role.HEAD)
        recompute([story.case_file.pk])
        one, two = (opened(story.case_file, title) for title in ("Eins", "Zwei"))
        groups = dict(UnitRole.objects.filter(unit=w.unit("63.1")).values_list("role", "group_id"))
        narrow_matters({one.pk: [groups[Role.CLERK]], two.pk: [groups[Role.HEAD]]}, acting())
        [reason] = reasons(story.case_file, one, two)
        assert "niemand sähe" in reason or "den neuen niemand" in reason


class TestTheWayBack:
    def test_everything_is_as_it_was(self, story: Story) -> None:
        other, third = (opened(story.case_file, one) for one in ("Nachforderung", "Drittes"))
        theirs = opened(another_file(), "Carport")
        below = opened(story.case_file, "Teil", parent=other)
        [document] = filing.fill(other, 1)
        [foreign] = filing.fill(theirs, 1)
        [section] = write_register(other, ["Briefe"], acting())
        [far] = write_register(theirs, ["Pläne"], acting())
        place_documents(other, {document.pk: section.pk}, acting())
        place_documents(theirs, {foreign.pk: far.pk}, acting())
        facts = PartyFacts(name="Hoffmann", first_name="Ute")
        [first] = add_participations(
            [NewParticipation(story.case_file, "Antrag", facts, matter=story.matter)], acting()
        )
        party = Party.objects.get(pk=first.party_id)
        for matter in (other, theirs):
            wanted = NewParticipation(matter.case_file, "Antrag", party, matter=matter)
            add_participations([wanted], acting())
        add_references(
            [
                NewReference(story.matter, other, ReferenceKind.BELONGS_TO),
                NewReference(third, other, ReferenceKind.SEE_ALSO),
            ],
            acting(),
        )
        before = shape()
        made, operation = merged(story.case_file, story.matter, other)
        below.refresh_from_db()
        assert below.parent_id == made.pk
        undo_merge(operation, acting())
        assert shape() == before
        _made, operation = merged(story.case_file, story.matter, theirs)
        undone = acting()
        undo_merge(operation, undone)
        assert shape() == before
        assert story.matter.history.latest().history_change_reason == (
            "Zusammenführung zurückgenommen"
        )
        told = AuditEntry.objects.filter(action="records.matter.merge_undone")
        assert told.filter(operation_id=undone.operation.pk).count() == 2
        with pytest.raises(IllegalState, match="nichts mehr"):
            undo_merge(operation, acting())

    def test_not_by_another(self, story: Story) -> None:
        _made, operation = merged(story.case_file, story.matter, opened(story.case_file, "B"))
        with pytest.raises(Forbidden):
            undo_merge(operation, acting(personas.CLERK_SOCIAL))

    @pytest.mark.parametrize("what", ["title", "document", "filed", "register", "reference", "sub"])
    def test_not_when_something_was_changed_since(self, story: Story, what: str) -> None:
        made, operation = merged(story.case_file, story.matter, opened(story.case_file, "B"))
        if what == "title":
            change_matters({made.pk: {"title": "Anders"}}, acting())
        elif what == "document":
            change_metadata({story.document.pk: {"title": "Anders"}}, acting())
        elif what == "filed":
            filing.fill(made, 1)
        elif what == "register":
            write_register(made, ["Neu"], acting())
        elif what == "reference":
            wanted = NewReference(made, story.case_file, ReferenceKind.SEE_ALSO)
            add_references([wanted], acting())
        else:
            opened(story.case_file, "Teil", parent=made)
        with pytest.raises(IllegalState, match="Es wurde nichts zurückgenommen"):
            undo_merge(operation, acting())
        assert state(made) == MatterStatus.ACTIVE


STEPS = st.lists(
    st.tuples(st.sets(st.integers(0, 5), min_size=2, max_size=3), st.booleans()),
    min_size=1,
    max_size=5,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_a10_any_merges_and_undos_keep_documents_and_sums(
    quick_city: None, steps: list[tuple[set[int], bool]]
) -> None:
    """No document is lost, doubled or left in a cancelled matter; counts of the tree sum up."""
    with transaction.atomic():
        story = stories.building_file()
        matters = [story.matter, *(opened(story.case_file, f"V{n}") for n in range(2))]
        there = another_file()
        matters += [opened(there, f"W{n}") for n in range(2)]
        every = {story.document.pk}
        for number, matter in enumerate(matters):
            every |= {one.pk for one in filing.fill(matter, number)}
        for chosen, back in steps:
            _step(matters, sorted(chosen), back=back)
        _assert_sums(every, [story.case_file, there])
        transaction.set_rollback(True)


def _step(matters: list[Matter], chosen: Sequence[int], *, back: bool) -> None:
    """Merge what stands at these places; what is taken back stands there again."""
    sources = [matters[one % len(matters)] for one in chosen]
    if len({one.pk for one in sources}) < 2:
        return
    before = shape()
    made, operation = merged(sources[0].case_file, *{one.pk: one for one in sources}.values())
    if back:
        undo_merge(operation, acting())
        assert shape() == before
        return
    gone = {one.pk for one in sources}
    matters[:] = [*(one for one in matters if one.pk not in gone), made]


def _assert_sums(every: set[int], files: Sequence[CaseFile]) -> None:
    user = personas.person(CLERK)
    rows = case_files.documents_in_use(user).filter(case_file__in=files)
    assert set(rows.values_list("pk", flat=True)) == every
    assert not rows.filter(matter__status=MatterStatus.CANCELLED).exists()
    trees = [one for f in files for one in case_files.matters_with_counts(user, f)]
    assert sum(one.documents_there for one in trees) == len(every)  # type: ignore[attr-defined]
    for document in rows.select_related("matter"):
        assert document.case_file_id == document.matter.case_file_id
        assert document.scope_id == document.matter.scope_id
