"""Units are merged and split on a day: people, files, follow-ups and baskets go along (S7)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, Substitution, User
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.audit.actions import Names, sentence_for
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import (
    CaseFileStatus,
    Confidentiality,
    IncomingChannel,
    IncomingStepKind,
    UnitChangeKind,
)
from records.follow_ups import file_target
from records.models import CaseFile, FilePlanEntry, IncomingItem, Matter, UnitChange
from records.selectors.unit_changes import Going, inventory
from records.services.actor import person
from records.services.case_files import change_metadata
from records.services.rights import NewGrant, grant_case_file_access, narrow_matters
from records.services.unit_changes import (
    NewChange,
    NewUnit,
    plan_change,
    preview_change,
    withdraw_change,
)
from records.services.unit_hand_over import start_again
from records.tasks import carry_out_unit_changes
from tests import personas, stories
from tests.access import oracle
from tests.access import world as w
from tests.stories import Story
from workflows.models import FollowUp
from workflows.services.follow_ups import NewFollowUp, create_follow_ups

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
TODAY, DAY = date(2026, 11, 23), date(2026, 12, 1)
ON_THE_DAY = datetime(2026, 12, 1, 6, tzinfo=UTC)
DAY_BEFORE = ON_THE_DAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def on_that_monday() -> Iterator[None]:
    with clock.fixed(MONDAY):
        yield


@pytest.fixture
def clerk(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


@pytest.fixture
def neighbour(quick_city: None) -> User:
    """Works in Wohngeld already."""
    user = User.objects.create(username="winter", last_name="Winter", display_name="Winter")
    accounts.give_role(user, unit("50.2"), Role.CLERK)
    return user


@pytest.fixture
def story(clerk: User) -> Story:
    """A file of 50.1 the clerk works on, with a follow-up."""
    made = stories.social_file()
    change_metadata({made.case_file.pk: {"case_worker": clerk}}, person(clerk, "test"))
    wish = NewFollowUp(file_target(made.case_file), date(2026, 12, 10), "Bescheid prüfen")
    create_follow_ups([wish], actor=clerk, operation=begin("test", Acting(actor_id=clerk.pk)))
    return made


def unit(code: str) -> OrgUnit:
    return OrgUnit.objects.get(code=code)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def merging(into: Any = "50.2", *people: User, day: date = DAY) -> NewChange:
    going = Going(unit("50.1"), UnitChangeKind.MERGE, [one.pk for one in people])
    return NewChange(going, unit(into) if isinstance(into, str) else into, day)


def splitting(*people: User, lineages: Any = (), files: Any = (), day: date = DAY) -> NewChange:
    ids = [one.pk for one in people]
    going = Going(unit("50.1"), UnitChangeKind.SPLIT, ids, lineages, files)
    return NewChange(going, NewUnit("50.4", "Hilfe zum Lebensunterhalt"), day)


def plan(wanted: NewChange, by: str = personas.ADMINISTRATION) -> UnitChange:
    return plan_change(wanted, person(personas.person(by), "test"))


def preview(wanted: NewChange) -> Any:
    return preview_change(wanted, person(personas.person(personas.ADMINISTRATION), "test"))


def carry_out(change: UnitChange) -> UnitChange:
    """The task of the day, then the worker with the files."""
    assert carry_out_unit_changes() == 1
    change.refresh_from_db()
    while change.job is not None and jobs.run_batch(change.job.pk):
        pass
    change.refresh_from_db()
    return change


def sees(user: User, case_file: CaseFile) -> bool:
    return CaseFile.objects.visible_to(fresh(user)).filter(pk=case_file.pk).exists()


def roles(user: User) -> set[tuple[str, str]]:
    codes = dict(OrgUnit.objects.values_list("pk", "code"))
    return {(role, codes[pk]) for role, pk in rights_of(fresh(user)).roles}


class TestMerge:
    def test_s7_a_merged_units_people_files_and_follow_ups_go_on_the_day(
        self, clerk: User, neighbour: User, story: Story
    ) -> None:
        case_file = story.case_file
        number = case_file.aktenzeichen
        change = plan(merging("50.2", clerk))
        assert carry_out_unit_changes() == 0
        with clock.fixed(DAY_BEFORE):
            assert roles(clerk) == {("sachbearbeitung", "50.1")}
            assert sees(clerk, case_file)
            assert not sees(neighbour, case_file)
        with clock.fixed(ON_THE_DAY):
            # No task has run yet: the days alone decide about roles.
            assert roles(clerk) == {("sachbearbeitung", "50.2")}
            carry_out(change)
            assert sees(clerk, case_file)
            assert sees(neighbour, case_file)
            assert carry_out_unit_changes() == 0
        case_file.refresh_from_db()
        assert (case_file.lead_unit.code, case_file.aktenzeichen) == ("50.2", number)
        assert case_file.case_worker == clerk
        assert case_file.history.first().lead_unit_id == unit("50.2").pk
        follow_up = FollowUp.objects.get()
        assert (follow_up.unit.code, follow_up.owner) == ("50.2", clerk)
        old = unit("50.1")
        assert old.successor is not None
        assert (old.valid_until, old.successor.code) == (date(2026, 11, 30), "50.2")

    def test_s7_clerks_who_stay_behind_lose_their_rights_on_the_day(
        self, clerk: User, neighbour: User, story: Story
    ) -> None:
        case_file = story.case_file
        wish = NewGrant(case_file.pk, cause="Mitarbeit", user_id=clerk.pk)
        grant_case_file_access([wish], w.machine())
        change = plan(merging("50.2"))
        with clock.fixed(ON_THE_DAY):
            assert not sees(clerk, case_file)
            carry_out(change)
            assert not sees(clerk, case_file)
        case_file.refresh_from_db()
        assert case_file.case_worker is None
        follow_up = FollowUp.objects.get()
        assert follow_up.owner is None
        assert follow_up.owner_role == ensure_unit_role(unit("50.2"), Role.HEAD)

    def test_closed_files_go_as_well_and_narrowed_matters_stay_narrow(
        self, clerk: User, neighbour: User, story: Story
    ) -> None:
        head = personas.person(personas.HEAD_SOCIAL)
        group = ensure_unit_role(unit("50.1"), Role.CLERK).group_id
        narrow_matters({story.matter.pk: [group]}, person(head, "test"))
        CaseFile.objects.update(status=CaseFileStatus.CLOSED)
        change = plan(merging("50.2", clerk))
        with clock.fixed(ON_THE_DAY):
            carry_out(change)
            assert sees(neighbour, story.case_file)
            matter = Matter.objects.visible_to(fresh(clerk)).get(pk=story.matter.pk)
        assert matter.narrow_to == [ensure_unit_role(unit("50.2"), Role.CLERK).group_id]

    def test_plan_entries_releases_and_units_below_follow(self, clerk: User, story: Story) -> None:
        other = w.open_file("63.10", "63.1")
        group = ensure_unit_role(unit("50.1"), Role.CLERK).group_id
        wish = NewGrant(other.pk, cause="Amtshilfe", group_id=group)
        grant_case_file_access([wish], w.machine())
        below = OrgUnit.objects.create(
            code="50.1.1", name="Außenstelle", parent=unit("50.1"), circles=["sozial"]
        )
        change = plan(merging("50.2", clerk))
        with clock.fixed(ON_THE_DAY):
            assert not sees(clerk, other)
            carry_out(change)
            assert sees(clerk, other)
        assert FilePlanEntry.objects.get(code="50.10").lead_unit == unit("50.2")
        below.refresh_from_db()
        assert below.parent == unit("50.2")
        assert below.ancestors[-2:] == [unit("50.2").pk, below.pk]

    def test_w6_a_substitution_in_the_role_goes_on_in_the_new_unit(
        self, clerk: User, neighbour: User
    ) -> None:
        Substitution.objects.create(
            represented=clerk,
            deputy=neighbour,
            unit_role=ensure_unit_role(unit("50.1"), Role.CLERK),
            valid_from=TODAY,
            valid_until=date(2026, 12, 31),
            created_by=clerk,
            created_at=MONDAY,
        )
        plan(merging("50.2", clerk))
        old, new = Substitution.objects.order_by("pk")
        assert old.valid_until == date(2026, 11, 30)
        assert (new.valid_from, new.valid_until) == (DAY, date(2026, 12, 31))
        assert new.unit_role == ensure_unit_role(unit("50.2"), Role.CLERK)

    def test_who_came_after_the_planning_goes_along(self, clerk: User, story: Story) -> None:
        change = plan(merging("50.2", clerk))
        late = User.objects.create(username="spaet", last_name="Spät")
        accounts.give_role(late, unit("50.1"), Role.SECRETARIAT)
        later = User.objects.create(username="spaeter", last_name="Später")
        accounts.give_role(later, unit("50.1"), Role.CLERK, valid_from=date(2027, 1, 1))
        with clock.fixed(ON_THE_DAY):
            carry_out(change)
            assert roles(late) == {("sekretariat", "50.2")}
            assert roles(later) == set()
        with clock.fixed(ON_THE_DAY + timedelta(days=31)):
            assert roles(later) == {("sachbearbeitung", "50.2")}

    def test_a_file_nobody_would_see_stays_and_goes_with_the_next_try(
        self, clerk: User, neighbour: User, story: Story
    ) -> None:
        """All who could see confidential files have left the new unit by the day."""
        CaseFile.objects.update(confidentiality=Confidentiality.CONFIDENTIAL)
        change = plan(merging("50.2", clerk))
        User.objects.exclude(username=personas.ADMINISTRATION).update(is_active=False)
        with clock.fixed(ON_THE_DAY):
            carry_out(change)
            assert change.job is not None
            item = change.job.items.get()
            assert item.outcome == JobItemOutcome.REFUSED
            assert "noch niemand" in item.message
            User.objects.update(is_active=True)
            job = start_again(change, person(personas.person(personas.ADMINISTRATION), "test"))
            while jobs.run_batch(job.pk):
                pass
            assert sees(clerk, story.case_file)

    def test_the_job_and_audit_say_what_happened(self, clerk: User, story: Story) -> None:
        change = plan(merging("50.2", clerk))
        with clock.fixed(ON_THE_DAY):
            carry_out(change)
        assert change.job is not None
        assert (change.job.total, change.job.changed) == (1, 1)
        assert change.job.created_by_id == personas.person(personas.ADMINISTRATION).pk
        names = Names({}, {("accounts.orgunit", change.unit_id): "50.1 Grundsicherung"})
        for action in ("planned", "carried_out"):
            entry = AuditEntry.objects.get(action=f"records.unit_change.{action}")
            assert "50.1 Grundsicherung" in sentence_for(entry, names)
        entry = AuditEntry.objects.get(action="records.case_file.followed_unit")
        assert entry.object_id == story.case_file.pk

    def test_e2_the_basket_goes_with_who_takes_care_of_it(
        self, clerk: User, neighbour: User
    ) -> None:
        items = [
            IncomingItem.objects.create(
                received_at=MONDAY,
                channel=IncomingChannel.UPLOAD,
                digest=bytes([number]) * 32,
                received_in=unit("50.1"),
                unit=unit("50.1"),
                subject="Widerspruch",
                assignee=assignee,
            )
            for number, assignee in enumerate([clerk, None])
        ]
        change = plan(merging("50.2", clerk))
        with clock.fixed(ON_THE_DAY):
            carry_out(change)
            shown = IncomingItem.objects.visible_to(fresh(neighbour)).order_by("pk")
            assert [one.assignee for one in shown] == [clerk, None]
        assert items[0].steps.filter(kind=IncomingStepKind.FORWARDED).get().target == unit("50.2")


class TestSplit:
    def test_s7_chosen_people_entries_and_files_go_the_rest_stays(
        self, clerk: User, neighbour: User, story: Story
    ) -> None:
        accounts.give_role(neighbour, unit("50.1"), Role.CLERK)
        stays = w.open_file("50.20", "50.1")
        single = w.open_file("50.20", "50.1")
        lineage = FilePlanEntry.objects.get(code="50.10").lineage
        change = plan(splitting(clerk, lineages=[lineage], files=[single.pk]))
        with clock.fixed(ON_THE_DAY):
            carry_out(change)
            assert roles(clerk) == {("sachbearbeitung", "50.4")}
            assert sees(clerk, story.case_file)
            assert sees(clerk, single)
            assert not sees(clerk, stays)
            assert sees(neighbour, stays)
            assert not sees(neighbour, single)
        new = unit("50.4")
        assert (new.parent, new.circles) == (unit("50"), ["sozial"])
        assert FilePlanEntry.objects.get(code="50.10").lead_unit == new
        assert FilePlanEntry.objects.get(code="50.20").lead_unit == unit("50.1")
        assert unit("50.1").valid_until is None

    def test_what_a_leaver_had_in_files_that_stay_is_given_up(
        self, clerk: User, neighbour: User, story: Story
    ) -> None:
        accounts.give_role(neighbour, unit("50.1"), Role.CLERK)
        change = plan(splitting(clerk))
        with clock.fixed(ON_THE_DAY):
            carry_out(change)
        story.case_file.refresh_from_db()
        assert (story.case_file.lead_unit.code, story.case_file.case_worker) == ("50.1", None)
        assert FollowUp.objects.get().owner_role == ensure_unit_role(unit("50.1"), Role.HEAD)


class TestPreview:
    def test_s2_the_preview_says_who_will_see_and_leaves_nothing_behind(
        self, clerk: User, neighbour: User, story: Story
    ) -> None:
        stays_behind = User.objects.create(username="bleibt", last_name="Bleibt")
        accounts.give_role(stays_behind, unit("50.1"), Role.CLERK)
        before = seeing(story.case_file)
        rows = Membership.objects.count(), OrgUnit.objects.count()
        wanted = merging("50.2", clerk)
        said = preview(wanted)
        assert seeing(story.case_file) == before
        assert (Membership.objects.count(), OrgUnit.objects.count()) == rows
        change = plan(wanted)
        with clock.fixed(ON_THE_DAY):
            carry_out(change)
            after = seeing(story.case_file)
        assert {one.person.user_id for one in said.gains} == after - before == {neighbour.pk}
        assert {one.person.user_id for one in said.loses} == before - after == {stays_behind.pk}

    def test_the_inventory_counts_what_goes(self, clerk: User, story: Story) -> None:
        closed = w.open_file("50.20", "50.1")
        CaseFile.objects.filter(pk=closed.pk).update(status=CaseFileStatus.CLOSED)
        found = inventory(merging("50.2", clerk).going, DAY)
        assert (found.files_open, found.files_closed, found.matters) == (1, 1, 1)
        assert found.follow_ups == 1
        assert {(one.user, one.goes) for one in found.people} == {
            (one, one == clerk)
            for one in User.objects.filter(memberships__unit_role__unit__code="50.1")
        }


def seeing(case_file: CaseFile) -> set[int]:
    """Who sees the file, by plain SQL."""
    return {user for user, file in oracle.files_seen(clock.today()) if file == case_file.pk}


class TestTakingBack:
    def test_before_the_day_it_is_as_if_it_had_never_been(self, clerk: User, story: Story) -> None:
        change = plan(merging(NewUnit("50.9", "Leistungen"), clerk))
        admin = person(personas.person(personas.ADMINISTRATION), "test")
        withdraw_change(change, admin)
        assert carry_out_unit_changes() == 0
        with clock.fixed(ON_THE_DAY):
            assert carry_out_unit_changes() == 0
            assert roles(clerk) == {("sachbearbeitung", "50.1")}
            assert sees(clerk, story.case_file)
        assert (unit("50.1").valid_until, unit("50.1").successor) == (None, None)
        with pytest.raises(IllegalState, match="schon zurückgenommen"):
            withdraw_change(change, admin)
        # The unit that never was may be made anew.
        plan(merging(NewUnit("50.9", "Soziale Leistungen"), clerk))
        assert unit("50.9").name == "Soziale Leistungen"

    def test_two_units_become_one_new_one(self, clerk: User, story: Story) -> None:
        first = plan(merging(NewUnit("50.9", "Leistungen"), clerk))
        housing = User.objects.create(username="wohngeld", last_name="Wohngeld")
        accounts.give_role(housing, unit("50.2"), Role.CLERK)
        other = w.open_file("50.30", "50.2")
        going = Going(unit("50.2"), UnitChangeKind.MERGE, [housing.pk])
        second = plan(NewChange(going, unit("50.9"), DAY))
        admin = person(personas.person(personas.ADMINISTRATION), "test")
        with pytest.raises(IllegalState, match="noch eine andere Einheit"):
            withdraw_change(first, admin)
        with clock.fixed(ON_THE_DAY):
            assert carry_out_unit_changes() == 2
            for change in (first, second):
                change.refresh_from_db()
                while change.job is not None and jobs.run_batch(change.job.pk):
                    pass
            assert sees(clerk, story.case_file)
            assert sees(clerk, other)
            assert sees(housing, story.case_file)

    def test_from_the_day_on_it_cannot_be_taken_back(self, clerk: User, story: Story) -> None:
        change = plan(merging("50.2", clerk, day=TODAY))
        assert change.carried_out_at is not None
        with pytest.raises(IllegalState, match="in Kraft"):
            withdraw_change(change, person(personas.person(personas.ADMINISTRATION), "test"))


class TestRefusals:
    @pytest.mark.parametrize(
        ("into", "field"),
        [
            ("50.1", "target"),
            ("63.1", "target"),
            (NewUnit("50.2", "Doppelt"), "new_code"),
            (NewUnit("", "Ohne Zeichen"), "new_code"),
        ],
        ids=["itself", "other circle", "known code", "no code"],
    )
    def test_targets_that_cannot_be(self, clerk: User, story: Story, into: Any, field: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            preview(merging(into, clerk))
        assert refusal.value.field == field

    def test_files_are_never_left_to_nobody(self, clerk: User, story: Story) -> None:
        with pytest.raises(InvalidInput, match="niemand, der die Akten bearbeitet"):
            plan(merging(NewUnit("50.9", "Leistungen")))

    def test_only_the_administration_and_not_for_its_own_unit(
        self, clerk: User, story: Story
    ) -> None:
        with pytest.raises(Forbidden):
            plan(merging("50.2", clerk), by=personas.HEAD_SOCIAL)
        own = Going(unit("10"), UnitChangeKind.MERGE, [])
        with pytest.raises(InvalidInput, match="eigenen Einheit"):
            plan(NewChange(own, unit("30"), DAY))

    def test_one_change_at_a_time(self, clerk: User, story: Story) -> None:
        plan(merging("50.2", clerk))
        with pytest.raises(IllegalState, match="schon eine Umgliederung"):
            plan(merging("50.3", clerk))
