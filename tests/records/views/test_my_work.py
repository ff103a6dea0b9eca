"""Meine Arbeit: what waits for a person, from all registered sources, in one list (W7)."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import User
from goettingen_ecm.desk import my_work
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.operation import Acting, begin
from records.choices import HoldKind, Medium
from records.follow_ups import document_target, file_target
from records.models import CaseFileUserGrant, CheckOut, PaperLoan, RightsReview
from records.selectors import rights_reviews
from records.services.actor import Actor
from records.services.check_outs import ask_release, check_out
from records.services.holds import NewHold, place_holds
from records.services.paper_loans import (
    PaperPart,
    hand_out_papers,
    request_papers,
    set_paper_parts,
)
from records.services.rights import Exclusion, NewGrant, exclude_persons, grant_case_file_access
from tests import personas, stories
from tests.access import world as w
from tests.personas import person
from tests.records.views.conftest import logged_in
from tests.stories import Story
from workflows.services.follow_ups import NewFollowUp, create_follow_ups
from workflows.targets import Target

QUERIES = 15
ADDRESS = "/meine-arbeit/"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def clerk(quick_city: None) -> Client:
    return logged_in(personas.CLERK_SOCIAL)


def machine() -> Actor:
    return Actor(begin("test", Acting(system="test")))


def text(response: Any) -> str:
    return str(response.content.decode())


def follow_up(story: Story, reason: str, target: Target | None = None) -> None:
    user = person(personas.CLERK_SOCIAL)
    wish = NewFollowUp(target or file_target(story.case_file), clock.today(), reason)
    create_follow_ups([wish], actor=user, operation=begin("test", Acting(actor_id=user.pk)))


def failed_job(title: str = "Dokumente ändern", **values: Any) -> Job:
    facts = {"state": JobState.DONE, "refused": 3, "finished_at": clock.now()} | values
    owner = person(personas.CLERK_SOCIAL).pk
    return Job.objects.create(
        kind="test", title=title, created_by_id=owner, created_at=clock.now(), **facts
    )


def everything(story: Story) -> None:
    """One of each kind that can wait for a clerk."""
    clerk, head = w.acting(person(personas.CLERK_SOCIAL)), person(personas.HEAD_SOCIAL)
    follow_up(story, "Rentenbescheid abwarten")
    check_out([story.document.pk], clerk)
    day = clock.today() + timedelta(days=3)
    hold = NewHold(story.case_file, HoldKind.LITIGATION, "Klage", clerk.user, day, None)  # type: ignore[arg-type]
    place_holds([hold], clerk)
    set_paper_parts({story.case_file.pk: PaperPart(Medium.HYBRID, "Regal 1")}, clerk)
    [loan] = request_papers({story.case_file.pk: "Prüfung"}, clerk)
    hand_out_papers([loan.pk], clerk, clock.today() + timedelta(days=1))
    handed = clock.now() - timedelta(days=9)
    PaperLoan.objects.update(
        requested_at=handed, handed_out_at=handed, due_on=clock.today() - timedelta(days=2)
    )
    failed_job()
    accounts.give_role(head, w.unit("50.1"), Role.HEAD)


def rows(client: Client, **query: str) -> str:
    page = text(client.get(ADDRESS, query))
    return page.split("<tbody")[1].split("</tbody>")[0] if "<tbody" in page else ""


def test_w7_all_kinds_stand_in_one_list_by_day(clerk: Client, story: Story) -> None:
    everything(story)
    found = rows(clerk)
    said = [
        "Sie haben den Papierteil; er ist zurückzugeben.",
        "3 Objekte abgelehnt",
        "in Bearbeitung bis",
        "Rentenbescheid abwarten",
        "Löschsperren",
    ]
    assert [one for one in said if one not in found] == []
    in_order = sorted(said, key=found.index)
    assert (in_order[0], in_order[-1]) == (said[0], said[-1])


def test_w7_one_kind_alone_and_a_wrong_word(clerk: Client, story: Story) -> None:
    everything(story)
    only = rows(clerk, art="wiedervorlagen")
    assert "Rentenbescheid abwarten" in only
    assert "Objekte abgelehnt" not in only
    assert rows(clerk, art="gibt-es-nicht") == rows(clerk)


def test_w7_a_request_for_release_leads_to_giving_back(clerk: Client, story: Story) -> None:
    check_out([story.document.pk], w.acting(person(personas.CLERK_SOCIAL)))
    head = person(personas.HEAD_SOCIAL)
    accounts.give_role(head, w.unit("50.1"), Role.HEAD)
    ask_release(story.document.pk, w.acting(head))
    found = rows(clerk, art="in-bearbeitung")
    assert "bittet um Freigabe" in found
    assert reverse("document-check-out", args=[story.document.uuid]) in found
    assert "bittet um Freigabe" not in rows(logged_in(personas.HEAD_SOCIAL))


def test_what_the_person_may_not_see_does_not_wait(clerk: Client, story: Story) -> None:
    everything(story)
    user = person(personas.CLERK_SOCIAL)
    wanted = Exclusion(story.case_file.pk, user.pk, "befangen")
    exclude_persons([wanted], machine())
    found = rows(clerk)
    assert story.case_file.aktenzeichen not in found
    assert story.document.title not in found
    assert "3 Objekte abgelehnt" in found


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_hold_every_row_once_in_order(story: Story, limit: int) -> None:
    for number in range(4):
        follow_up(story, f"Nummer {number}")
        failed_job(f"Auftrag {number}")
    check_out([story.document.pk], w.acting(person(personas.CLERK_SOCIAL)))
    request = RequestFactory().get(ADDRESS)
    request.user = person(personas.CLERK_SOCIAL)
    seen: list[tuple[date, str, int]] = []
    while True:
        page = my_work.work_page(request, limit=limit)
        assert len(page.rows) <= limit
        seen += [row.key for row in page.rows]
        if page.next_cursor is None:
            break
        request = RequestFactory().get(ADDRESS, {"nach": page.next_cursor})
        request.user = person(personas.CLERK_SOCIAL)
    assert seen == sorted(set(seen))
    assert len(seen) == 9


def test_jobs_that_went_well_were_undone_or_are_old_do_not_wait(clerk: Client) -> None:
    failed_job("gut", refused=0)
    failed_job("alt", finished_at=clock.now() - timedelta(days=15))
    undone = failed_job("zurück")
    failed_job("Rücknahme", refused=0, undo_of=undone)
    failed_job("kaputt", state=JobState.FAILED, refused=0)
    found = rows(clerk)
    assert "kaputt" in found
    for title in ("gut", "alt", "zurück"):
        assert f">{title}<" not in found


@pytest.mark.parametrize("role", [Role.HEAD, Role.REGISTRY])
def test_w7_it_takes_few_queries_however_much_waits(
    clerk: Client, story: Story, role: Role
) -> None:
    everything(story)
    accounts.give_role(person(personas.CLERK_SOCIAL), w.unit("50.1"), role)
    follow_up(story, "am Dokument", target=document_target(story.document))
    clerk.get(ADDRESS)
    with CaptureQueriesContext(connection) as few:
        clerk.get(ADDRESS)
    for number in range(30):
        follow_up(story, f"Nummer {number}")
        failed_job(f"Auftrag {number}")
    with CaptureQueriesContext(connection) as many:
        clerk.get(ADDRESS)
    assert len(many) == len(few) <= QUERIES


def test_a_review_is_due_on_the_same_day_as_the_start_card_says(quick_city: None) -> None:
    head = User.objects.create(username="ziegler")
    accounts.give_role(head, w.unit("63.1"), Role.HEAD)
    building = stories.building_file()
    wish = NewGrant(building.case_file.pk, "Prüfung", user_id=person(personas.ARCHIVE).pk)
    grant_case_file_access([wish], machine())

    def due() -> list[Any]:
        units = [state.unit for state in rights_reviews.due_units(head)]
        listed = list(rights_reviews.due_by_day(head))
        assert listed == units
        return [one.day for one in listed]  # type: ignore[attr-defined]

    CaseFileUserGrant.objects.update(granted_at=clock.now())
    assert due() == []
    CaseFileUserGrant.objects.update(granted_at=clock.now() - timedelta(days=370))
    assert due() == [clock.today() - timedelta(days=5)]
    CaseFileUserGrant.objects.update(granted_at=None)
    assert due() == [clock.today()]
    RightsReview.objects.create(
        unit=w.unit("63.1"), reviewed_at=clock.now() - timedelta(days=1), reviewed_by=head
    )
    assert due() == []


def test_the_start_cards_lead_to_their_kind(clerk: Client, story: Story) -> None:
    everything(story)
    page = text(clerk.get(reverse("start")))
    for kind in ("wiedervorlagen", "in-bearbeitung", "loeschsperren"):
        assert f"{ADDRESS}?art={kind}" in page
    assert CheckOut.objects.count() == 1


def test_nothing_waits_says_what_to_do(clerk: Client) -> None:
    assert "Nichts wartet auf Sie." in text(clerk.get(ADDRESS))
