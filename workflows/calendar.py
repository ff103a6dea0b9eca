"""Working days: Monday to Friday without the holidays of Niedersachsen and the office's closing days.

Holidays come from the library ``holidays``, closing days from ``ClosingDay`` (Django admin).
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from workflows.models import ClosingDay

COUNTRY, STATE = "DE", "NI"
FIRST_YEAR, LAST_YEAR = 1990, 2400
"""German law of holidays before 1990 was two countries'; later years are plain arithmetic."""
SATURDAY = 5
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The calendar with the given closing days; ``load()`` reads the office's own.

    Every method raises ValueError for days outside the years 1990 to 2400.
    """

    closing_days: Set[date] = frozenset()

    def is_working_day(self, day: date) -> bool:
        """Neither weekend nor holiday nor closing day."""
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError(f"no working days known for {day.year}")
        return (
            day.weekday() < SATURDAY
            and day not in self.closing_days
            and day not in _holidays_of(day.year)
        )

    def next_working_day(self, day: date) -> date:
        """The day itself when it is one, otherwise the next one."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, amount: int) -> date:
        """The ``amount``-th working day after ``day`` (before it when negative).

        0 is the day itself or, when that is none, the next working day.
        """
        if amount == 0:
            return self.next_working_day(day)
        step = ONE_DAY if amount > 0 else -ONE_DAY
        for _ in range(abs(amount)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def passed(self, day: date, today: date) -> int:
        """How many working days lie after ``day`` up to and including ``today``; 0 if none do."""
        span = (today - day).days
        return sum(self.is_working_day(day + n * ONE_DAY) for n in range(1, span + 1))

    def latest_passed(self, today: date, amount: int) -> date:
        """The latest day after which ``amount`` (at least 1) working days passed, today included."""
        if amount < 1:
            raise ValueError("at least one working day")
        return self.add_working_days(today + ONE_DAY, -amount) - ONE_DAY


def load() -> WorkingCalendar:
    """The office's calendar as it stands now (one small query)."""
    return WorkingCalendar(frozenset(ClosingDay.objects.values_list("day", flat=True)))


@cache
def _holidays_of(year: int) -> Set[date]:
    # The years of one process are few; the library computes one in about a millisecond.
    return frozenset(holidays.country_holidays(COUNTRY, subdiv=STATE, years=year, expand=False))
