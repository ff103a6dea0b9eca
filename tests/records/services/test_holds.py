"""Löschsperren (R6): placing, reviewing, lifting, and what is held by them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import CaseFileStatus, HoldKind
from records.models import CaseFile, Hold, Matter
from records.selectors.holds import held_ids, held_matter_ids, is_held, standing_holds
from records.services import rights
from records.services.actor import Actor, person
from records.services.closing import close_case_files
from records.services.holds import NewHold, lift_holds, place_holds, review_holds
from records.services.matters import NewMatter, open_matters
from tests import personas, stories
from tests.access import world as w
from tests.stories import Story

SOON = timedelta(days=30)


def acting(username: str = personas.CLERK_SOCIAL) -> Actor:
    return person(personas.person(username), "test")


def wish(story: Story, matter: Matter | None = None) -> NewHold:
    owner = personas.person(personas.CLERK_SOCIAL)
    day = clock.today() + SOON
    return NewHold(story.case_file, HoldKind.LITIGATION, "Klage vor dem SG", owner, day, matter)


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


def test_r6_a_hold_holds_its_file_until_it_is_lifted(story: Story) -> None:
    [hold] = place_holds([wish(story)], acting())
    other = w.open_file("50.10", "50.1")
    assert held_ids([story.case_file.pk, other.pk]) == {story.case_file.pk}
    assert is_held(story.case_file)
    lift_holds([hold.pk], acting(), "Urteil ist rechtskräftig")
    assert not is_held(story.case_file)
    hold.refresh_from_db()
    assert (hold.lifted_by, hold.lift_reason) == (
        personas.person(personas.CLERK_SOCIAL),
        "Urteil ist rechtskräftig",
    )
    actions = AuditEntry.objects.filter(action__startswith="records.hold.")
    assert list(actions.order_by("id").values_list("action", flat=True)) == [
        "records.hold.placed",
        "records.hold.lifted",
    ]


def test_r6_of_two_holds_the_other_one_still_holds(story: Story) -> None:
    first, _second = place_holds([wish(story), wish(story)], acting())
    lift_holds([first.pk], acting(), "erledigt")
    assert is_held(story.case_file)


def test_r6_a_hold_on_a_matter_holds_file_line_and_nothing_beside_it(story: Story) -> None:
    names = ("Widerspruch", "Unterlagen", "Anderes")
    below, deep, beside = open_matters([NewMatter(story.case_file, n) for n in names], acting())
    Matter.objects.filter(pk=below.pk).update(parent=story.matter)
    Matter.objects.filter(pk=deep.pk).update(parent=below)
    place_holds([wish(story, below)], acting())
    every = [story.matter.pk, below.pk, deep.pk, beside.pk]
    assert held_matter_ids(every) == {story.matter.pk, below.pk, deep.pk}
    assert held_matter_ids([deep.pk]) == {deep.pk}
    assert held_ids([story.case_file.pk]) == {story.case_file.pk}


def test_r6_a_hold_on_the_file_holds_every_matter(story: Story) -> None:
    place_holds([wish(story)], acting())
    assert held_matter_ids([story.matter.pk]) == {story.matter.pk}


def test_r6_closed_files_are_held_too_but_not_what_is_gone(story: Story) -> None:
    close_case_files([story.case_file.pk], acting(), with_open_matters=True)
    place_holds([wish(story)], acting())
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.DESTROYED)
    with pytest.raises(IllegalState, match="nichts mehr zu sperren"):
        place_holds([wish(story)], acting())


def test_r6_reason_and_review_day_are_needed(story: Story) -> None:
    with pytest.raises(InvalidInput, match="Grund"):
        place_holds([replace(wish(story), reason=" \u200b ")], acting())
    with pytest.raises(InvalidInput, match="Zukunft"):
        place_holds([replace(wish(story), review_on=clock.today())], acting())
    [hold] = place_holds([wish(story)], acting())
    with pytest.raises(InvalidInput, match="Grund"):
        lift_holds([hold.pk], acting(), "")
    assert is_held(story.case_file)


def test_the_owner_must_see_the_file(story: Story) -> None:
    stranger = personas.person(personas.CLERK_BUILDING)
    with pytest.raises(InvalidInput, match="sieht die Akte nicht"):
        place_holds([replace(wish(story), owner=stranger)], acting())


def test_others_neither_place_nor_lift(story: Story) -> None:
    with pytest.raises(Forbidden):
        place_holds([wish(story)], acting(personas.CLERK_BUILDING))
    [hold] = place_holds([wish(story)], acting(personas.HEAD_SOCIAL))
    Hold.objects.filter(pk=hold.pk).update(owner=personas.person(personas.HEAD_SOCIAL))
    with pytest.raises(Forbidden):
        lift_holds([hold.pk], acting(), "erledigt")
    with pytest.raises(Forbidden):
        review_holds([hold.pk], acting(), clock.today() + SOON)
    lift_holds([hold.pk], acting(personas.HEAD_SOCIAL), "erledigt")


def test_reviewing_moves_the_day_and_keeps_the_hold(story: Story) -> None:
    [hold] = place_holds([wish(story)], acting())
    later = clock.today() + 3 * SOON
    review_holds([hold.pk], acting(), later, versions={hold.pk: hold.row_version})
    hold.refresh_from_db()
    assert (hold.review_on, hold.lifted_at) == (later, None)
    with pytest.raises(LostUpdate):
        lift_holds([hold.pk], acting(), "erledigt", versions={hold.pk: 1})


def test_lifting_twice_is_refused(story: Story) -> None:
    [hold] = place_holds([wish(story)], acting())
    lift_holds([hold.pk], acting(), "erledigt")
    with pytest.raises(IllegalState, match="schon aufgehoben"):
        lift_holds([hold.pk], acting(), "noch einmal")


def test_a_hold_on_a_hidden_matter_is_not_told(story: Story) -> None:
    place_holds([wish(story, story.matter)], acting())
    rights.narrow_matters({story.matter.pk: [w.group_id("50.1", Role.HEAD)]}, w.machine())
    clerk = personas.person(personas.CLERK_SOCIAL)
    assert standing_holds(clerk, story.case_file) == []
    with pytest.raises(Forbidden):
        place_holds([wish(story, story.matter)], acting())
    assert is_held(story.case_file)
