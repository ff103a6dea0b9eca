"""Working days: checked against days known by hand and against counting day by day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import calendar
from workflows.calendar import WorkingCalendar
from workflows.models import ClosingDay

PLAIN = WorkingCalendar()
DAYS = st.dates(date(1995, 1, 1), date(2090, 12, 31))
AMOUNTS = st.integers(-60, 60)
CLOSING = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=40)
NEAR = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),  # a Monday
        (date(2026, 11, 21), False),  # Saturday
        (date(2026, 11, 22), False),  # Sunday
        (date(2025, 10, 31), False),  # Reformationstag: since 2018 in Niedersachsen
        (date(2016, 10, 31), True),  # not yet then
        (date(2026, 10, 3), False),  # Tag der Deutschen Einheit
        (date(2026, 4, 3), False),  # Karfreitag
        (date(2026, 5, 14), False),  # Himmelfahrt
        (date(2026, 6, 4), True),  # Fronleichnam is none here
        (date(2026, 1, 6), True),  # Heilige Drei Könige neither
        (date(2026, 12, 24), True),  # no holiday by law
        (date(2026, 12, 25), False),
    ],
)
def test_w5_holidays_are_those_of_niedersachsen(day: date, works: bool) -> None:
    assert PLAIN.is_working_day(day) is works


def test_w5_christmas_week_by_hand() -> None:
    office = WorkingCalendar(frozenset({date(2026, 12, 24), date(2026, 12, 31)}))
    assert office.next_working_day(date(2026, 12, 24)) == date(2026, 12, 28)
    assert office.add_working_days(date(2026, 12, 23), 1) == date(2026, 12, 28)
    assert office.add_working_days(date(2026, 12, 28), -1) == date(2026, 12, 23)
    assert office.add_working_days(date(2026, 12, 30), 1) == date(2027, 1, 4)
    assert office.passed(date(2026, 12, 23), date(2026, 12, 29)) == 2
    assert office.latest_passed(date(2026, 12, 29), 2) == date(2026, 12, 27)


@pytest.mark.usefixtures("quick_city")
def test_w5_closing_days_are_data() -> None:
    day = date(2026, 12, 24)
    assert calendar.load().is_working_day(day)
    ClosingDay.objects.create(day=day, name="Heiligabend")
    assert not calendar.load().is_working_day(day)


@given(closing=CLOSING, day=NEAR)
def test_the_next_working_day_is_the_first_one(closing: frozenset[date], day: date) -> None:
    office = WorkingCalendar(closing)
    found = office.next_working_day(day)
    between = [day + timedelta(days=n) for n in range((found - day).days)]
    assert office.is_working_day(found)
    assert not any(office.is_working_day(one) for one in between)


@given(closing=CLOSING, day=NEAR, amount=AMOUNTS)
def test_added_days_are_counted_days(closing: frozenset[date], day: date, amount: int) -> None:
    office = WorkingCalendar(closing)
    found = office.add_working_days(day, amount)
    assert office.is_working_day(found)
    if amount > 0:
        assert office.passed(day, found) == amount
    elif amount < 0:
        assert office.passed(found - timedelta(days=1), day - timedelta(days=1)) == -amount


@given(day=DAYS, first=st.integers(1, 30), second=st.integers(1, 30))
def test_adding_twice_is_adding_the_sum(day: date, first: int, second: int) -> None:
    step = PLAIN.add_working_days(day, first)
    assert PLAIN.add_working_days(step, second) == PLAIN.add_working_days(day, first + second)


@given(closing=CLOSING, due=NEAR, today=NEAR, amount=st.integers(1, 20))
def test_latest_passed_is_the_border(
    closing: frozenset[date], due: date, today: date, amount: int
) -> None:
    office = WorkingCalendar(closing)
    assert (office.passed(due, today) >= amount) is (due <= office.latest_passed(today, amount))


def test_years_without_known_law_are_refused() -> None:
    with pytest.raises(ValueError, match="1989"):
        PLAIN.is_working_day(date(1989, 12, 29))
    with pytest.raises(ValueError, match="at least one"):
        PLAIN.latest_passed(date(2026, 11, 23), 0)
