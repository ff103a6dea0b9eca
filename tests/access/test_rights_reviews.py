"""The yearly review: what it lists, when it is due, what it ends, by plain SQL."""

from datetime import timedelta

import pytest

from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records.grants import Grant
from records.models import CaseFile, CaseFileGroupGrant, CaseFileUserGrant, RightsReview
from records.selectors import rights_reviews as selectors
from records.services.rights import (
    Exclusion,
    NewGrant,
    exclude_persons,
    grant_case_file_access,
)
from records.services.rights_reviews import preview_review, review_releases
from tests.access import oracle
from tests.access import world as w


def seeing(world: w.World, name: str) -> set[int]:
    pk = world.files[name].pk
    return {user for user, file in oracle.files_seen(clock.today()) if file == pk}


@pytest.fixture
def releases(world: w.World) -> list[Grant]:
    """A person, a group and somebody who sees the file anyway."""
    pk = world.files["bauen intern"].pk
    wishes = [
        NewGrant(pk, "Gruppe", group_id=w.group_id("20.3", Role.CLERK)),
        NewGrant(pk, "Prüfung", user_id=world.people["lindner"].pk),
        NewGrant(pk, "doppelt", user_id=world.people["kruse"].pk),
    ]
    return grant_case_file_access(wishes, w.acting(world.people["leitung_63"]))


def test_s1_who_why_since_until_and_by_whom_is_listed(
    world: w.World, releases: list[Grant]
) -> None:
    listed = selectors.releases_of(w.unit("63.1"), world.people["leitung_63"])
    facts = {(one.whom, one.grant.cause, one.given_by, one.past) for one in listed}
    assert facts == {
        ("20.3 Sachbearbeitung", "Gruppe", str(world.people["leitung_63"]), False),
        (str(world.people["lindner"]), "Prüfung", str(world.people["leitung_63"]), False),
        (str(world.people["kruse"]), "doppelt", str(world.people["leitung_63"]), False),
    }
    assert all(one.given_at and one.given_at <= clock.now() for one in listed)


def test_only_files_of_the_unit_the_reviewer_sees_are_listed(
    world: w.World, releases: list[Grant]
) -> None:
    assert selectors.releases_of(w.unit("63"), world.people["leitung_63"]) == []
    head = world.people["leitung_63"]
    exclude_persons([Exclusion(releases[0].object_id, head.pk, "Beschuldigte")], w.machine())
    assert selectors.releases_of(w.unit("63.1"), head) == []


def test_the_review_ends_what_is_ticked_and_says_before_who_loses_sight(
    world: w.World, releases: list[Grant]
) -> None:
    before, head = seeing(world, "bauen intern"), world.people["leitung_63"]
    said = preview_review(w.unit("63.1"), releases, head)
    assert seeing(world, "bauen intern") == before
    review = review_releases(w.unit("63.1"), releases, w.acting(head), kept=4)
    lost = before - seeing(world, "bauen intern")
    people = {p.pk: str(p) for p in world.people.values()}
    assert [set(one.names) for one in said] == [{people[pk] for pk in lost}]
    assert people[world.people["kruse"].pk] not in said[0].names
    assert lost == {world.people[n].pk for n in ("sachbearbeitung_20_3", "lindner")}
    assert (review.kept, review.withdrawn, review.reviewed_by) == (4, 3, head)
    assert not CaseFileUserGrant.objects.exists()
    assert not CaseFileGroupGrant.objects.exists()


def test_only_heads_of_the_unit_review(world: w.World, releases: list[Grant]) -> None:
    for username in ("kruse", "leitung_50", "lindner", "seidel", "yilmaz"):
        with pytest.raises(Forbidden):
            review_releases(w.unit("63.1"), releases, w.acting(world.people[username]), kept=0)
    with pytest.raises(Forbidden, match="andere Einheit"):
        review_releases(w.unit("63"), releases, w.acting(world.people["leitung_63"]), kept=0)
    assert not RightsReview.objects.exists()


def test_u4_a_review_never_blinds_the_reviewer_or_everybody(world: w.World) -> None:
    """A file of the Sozialgeheimnis led by a unit outside it opens by releases only."""
    case_file, head = world.files["soziales intern"], world.people["voss"]
    CaseFile.objects.filter(pk=case_file.pk).update(lead_unit=w.unit("41"))
    wishes = [
        NewGrant(case_file.pk, "Dezernat", user_id=head.pk),
        NewGrant(case_file.pk, "Hilfe", user_id=world.people["brandt"].pk),
    ]
    own, other = grant_case_file_access(wishes, w.machine())
    assert seeing(world, "soziales intern") == {head.pk, world.people["brandt"].pk}
    with pytest.raises(IllegalState, match="Sie selbst"):
        review_releases(w.unit("41"), [own], w.acting(head), kept=1)
    with pytest.raises(IllegalState, match="niemand mehr"):
        review_releases(w.unit("41"), [own, other], w.acting(head), kept=0)
    review_releases(w.unit("41"), [other], w.acting(head), kept=1)
    assert seeing(world, "soziales intern") == {head.pk}


def test_a_review_is_due_a_year_after_the_last_one_or_the_first_release(
    world: w.World, releases: list[Grant]
) -> None:
    head = world.people["leitung_63"]
    own = w.unit("63.1")

    def due() -> bool:
        [state] = [s for s in selectors.unit_states(head) if s.unit == own]
        assert state.releases == 3
        return state.due

    assert not due()
    start = clock.now()
    with clock.fixed(start + timedelta(days=364)):
        assert not due()
    with clock.fixed(start + timedelta(days=365, minutes=1)):
        assert due()
        review_releases(own, [], w.acting(head), kept=3)
        assert not due()
    CaseFileUserGrant.objects.update(granted_at=None)
    CaseFileGroupGrant.objects.update(granted_at=None)
    RightsReview.objects.all().delete()
    assert due()


def test_the_card_reminds_the_units_own_head_not_the_one_above(
    world: w.World, releases: list[Grant]
) -> None:
    with clock.fixed(clock.now() + timedelta(days=400)):
        assert selectors.due_units(world.people["leitung_63"]) == []
        assert selectors.due_units(world.people["kruse"]) == []
        accounts.give_role(world.people["leitung_63"], w.unit("63.1"), Role.HEAD)
        [state] = selectors.due_units(world.people["leitung_63"])
        assert (state.unit, state.releases) == (w.unit("63.1"), 3)
