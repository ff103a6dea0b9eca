"""Fehlablage put right: into the right file, seen there, named nowhere else, and back."""

from collections.abc import Callable

import pytest

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records.choices import CaseFileStatus, DocumentStatus, MisfilingDecision, MisfilingReason
from records.models import CaseFile, Document, Misfiling, SearchEntry
from records.selectors.history import case_file_history
from records.services.actor import Actor, person
from records.services.documents import change_metadata
from records.services.holds import place_holds
from records.services.misfiling import Finding, mark_misfiled, put_back
from records.services.misfiling_moves import (
    Correction,
    file_of_number,
    move_misfiled,
    take_move_back,
)
from records.services.moving import MATTER_TITLE
from records.services.rights import Exclusion, exclude_persons
from tests import personas, stories
from tests.access import world as w
from tests.records.services.test_holds import wish
from tests.stories import Story

WHY, TITLE = "Laut Bauaufsicht gehört es dorthin", "Bauschein Lindenweg"


def acting(username: str = personas.DATA_PROTECTION) -> Actor:
    return person(personas.person(username), "test.misfiling")


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def right(quick_city: None) -> Story:
    """The file of another office and circle, where the document belongs."""
    return stories.building_file()


@pytest.fixture
def marked(story: Story) -> Misfiling:
    clerk = acting(personas.CLERK_SOCIAL)
    made = stories.file_text(story.matter, TITLE, "Quittenmus steht hier.", clerk)
    return mark_misfiled([made.pk], Finding(MisfilingReason.WRONG_FILE), clerk)[0]


def move(marked: Misfiling, right: Story, actor: Actor | None = None) -> Document:
    return move_misfiled(marked.pk, Correction(right.case_file, WHY), actor or acting())


def sees(username: str, document: Document) -> bool:
    rows = Document.objects.visible_to(personas.person(username))
    return bool(rows.filter(pk=document.pk, status=DocumentStatus.VALID).exists())


def told(username: str, story: Story) -> str:
    events = case_file_history(personas.person(username), story.case_file).events
    return "\n".join(f"{one.sentence} {' '.join(one.changes)}" for one in events)


def test_w10_it_lies_in_the_right_file_and_is_seen_there_only(
    marked: Misfiling, story: Story, right: Story
) -> None:
    moved = move(marked, right)
    assert (moved.case_file_id, moved.matter.title) == (right.case_file.pk, MATTER_TITLE)
    assert moved.matter.case_file_id == right.case_file.pk
    assert sees(personas.CLERK_BUILDING, moved)
    assert not sees(personas.CLERK_SOCIAL, moved)
    assert not sees(personas.DATA_PROTECTION, moved)
    entry = SearchEntry.objects.get(document_id=moved.pk)
    assert (entry.case_file_id, entry.acl) == (right.case_file.pk, moved.matter.scope.allow)
    decided = Misfiling.objects.get(pk=marked.pk)
    assert (decided.decision, decided.decision_reason) == (MisfilingDecision.MOVED, WHY)
    actions = AuditEntry.objects.filter(object_id=moved.pk, object_type="records.document")
    assert "records.document.misfiling_moved" in set(actions.values_list("action", flat=True))


def test_both_histories_tell_only_what_their_readers_may_know(
    marked: Misfiling, story: Story, right: Story
) -> None:
    move(marked, right)
    left, came = told(personas.CLERK_SOCIAL, story), told(personas.CLERK_BUILDING, right)
    assert "hat ein Dokument in eine andere Akte verschoben" in left
    assert TITLE in came
    for word in (right.case_file.aktenzeichen, TITLE, WHY):
        assert word not in left
    for word in (story.case_file.aktenzeichen, "Ahlers", WHY):
        assert word not in came


def test_the_next_one_finds_the_same_matter(story: Story, right: Story) -> None:
    clerk = acting(personas.CLERK_SOCIAL)
    made = [stories.file_text(story.matter, f"Brief {n}", "Text", clerk) for n in range(2)]
    finding = Finding(MisfilingReason.WRONG_FILE)
    misfilings = mark_misfiled([one.pk for one in made], finding, clerk)
    assert move(misfilings[0], right).matter_id == move(misfilings[1], right).matter_id


