"""Dates as people type them; expected days from a calendar, not from the code."""

from datetime import date, timedelta

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from goettingen_ecm.desk.fields import FreeDateField, parse_day
from goettingen_ecm.operations import clock

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("heute", date(2026, 11, 23)),
        (" Morgen ", date(2026, 11, 24)),
        ("gestern", date(2026, 11, 22)),
        ("übermorgen", date(2026, 11, 25)),
        ("+14", date(2026, 12, 7)),
        ("-3", date(2026, 11, 20)),
        ("+2w", date(2026, 12, 7)),
        ("+1 Monat", date(2026, 12, 23)),
        ("24.12.", date(2026, 12, 24)),
        ("24.12", date(2026, 12, 24)),
        ("5.1.", date(2027, 1, 5)),
        ("30.6.", date(2026, 6, 30)),
        ("24.12.26", date(2026, 12, 24)),
        ("1.2.51", date(1951, 2, 1)),
        ("24. 12. 2026", date(2026, 12, 24)),
        ("241226", date(2026, 12, 24)),
        ("24122026", date(2026, 12, 24)),
        ("2026-12-24", date(2026, 12, 24)),
        ("fr", date(2026, 11, 27)),
        ("Montag", date(2026, 11, 30)),
        ("So.", date(2026, 11, 29)),
        ("29.2.28", date(2028, 2, 29)),
    ],
)
def test_understood(text: str, day: date) -> None:
    assert parse_day(text, MONDAY) == day


@pytest.mark.parametrize("text", ["", "31.2.", "31.2.2026", "bald", "12", "+", "1.13.2026", "++3"])
def test_not_understood(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_day(text, MONDAY)


def test_a_leap_day_without_year_is_the_nearest_one() -> None:
    assert parse_day("29.2.", date(2027, 12, 1)) == date(2028, 2, 29)
    with pytest.raises(ValueError, match="no such day"):
        parse_day("29.2.", date(2026, 6, 1))


def test_a_month_on_from_its_last_day_stays_in_the_next_month() -> None:
    assert parse_day("+1m", date(2026, 1, 31)) == date(2026, 2, 28)
    assert parse_day("-1m", date(2026, 1, 31)) == date(2025, 12, 31)


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)))
def test_what_the_field_shows_it_also_reads(day: date) -> None:
    assert parse_day(day.strftime("%d.%m.%Y"), MONDAY) == day


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(-170, 170))
def test_a_day_without_year_is_near(today: date, distance: int) -> None:
    day = today + timedelta(days=distance)
    if (day.month, day.day) != (2, 29):
        assert parse_day(f"{day.day}.{day.month}.", today) == day


class DueForm(forms.Form):
    due = FreeDateField(label="Wiedervorlage", required=False)


def test_the_field_reads_relative_days_from_the_offices_clock() -> None:
    form = DueForm({"due": "+14"})
    assert form.is_valid()
    assert form.cleaned_data["due"] == clock.today() + timedelta(days=14)


def test_the_field_keeps_what_was_typed_and_explains() -> None:
    form = DueForm({"due": "bald"})
    assert "Verstanden werden" in str(form.errors["due"])
    assert 'value="bald"' in str(form["due"])


def test_the_field_shows_german_dates_and_takes_nothing() -> None:
    assert 'value="24.12.2026"' in str(DueForm(initial={"due": date(2026, 12, 24)})["due"])
    empty = DueForm({"due": ""})
    assert empty.is_valid()
    assert empty.cleaned_data["due"] is None
