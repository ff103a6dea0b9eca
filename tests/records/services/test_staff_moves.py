"""Movers lose old rights on the day and hand over their work; planned, carried out, taken back (S1)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from goettingen_ecm.access import services as access
from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.access.services import NewSubstitution
from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, Substitution, User
from goettingen_ecm.audit.actions import Names, sentence_for
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import CaseFileStatus
from records.follow_ups import file_target
from records.models import CaseFile, CaseFileUserGrant, CheckOut, StaffMove
from records.selectors.staff_moves import effects
from records.services import check_outs, staff_hand_over
from records.services.actor import person
from records.services.case_files import change_metadata
from records.services.rights import NewGrant, grant_case_file_access
from records.services.staff_moves import NewMove, plan_moves, withdraw_move
from records.tasks import carry_out_staff_moves
from tests import personas, stories
from tests.access import world as w
from tests.stories import Story
from workflows.models import FollowUp
from workflows.services.follow_ups import NewFollowUp, create_follow_ups

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), date(2026, 12, 1)
ON_THE_DAY = datetime(2026, 12, 1, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_that_monday() -> Iterator[None]:
    with clock.fixed(MONDAY):
        yield


@pytest.fixture
def mover(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


@pytest.fixture
def colleague(quick_city: None) -> User:
    user = User.objects.create(username="winter", last_name="Winter", display_name="Winter")
    accounts.give_role(user, unit("50.1"), Role.CLERK)
    return user


@pytest.fixture
def story(quick_city: None, mover: User) -> Story:
    """A file the mover works on, with a follow-up and a lock."""
    made = stories.social_file()
    change_metadata({made.case_file.pk: {"case_worker": mover}}, person(mover, "test"))
    wish = NewFollowUp(file_target(made.case_file), date(2026, 12, 10), "Bescheid prüfen")
    step = begin("test", Acting(actor_id=mover.pk))
    create_follow_ups([wish], actor=mover, operation=step)
    check_outs.check_out([made.document.pk], person(mover, "test"))
    return made


def unit(code: str) -> OrgUnit:
    return OrgUnit.objects.get(code=code)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def plan(*users: User, by: str = personas.ADMINISTRATION, **more: Any) -> list[StaffMove]:
    wanted: dict[str, Any] = {"unit": unit("63.1"), "role": Role.CLERK, "first_day": DAY} | more
    return plan_moves(NewMove(users, **wanted), person(personas.person(by), "test"))


def withdraw(move: StaffMove, by: str = personas.ADMINISTRATION) -> tuple[int, int]:
    found = withdraw_move(move, person(personas.person(by), "test"))
    return found.returned, found.left


def sees(user: User, story: Story) -> bool:
    return CaseFile.objects.visible_to(fresh(user)).filter(pk=story.case_file.pk).exists()


def roles(user: User) -> set[tuple[str, str]]:
    codes = dict(OrgUnit.objects.values_list("pk", "code"))
    return {(role, codes[pk]) for role, pk in rights_of(fresh(user)).roles}


class TestTheDay:
    def test_s1_movers_lose_old_rights_on_the_day(self, mover: User, story: Story) -> None:
        plan(mover)
        with clock.fixed(ON_THE_DAY - timedelta(days=1)):
            assert sees(mover, story)
            assert roles(mover) == {("sachbearbeitung", "50.1")}
        with clock.fixed(ON_THE_DAY):
            # No task has run yet: the days alone decide.
            assert not sees(mover, story)
            assert roles(mover) == {("sachbearbeitung", "63.1")}

    def test_s1_personal_releases_of_the_old_unit_end_others_stay(
        self, mover: User, story: Story
    ) -> None:
        other = w.open_file("63.10", "63.1")
        for one in (story.case_file, other):
            release(one, mover)
        assert sees(mover, story)
        plan(mover, unit=unit("32"))
        with clock.fixed(ON_THE_DAY):
            assert not sees(mover, story)
            assert CaseFile.objects.visible_to(fresh(mover)).filter(pk=other.pk).exists()

    def test_files_follow_ups_and_locks_are_handed_over(
        self, mover: User, colleague: User, story: Story
    ) -> None:
        [move] = plan(mover, successor=colleague)
        assert carry_out_staff_moves() == 0
        with clock.fixed(ON_THE_DAY):
            assert carry_out_staff_moves() == 1
            assert carry_out_staff_moves() == 0
        case_file = CaseFile.objects.get(pk=story.case_file.pk)
        assert case_file.case_worker == colleague
        assert FollowUp.objects.get().owner == colleague
        assert not CheckOut.objects.exists()
        move.refresh_from_db()
        assert move.handed_over["files"] == [case_file.pk]
        assert case_file.history.first().case_worker_id == colleague.pk

    def test_without_a_successor_the_head_gets_the_follow_ups(
        self, mover: User, story: Story
    ) -> None:
        plan(mover, first_day=TODAY)
        assert CaseFile.objects.get(pk=story.case_file.pk).case_worker is None
        role = FollowUp.objects.get().owner_role
        assert role is not None
        assert (role.role, role.unit.code) == (Role.HEAD, "50.1")

    def test_closed_files_keep_their_case_worker(self, mover: User, story: Story) -> None:
        CaseFile.objects.update(status=CaseFileStatus.CLOSED)
        plan(mover, first_day=TODAY)
        assert CaseFile.objects.get(pk=story.case_file.pk).case_worker == mover

    def test_substitutions_end_with_the_old_role(self, mover: User, colleague: User) -> None:
        arrange(mover, colleague, TODAY, date(2026, 12, 31))
        arrange(mover, colleague, date(2026, 12, 20), date(2026, 12, 31))
        plan(mover)
        early, late = Substitution.objects.order_by("pk")
        assert early.valid_until == date(2026, 11, 30)
        assert late.ended_at is not None
        with clock.fixed(ON_THE_DAY):
            assert roles(colleague) == {("sachbearbeitung", "50.1")}

    def test_a_missed_day_is_made_up_for(self, mover: User, colleague: User, story: Story) -> None:
        plan(mover, successor=colleague)
        with clock.fixed(ON_THE_DAY + timedelta(days=3)):
            assert staff_hand_over.carry_out_due() == 1

    def test_many_at_once_and_the_preview(
        self, mover: User, colleague: User, story: Story, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(10):
            first, second = effects([mover, colleague], DAY)
        assert (first.files, first.follow_ups, first.check_outs) == (1, 1, 1)
        assert first.numbers == [story.case_file.aktenzeichen]
        assert (second.files, second.follow_ups, second.check_outs) == (0, 0, 0)
        assert len(plan(mover, colleague)) == 2

    def test_every_step_has_its_sentence(self, mover: User, story: Story) -> None:
        [move] = plan(mover, first_day=TODAY)
        withdraw(move)
        entries = AuditEntry.objects.filter(action__startswith="records.staff_move")
        told = {sentence_for(one, Names({}, {("accounts.user", mover.pk): "B"})) for one in entries}
        assert len(told) == 3
        assert all("bearbeitet (" not in one for one in told)


class TestBadInput:
    @pytest.mark.parametrize("name", [personas.REGISTRY, personas.HEAD_SOCIAL, "brandt"])
    def test_only_the_fachadministration(self, mover: User, name: str) -> None:
        with pytest.raises(Forbidden):
            plan(mover, by=name)
        assert not StaffMove.objects.exists()

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"first_day": date(2026, 11, 22)}, "first_day"),
            ({"first_day": date(2028, 1, 1)}, "first_day"),
            ({"role": Role.AUDITOR}, "role"),
            ({"unit": "50.1"}, "people"),
            ({"successor": "brandt"}, "successor"),
            ({"successor": "kruse"}, "successor"),
        ],
    )
    def test_what_cannot_be(self, mover: User, changed: dict[str, Any], field: str) -> None:
        if "unit" in changed:
            changed = {"unit": unit(changed["unit"])}
        if "successor" in changed:
            changed = {"successor": personas.person(changed["successor"])}
        with pytest.raises(InvalidInput) as refused:
            plan(mover, **changed)
        assert refused.value.field == field
        assert not StaffMove.objects.exists()

    def test_a_closing_unit_and_a_second_plan(self, mover: User) -> None:
        OrgUnit.objects.filter(code="63.1").update(valid_until=date(2026, 11, 30))
        with pytest.raises(InvalidInput, match="besteht dann nicht mehr"):
            plan(mover)
        plan(mover, unit=unit("63"))
        with pytest.raises(InvalidInput, match="schon eine Umsetzung geplant"):
            plan(mover, unit=unit("32"))

    def test_nobody_moves_himself(self, quick_city: None) -> None:
        with pytest.raises(InvalidInput, match="eigene"):
            plan(personas.person(personas.ADMINISTRATION))

    def test_nobody_and_too_many(self, quick_city: None, mover: User) -> None:
        with pytest.raises(InvalidInput, match="mindestens"):
            plan()
        with pytest.raises(InvalidInput, match="50"):
            plan(*[mover] * 51)


class TestTakingBack:
    def test_before_the_day_everything_is_as_it_was(
        self, mover: User, colleague: User, story: Story
    ) -> None:
        release(story.case_file, mover)
        arrange(mover, colleague, TODAY, date(2026, 12, 31))
        before = facts(mover)
        [move] = plan(mover, successor=colleague)
        assert facts(mover) != before
        assert withdraw(move) == (0, 0)
        assert facts(mover) == before
        with clock.fixed(ON_THE_DAY):
            assert carry_out_staff_moves() == 0
            assert sees(mover, story)

    def test_afterwards_from_today_on_with_files_and_follow_ups(
        self, mover: User, colleague: User, story: Story
    ) -> None:
        [move] = plan(mover, successor=colleague)
        with clock.fixed(ON_THE_DAY):
            carry_out_staff_moves()
        with clock.fixed(ON_THE_DAY + timedelta(days=7)):
            assert withdraw(move) == (2, 0)
            assert roles(mover) == {("sachbearbeitung", "50.1")}
            assert CaseFile.objects.get(pk=story.case_file.pk).case_worker == mover
            assert FollowUp.objects.get().owner == mover
        with clock.fixed(ON_THE_DAY + timedelta(days=3)):
            # The week in the other unit was real and stays on record.
            assert roles(mover) == {("sachbearbeitung", "63.1")}

    def test_what_somebody_else_has_by_now_stays(
        self, mover: User, colleague: User, story: Story
    ) -> None:
        [move] = plan(mover, successor=colleague, first_day=TODAY)
        FollowUp.objects.update(done_at=clock.now(), done_by=colleague)
        change_metadata({story.case_file.pk: {"case_worker": None}}, w.machine())
        assert withdraw(move) == (0, 2)
        assert CaseFile.objects.get(pk=story.case_file.pk).case_worker is None

    def test_not_twice_and_not_by_the_mover(self, mover: User) -> None:
        [move] = plan(mover)
        with pytest.raises(Forbidden):
            withdraw(move, by=personas.CLERK_SOCIAL)
        withdraw(move)
        with pytest.raises(IllegalState):
            withdraw(move)
        [again] = plan(mover, first_day=TODAY)
        assert again.membership is not None

    def test_not_when_the_person_has_moved_on(self, mover: User) -> None:
        [first] = plan(mover, first_day=TODAY)
        with clock.fixed(ON_THE_DAY):
            plan(mover, unit=unit("32"), first_day=DAY)
            with pytest.raises(IllegalState):
                withdraw(first)


def release(case_file: CaseFile, user: User) -> None:
    wish = NewGrant(case_file.pk, cause="Mitarbeit", user_id=user.pk)
    grant_case_file_access([wish], w.machine())


def arrange(represented: User, deputy: User, first: date, last: date) -> None:
    wish = NewSubstitution(represented, deputy, first, last)
    operation = begin("test", Acting(actor_id=represented.pk))
    access.create_substitutions([wish], actor=represented, operation=operation)


def facts(user: User) -> list[Any]:
    return [
        list(Membership.objects.filter(user=user).order_by("pk").values_list("pk", "valid_until")),
        list(CaseFileUserGrant.objects.filter(user=user).values_list("pk", "valid_until")),
        list(Substitution.objects.values_list("pk", "valid_until", "ended_at")),
    ]
