"""Time that passes only while the office is open (W8: locks that end by themselves)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from workflows.calendar import WorkingCalendar
from workflows.office_hours import add_office_hours

BERLIN = ZoneInfo("Europe/Berlin")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        pytest.param(at(23, 8), 8, at(23, 16), id="within a day"),
        pytest.param(at(23, 10), 8, at(23, 18), id="until the office closes"),
        pytest.param(at(23, 16, 30), 8, at(24, 13, 30), id="over night"),
        pytest.param(at(27, 17), 8, at(30, 14), id="over the weekend"),
        pytest.param(at(28, 11), 8, at(30, 15), id="begun on a Saturday"),
        pytest.param(at(23, 5), 8, at(23, 15), id="before the office opens"),
        pytest.param(at(23, 19), 1, at(24, 8), id="after it closed"),
        pytest.param(at(24, 17, month=12), 2, at(28, 8, month=12), id="over Christmas"),
        pytest.param(at(23, 8), 24, at(25, 10), id="longer than a day"),
    ],
)
def test_hours_count_while_the_office_is_open(start: datetime, hours: float, end: datetime) -> None:
    assert add_office_hours(start, hours, WorkingCalendar()) == end


def test_closing_days_do_not_count() -> None:
    closed = WorkingCalendar(frozenset([date(2026, 11, 24)]))
    assert add_office_hours(at(23, 17), 2, closed) == at(25, 8)


def test_a_moment_in_utc_is_read_in_local_time() -> None:
    start = at(23, 16).astimezone(ZoneInfo("UTC"))
    assert add_office_hours(start, 3, WorkingCalendar()) == at(24, 8)
