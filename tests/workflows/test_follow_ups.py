"""Follow-ups (W5): whose list, which days, series, undo; the people of the demo city."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.accounts import services as accounts
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, LostUpdate
from records.choices import Confidentiality
from records.follow_ups import document_target, file_target
from records.models import CaseFileExclusion, Document
from records.services.actor import person as acting_person
from records.services.rights import change_confidentiality
from records.services.scoping import recompute
from tests import personas, stories
from tests.stories import Story
from workflows import selectors
from workflows.calendar import WorkingCalendar
from workflows.choices import Series
from workflows.models import ClosingDay, FollowUp
from workflows.querysets import in_the_list_of
from workflows.services import follow_ups as services
from workflows.services.follow_ups import NewFollowUp, next_of_series
from workflows.targets import Target

MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def on_that_monday() -> Iterator[None]:
    """The days below are that week's, whenever the tests run."""
    with clock.fixed(MONDAY):
        yield


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def clerk(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


def operation(user: User) -> Operation:
    return begin("test", Acting(actor_id=user.pk))


def create(
    user: User,
    target: Target,
    wished_on: date = FRIDAY,
    role: UnitRole | None = None,
    series: Series = Series.NONE,
) -> FollowUp:
    wish = NewFollowUp(target, wished_on, "Rückfrage", role, series)
    return services.create_follow_ups([wish], actor=user, operation=operation(user))[0]


def complete(
    user: User, items: Sequence[FollowUp], *, end_series: bool = False
) -> services.Completed:
    return services.complete_follow_ups(
        items, actor=user, operation=operation(user), end_series=end_series
    )


def in_list(user: User) -> set[int]:
    return set(in_the_list_of(User.objects.get(pk=user.pk)).values_list("pk", flat=True))


def role(code: str, name: Role) -> UnitRole:
    return UnitRole.objects.get(unit__code=code, role=name)


def colleague(name: str, code: str, kind: Role = Role.CLERK) -> User:
    user = User.objects.create(username=name, last_name=name.title())
    accounts.give_role(user, OrgUnit.objects.get(code=code), kind)
    return user


class TestDays:
    def test_w5_a_day_off_becomes_the_next_working_day(self, clerk: User, story: Story) -> None:
        ClosingDay.objects.create(day=date(2026, 12, 24), name="Heiligabend")
        with clock.fixed(MONDAY):
            made = create(clerk, file_target(story.case_file), date(2026, 12, 24))
        assert (made.wished_on, made.due_on) == (date(2026, 12, 24), date(2026, 12, 28))

    @pytest.mark.parametrize("day", [date(2026, 11, 22), date(2090, 1, 1)])
    def test_past_and_very_distant_days_are_refused(
        self, day: date, clerk: User, story: Story
    ) -> None:
        with clock.fixed(MONDAY), pytest.raises(InvalidInput) as refused:
            create(clerk, file_target(story.case_file), day)
        assert refused.value.field == "wished_on"

    def test_today_is_taken(self, clerk: User, story: Story) -> None:
        with clock.fixed(MONDAY):
            assert (
                create(clerk, file_target(story.case_file), MONDAY.date()).due_on == MONDAY.date()
            )


class TestWhoseList:
    def test_w5_mine_is_in_my_list_only(self, clerk: User, story: Story) -> None:
        made = create(clerk, file_target(story.case_file), clock.today())
        assert in_list(clerk) == {made.pk}
        assert in_list(colleague("mayer", "50.1")) == set()
        assert in_list(personas.person(personas.HEAD_SOCIAL)) == set()

    def test_w5_one_for_the_unit_is_in_the_list_of_who_holds_the_role(
        self, clerk: User, story: Story
    ) -> None:
        mayer = colleague("mayer", "50.1")
        secretary = colleague("ott", "50.1", Role.SECRETARIAT)
        made = create(clerk, file_target(story.case_file), role=role("50.1", Role.CLERK))
        assert in_list(clerk) == in_list(mayer) == {made.pk}
        assert in_list(secretary) == set()
        Membership.objects.filter(user=mayer).update(valid_until=clock.today() - timedelta(days=1))
        assert in_list(mayer) == set()

    def test_w5_only_visible_targets_appear(self, clerk: User, story: Story) -> None:
        on_file = create(clerk, file_target(story.case_file))
        on_document = create(clerk, document_target(story.document))
        assert in_list(clerk) == {on_file.pk, on_document.pk}
        Document.objects.filter(pk=story.document.pk).update(status="misfiled")
        assert in_list(clerk) == {on_file.pk}
        CaseFileExclusion.objects.create(case_file=story.case_file, user=clerk, reason="befangen")
        recompute([story.case_file.pk])
        assert in_list(clerk) == set()

    def test_s3_a_list_never_names_what_is_invisible(self, clerk: User, story: Story) -> None:
        create(clerk, file_target(story.case_file), clock.today())
        CaseFileExclusion.objects.create(case_file=story.case_file, user=clerk, reason="befangen")
        recompute([story.case_file.pk])
        again = User.objects.get(pk=clerk.pk)
        assert selectors.follow_ups_page(in_the_list_of(again), again, selectors.OPEN).rows == []
        assert selectors.due_soon(again, limit=5) == []
        assert set(selectors.counts(in_the_list_of(again)).values()) == {0}
        assert selectors.chosen(again, FollowUp.objects.values_list("uuid", flat=True)) == []


class TestEscalation:
    @pytest.mark.parametrize(
        ("today", "reached"), [(date(2026, 12, 1), False), (date(2026, 12, 2), True)]
    )
    def test_w5_overdue_for_three_working_days_it_reaches_the_head(
        self, today: date, reached: bool, clerk: User, story: Story
    ) -> None:
        """Due on Friday 27 November: Monday, Tuesday, Wednesday are three working days."""
        head = personas.person(personas.HEAD_SOCIAL)
        with clock.fixed(MONDAY):
            made = create(clerk, file_target(story.case_file))
        with clock.fixed(datetime.combine(today, MONDAY.timetz())):
            assert (made.pk in in_list(head)) is reached
            assert made.pk in in_list(clerk)

    def test_w5_the_nearest_head_in_office_gets_it(self, clerk: User, story: Story) -> None:
        director = personas.person(personas.HEAD_SOCIAL)
        nearest = colleague("adler", "50", Role.HEAD)
        with clock.fixed(MONDAY):
            made = create(clerk, file_target(story.case_file))
        with clock.fixed(MONDAY + timedelta(days=30)):
            assert made.pk in in_list(nearest)
            assert made.pk not in in_list(director)

    def test_w5_whose_person_left_reaches_the_head_on_its_day(
        self, clerk: User, story: Story
    ) -> None:
        head = personas.person(personas.HEAD_SOCIAL)
        with clock.fixed(MONDAY):
            made = create(clerk, file_target(story.case_file))
            Membership.objects.filter(user=clerk).update(valid_until=MONDAY.date())
        with clock.fixed(MONDAY + timedelta(days=3)):
            assert made.pk not in in_list(head)
        with clock.fixed(MONDAY + timedelta(days=4)):
            assert in_list(head) == {made.pk}
            assert in_list(clerk) == set()

    def test_w5_what_its_person_may_no_longer_see_reaches_the_head(
        self, quick_city: None, clerk: User, story: Story
    ) -> None:
        head = personas.person(personas.HEAD_SOCIAL)
        secretary = colleague("ott", "50.1", Role.SECRETARIAT)
        with clock.fixed(MONDAY):
            made = create(secretary, file_target(story.case_file))
            level = {story.case_file.pk: Confidentiality.CONFIDENTIAL}
            change_confidentiality(level, acting_person(head, "test"))
        with clock.fixed(MONDAY + timedelta(days=30)):
            assert in_list(secretary) == set()
            assert in_list(head) == {made.pk}

    def test_a_head_outside_the_circle_gets_nothing(self, clerk: User, story: Story) -> None:
        mayor = colleague("koenig", "OB", Role.HEAD)
        with clock.fixed(MONDAY):
            create(clerk, file_target(story.case_file))
        with clock.fixed(MONDAY + timedelta(days=30)):
            assert in_list(mayor) == set()


class TestDone:
    def test_w5_done_leaves_the_open_list_and_can_be_taken_back(
        self, clerk: User, story: Story
    ) -> None:
        made = create(clerk, file_target(story.case_file))
        step = operation(clerk)
        services.complete_follow_ups([made], actor=clerk, operation=step)
        assert selectors.counts(in_the_list_of(clerk))[selectors.OPEN] == 0
        assert [
            row.item.pk
            for row in selectors.follow_ups_page(in_the_list_of(clerk), clerk, selectors.DONE).rows
        ] == [made.pk]
        services.reopen_follow_ups(step, actor=clerk, operation=operation(clerk))
        made.refresh_from_db()
        assert (made.done_at, made.done_by, made.row_version) == (None, None, 3)

    def test_done_twice_is_said_not_done_again(self, clerk: User, story: Story) -> None:
        made = create(clerk, file_target(story.case_file), series=Series.WEEKLY)
        complete(clerk, [made])
        again = complete(clerk, [made])
        assert (len(again.done), len(again.before), len(again.following)) == (0, 1, 0)
        assert FollowUp.objects.count() == 2

    def test_w5_a_series_brings_the_next_one(self, clerk: User, story: Story) -> None:
        with clock.fixed(MONDAY):
            made = create(clerk, file_target(story.case_file), series=Series.MONTHLY)
            following = complete(clerk, [made]).following[0]
        # 27 December 2026 is a Sunday
        assert (following.wished_on, following.due_on) == (date(2026, 12, 27), date(2026, 12, 28))
        assert (following.owner, following.reason) == (clerk, "Rückfrage")

    def test_w5_missed_days_of_a_series_are_not_made_up_for(
        self, clerk: User, story: Story
    ) -> None:
        with clock.fixed(MONDAY):
            made = create(clerk, file_target(story.case_file), series=Series.WEEKLY)
        with clock.fixed(MONDAY + timedelta(days=30)):
            following = complete(clerk, [made]).following
        assert [one.wished_on for one in following] == [date(2026, 12, 25)]

    def test_w5_a_series_can_end(self, clerk: User, story: Story) -> None:
        made = create(clerk, file_target(story.case_file), series=Series.YEARLY)
        assert complete(clerk, [made], end_series=True).following == []
        assert FollowUp.objects.filter(done_at__isnull=True).count() == 0

    def test_taking_back_withdraws_the_next_one_of_the_series(
        self, clerk: User, story: Story
    ) -> None:
        made = create(clerk, file_target(story.case_file), series=Series.WEEKLY)
        step = operation(clerk)
        services.complete_follow_ups([made], actor=clerk, operation=step)
        services.reopen_follow_ups(step, actor=clerk, operation=operation(clerk))
        assert FollowUp.objects.filter(done_at__isnull=True).get() == made

    def test_taking_back_is_refused_once_the_next_one_was_touched(
        self, clerk: User, story: Story
    ) -> None:
        made = create(clerk, file_target(story.case_file), series=Series.WEEKLY)
        step = operation(clerk)
        following = services.complete_follow_ups([made], actor=clerk, operation=step).following
        complete(clerk, following)
        with pytest.raises(IllegalState):
            services.reopen_follow_ups(step, actor=clerk, operation=operation(clerk))
        made.refresh_from_db()
        assert made.done_at is not None

    @given(
        start=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
        series=st.sampled_from([Series.WEEKLY, Series.MONTHLY, Series.YEARLY]),
        days=st.integers(0, 3000),
    )
    def test_the_next_day_of_a_series_lies_after_and_keeps_its_day(
        self, start: date, series: Series, days: int
    ) -> None:
        after = start + timedelta(days=days)
        found = next_of_series(start, series, after)
        longest = {Series.WEEKLY: 7, Series.MONTHLY: 31, Series.YEARLY: 366}[series]
        assert after < found <= after + timedelta(days=longest)
        if series == Series.WEEKLY:
            assert found.weekday() == start.weekday()
        else:
            assert found.day == start.day or start.day > 28


class TestPostponed:
    def test_w5_another_day_moves_to_a_working_day(self, clerk: User, story: Story) -> None:
        with clock.fixed(MONDAY):
            made = create(clerk, file_target(story.case_file))
            moved = self.postpone(clerk, made, date(2026, 12, 5))
        assert (moved.wished_on, moved.due_on) == (date(2026, 12, 5), date(2026, 12, 7))
        assert WorkingCalendar().is_working_day(moved.due_on)

    def test_what_somebody_changed_meanwhile_is_not_overwritten(
        self, clerk: User, story: Story
    ) -> None:
        with clock.fixed(MONDAY):
            made = create(clerk, file_target(story.case_file))
            self.postpone(clerk, made, date(2026, 12, 7))
            with pytest.raises(LostUpdate):
                self.postpone(clerk, made, date(2026, 12, 8), version=1)
        made.refresh_from_db()
        assert made.due_on == date(2026, 12, 7)

    def test_done_ones_are_not_moved(self, clerk: User, story: Story) -> None:
        made = create(clerk, file_target(story.case_file))
        complete(clerk, [made])
        with pytest.raises(IllegalState):
            self.postpone(clerk, made, clock.today())

    @staticmethod
    def postpone(user: User, item: FollowUp, day: date, version: int | None = None) -> FollowUp:
        versions = {} if version is None else {item.pk: version}
        return services.postpone_follow_ups(
            [item], day, actor=user, operation=operation(user), versions=versions
        )[0]


class TestRefused:
    def test_foreign_follow_ups_are_left_alone(self, clerk: User, story: Story) -> None:
        made = create(clerk, file_target(story.case_file))
        mayer = colleague("mayer", "50.1")
        with pytest.raises(Forbidden):
            complete(mayer, [made])
        made.refresh_from_db()
        assert made.done_at is None

    def test_no_follow_up_on_what_one_does_not_see(self, story: Story) -> None:
        with pytest.raises(Forbidden):
            create(personas.person(personas.CLERK_BUILDING), file_target(story.case_file))

    def test_no_follow_up_for_a_foreign_unit(self, clerk: User, story: Story) -> None:
        with pytest.raises(Forbidden):
            create(clerk, file_target(story.case_file), role=role("63.1", Role.CLERK))


def test_the_audit_names_the_target_and_no_text(clerk: User, story: Story) -> None:
    made = create(clerk, file_target(story.case_file))
    entry = AuditEntry.objects.get(action=services.CREATED)
    assert (entry.object_type, entry.object_id) == ("records.casefile", story.case_file.pk)
    assert entry.digests == {"follow_up_id": made.pk, "due_on": made.due_on.isoformat()}


def test_pages_follow_each_other_without_gap(clerk: User, story: Story) -> None:
    target = file_target(story.case_file)
    with clock.fixed(MONDAY):
        days = [date(2026, 12, 1 + n % 3) for n in range(7)]
        wanted = [NewFollowUp(target, day) for day in days]
        services.create_follow_ups(wanted, actor=clerk, operation=operation(clerk))
    seen: list[tuple[date, int]] = []
    cursor: Cursor | None = None
    for _ in range(4):
        page = selectors.follow_ups_page(
            in_the_list_of(clerk), clerk, selectors.OPEN, limit=2, after=cursor
        )
        seen += [(row.item.due_on, row.item.pk) for row in page.rows]
        cursor = Cursor.decode(page.next_cursor) if page.next_cursor else None
    assert cursor is None
    assert seen == sorted(seen)
    assert len(seen) == 7
