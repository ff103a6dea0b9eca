"""German numbers, sizes, dates, durations: expected texts written by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from goettingen_ecm.desk import german
from goettingen_ecm.desk.progress import Progress
from goettingen_ecm.desk.templatetags.desk import initials

MORNING = datetime(2026, 11, 23, 6, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0, 0, "0"), (1284, 0, "1.284"), (1234567.891, 2, "1.234.567,89"), (-5200, 0, "-5.200")],
)
def test_number(value: float, digits: int, text: str) -> None:
    assert german.number(value, digits) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0\u00a0Byte"),
        (1023, "1023\u00a0Byte"),
        (1024, "1,0\u00a0KB"),
        (40 * 1024, "40\u00a0KB"),
        (1258291, "1,2\u00a0MB"),
        (3 * 1024**3, "3,0\u00a0GB"),
        (None, ""),
    ],
)
def test_file_size(size: int | None, text: str) -> None:
    assert german.file_size(size) == text


def test_points_in_time_are_shown_in_the_offices_time_zone() -> None:
    assert german.date_time(MORNING) == "23.11.2026, 07:42 Uhr"
    assert german.short_date(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == "23.11.2026"
    assert german.long_day(MORNING) == "Montag, 23.\u00a0November 2026"


@pytest.mark.parametrize(("offset", "text"), [(0, "heute"), (-1, "gestern"), (1, "morgen")])
def test_near_days_have_names(offset: int, text: str) -> None:
    today = date(2026, 11, 23)
    assert german.relative_day(today + timedelta(days=offset), today) == text


def test_other_days_are_dates() -> None:
    assert german.relative_day(date(2026, 11, 20), date(2026, 11, 23)) == "20.11.2026"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 Sekunde"),
        (59, "59 Sekunden"),
        (61, "1 Minute"),
        (7800, "2 Stunden 10 Minuten"),
        (3600, "1 Stunde"),
        (100 * 3600 + 600, "100 Stunden"),
    ],
)
def test_duration(seconds: int, text: str) -> None:
    assert german.duration(seconds) == text


def test_progress_says_count_rate_and_remaining_time() -> None:
    progress = Progress(1240, 5200, MORNING, MORNING + timedelta(seconds=62))
    assert progress.text == "1.240 von 5.200 · 20 je Sekunde · noch etwa 3 Minuten"
    assert progress.percent == 23


def test_progress_has_no_rate_before_it_can_be_measured() -> None:
    assert Progress(5, 100, MORNING, MORNING + timedelta(seconds=1)).text == "5 von 100"


def test_slow_progress_is_told_per_minute() -> None:
    progress = Progress(30, 60, MORNING, MORNING + timedelta(minutes=10))
    assert progress.rate_text == "3 je Minute"
    assert progress.remaining_text == "noch etwa 10 Minuten"


def test_finished_and_unknown_totals() -> None:
    assert Progress(9, 9, MORNING, MORNING + timedelta(seconds=9)).remaining_text == ""
    assert Progress(7, 0).text == "7"
    assert Progress(7, 0).percent == 0


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Dr. Katrin Heise", "KH"), ("Jens Albers", "JA"), ("Poststelle", "P"), ("", "")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters
