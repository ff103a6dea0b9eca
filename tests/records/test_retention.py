"""Retention dates (R2): examples worked out by hand, and what holds for every day and period."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from records.choices import RetentionStart
from records.retention import EVENTS, RetentionRule, derivation, retention_term, years_after

DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))
YEARS = st.integers(0, 150)
CLOSED = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("start", "closed", "event", "begins", "end"),
    [
        (RetentionStart.YEAR_END, CLOSED, None, date(2027, 1, 1), date(2036, 12, 31)),
        (RetentionStart.YEAR_END, date(2026, 12, 31), None, date(2027, 1, 1), date(2036, 12, 31)),
        (RetentionStart.YEAR_END, date(2027, 1, 1), None, date(2028, 1, 1), date(2037, 12, 31)),
        (RetentionStart.CLOSING_DAY, CLOSED, None, date(2026, 3, 15), date(2036, 3, 14)),
        (RetentionStart.CLOSING_DAY, date(2028, 2, 29), None, date(2028, 3, 1), date(2038, 2, 28)),
        (RetentionStart.CLOSING_DAY, date(2026, 2, 28), None, date(2026, 3, 1), date(2036, 2, 28)),
        (RetentionStart.CLOSING_DAY, date(2026, 1, 31), None, date(2026, 2, 1), date(2036, 1, 31)),
        (RetentionStart.FINALITY, CLOSED, date(2025, 6, 1), date(2026, 1, 1), date(2035, 12, 31)),
        (RetentionStart.LAST_PAYMENT, CLOSED, date(2029, 1, 2), date(2030, 1, 1), date(2039, 12, 31)),
        (RetentionStart.END_OF_BENEFIT, CLOSED, None, None, None),
    ],
)  # fmt: skip
def test_r2_the_period_starts_and_ends_by_the_rule_of_the_entry(
    start: str, closed: date, event: date | None, begins: date | None, end: date | None
) -> None:
    term = retention_term(RetentionRule(years=10, start=start), closed, event)
    assert (term.begins, term.retention_end) == (begins, end)


def test_r2_unlimited_retention_has_no_end_but_is_transferred() -> None:
    term = retention_term(RetentionRule(permanent=True, years=10, transfer_years=2), CLOSED, None)
    assert (term.retention_end, term.transfer_end) == (None, date(2028, 12, 31))


def test_r2_a_plan_that_says_nothing_gives_no_end() -> None:
    term = retention_term(RetentionRule(), CLOSED, None)
    assert (term.begins, term.transfer_end, term.retention_end) == (date(2027, 1, 1), None, None)


@given(DAYS, YEARS)
@example(date(2028, 2, 29), 10)
def test_r2_year_end_gives_full_calendar_years(closed: date, years: int) -> None:
    end = retention_term(RetentionRule(years=years), closed, None).retention_end
    assert end == date(closed.year + years, 12, 31)


@given(DAYS, YEARS)
@example(date(2028, 2, 29), 1)
@example(date(2096, 2, 29), 4)
def test_r2_a_period_by_day_ends_on_the_day_of_the_same_name(closed: date, years: int) -> None:
    rule = RetentionRule(years=years, start=RetentionStart.CLOSING_DAY)
    end = retention_term(rule, closed, None).retention_end
    assert end is not None
    assert (end.year, end.month) == (closed.year + years, closed.month)
    leap_day = (closed.month, closed.day) == (2, 29)
    has_leap_day = (date(end.year, 3, 1) - timedelta(days=1)).day == 29
    assert end.day == (28 if leap_day and not has_leap_day else closed.day)


@given(DAYS, DAYS, YEARS, st.sampled_from(RetentionStart.values))
def test_r2_later_closing_or_event_never_ends_earlier(
    one: date, other: date, years: int, start: str
) -> None:
    rule = RetentionRule(years=years, start=start)
    early, late = sorted([one, other])
    ends = [retention_term(rule, day, day).retention_end for day in (early, late)]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0] <= ends[1]


@given(DAYS, st.integers(0, 80), st.integers(0, 80))
def test_r2_the_longer_period_ends_later(day: date, fewer: int, more: int) -> None:
    assert (years_after(day, fewer) <= years_after(day, more)) == (fewer <= more)


@given(DAYS, DAYS, st.sampled_from(EVENTS))
def test_r2_with_an_event_the_closing_day_does_not_count(
    closed: date, event: date, start: str
) -> None:
    rule = RetentionRule(years=5, start=start)
    assert retention_term(rule, closed, event) == retention_term(rule, event, event)


def test_r2_no_period_leaves_the_calendar() -> None:
    assert years_after(date(2026, 1, 1), 32_767) == date(9999, 1, 1)


@pytest.mark.parametrize(
    ("rule", "closed", "event", "sentence"),
    [
        (
            RetentionRule(years=10, source="11.20.1"),
            CLOSED,
            None,
            "zdA 14.03.2026 → Fristbeginn 01.01.2027 → 10 Jahre → Ende 31.12.2036, Regel: 11.20.1",
        ),
        (
            RetentionRule(years=1, start=RetentionStart.FINALITY, source="32.1"),
            CLOSED,
            date(2026, 5, 2),
            "zdA 14.03.2026 → Rechtskraft 02.05.2026 → Fristbeginn 01.01.2027 → 1 Jahr"
            " → Ende 31.12.2027, Regel: 32.1",
        ),
        (
            RetentionRule(years=6, start=RetentionStart.LAST_PAYMENT, source="20"),
            CLOSED,
            None,
            "zdA 14.03.2026 → letzte Zahlung noch nicht eingetragen → 6 Jahre, Regel: 20",
        ),
        (
            RetentionRule(permanent=True, source="10.1"),
            CLOSED,
            None,
            "zdA 14.03.2026 → Fristbeginn 01.01.2027 → unbefristet, Regel: 10.1",
        ),
        (
            RetentionRule(),
            CLOSED,
            None,
            "zdA 14.03.2026 → Fristbeginn 01.01.2027 → keine Frist im Aktenplan",
        ),
    ],
)
def test_r2_the_derivation_is_one_sentence(
    rule: RetentionRule, closed: date, event: date | None, sentence: str
) -> None:
    assert derivation(rule, closed, event) == sentence


def test_r2_before_closing_the_derivation_says_when_the_period_will_begin() -> None:
    rule = RetentionRule(years=10, start=RetentionStart.FINALITY, source="32.1")
    assert derivation(rule, None, None) == (
        "10 Jahre; die Frist beginnt nach Ablauf des Jahres der Rechtskraft, Regel: 32.1"
    )