def test_the_way_back_hides_it_where_it_was_found(
    marked: Misfiling, story: Story, right: Story
) -> None:
    before = Document.objects.values_list("matter_id", "scope_id", "status").get(
        pk=marked.document_id
    )
    moved = move(marked, right)
    with pytest.raises(Forbidden):
        take_move_back(marked.pk, acting(personas.CLERK_BUILDING))
    take_move_back(marked.pk, acting())
    again = Document.objects.get(pk=moved.pk)
    assert (again.matter_id, again.scope_id, again.status) == before
    assert SearchEntry.objects.get(document_id=moved.pk).acl == []
    assert Misfiling.objects.get(pk=marked.pk).decided_at is None
    assert TITLE not in told(personas.CLERK_BUILDING, right)
    put_back([marked.pk], WHY, acting())
    assert sees(personas.CLERK_SOCIAL, again)
    with pytest.raises(IllegalState):
        take_move_back(marked.pk, acting())


def test_no_way_back_once_somebody_worked_on_it(marked: Misfiling, right: Story) -> None:
    moved = move(marked, right)
    builder = acting(personas.CLERK_BUILDING)
    change_metadata({moved.pk: {"title": "Umbenannt"}}, builder)
    with pytest.raises(IllegalState, match="inzwischen geändert"):
        take_move_back(marked.pk, acting())
    assert sees(personas.CLERK_BUILDING, moved)


def cancelled_target(story: Story, right: Story) -> None:
    CaseFile.objects.filter(pk=right.case_file.pk).update(status=CaseFileStatus.CANCELLED)


def closed_target(story: Story, right: Story) -> None:
    CaseFile.objects.filter(pk=right.case_file.pk).update(status=CaseFileStatus.CLOSED)


def offered_source(story: Story, right: Story) -> None:
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.OFFERED)


def held_source(story: Story, right: Story) -> None:
    place_holds([wish(story)], acting(personas.CLERK_SOCIAL))


@pytest.mark.parametrize("hinder", [cancelled_target, closed_target, offered_source, held_source])
def test_what_stands_in_the_way(
    marked: Misfiling, story: Story, right: Story, hinder: Callable[[Story, Story], None]
) -> None:
    hinder(story, right)
    with pytest.raises(IllegalState) as refusal:
        move(marked, right)
    assert refusal.value.next_step
    assert Misfiling.objects.get(pk=marked.pk).decided_at is None
    assert Document.objects.get(pk=marked.document_id).status == DocumentStatus.MISFILED


def test_a_closed_file_gives_up_what_never_belonged_to_it(
    marked: Misfiling, story: Story, right: Story
) -> None:
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
    assert sees(personas.CLERK_BUILDING, move(marked, right))


def test_only_data_protection_once_and_with_a_reason(
    marked: Misfiling, story: Story, right: Story
) -> None:
    attempts: list[tuple[type[Refusal], Callable[[], object]]] = [
        (Forbidden, lambda: move(marked, right, acting(personas.CLERK_BUILDING))),
        (Forbidden, lambda: move(marked, right, acting(personas.ADMINISTRATION))),
        (
            InvalidInput,
            lambda: move_misfiled(marked.pk, Correction(right.case_file, " "), acting()),
        ),
        (IllegalState, lambda: move(marked, story)),
    ]
    for refusal, attempt in attempts:
        with pytest.raises(refusal):
            attempt()
    move(marked, right)
    with pytest.raises(IllegalState, match="schon entschieden"):
        move(marked, right)


def test_a_file_is_named_by_its_whole_number_and_never_to_the_excluded(right: Story) -> None:
    officer = personas.person(personas.DATA_PROTECTION)
    number = right.case_file.aktenzeichen
    found = file_of_number(officer, f" {number} ")
    assert found == right.case_file
    assert file_of_number(officer, number[:-1]) is None
    assert file_of_number(officer, "Garage\0") is None
    exclusion = Exclusion(right.case_file.pk, officer.pk, "befangen")
    exclude_persons([exclusion], w.machine())
    assert file_of_number(officer, number) is None
