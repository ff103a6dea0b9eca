"""Working hours: time that passes only while the office is open."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from workflows.calendar import WorkingCalendar

ONE_DAY = timedelta(days=1)


def add_office_hours(moment: datetime, hours: float, days: WorkingCalendar) -> datetime:
    """The moment ``hours`` (at least 0) of opening time after ``moment``, in local time.

    The office is open on working days between the two hours of ``settings.OFFICE_HOURS``.
    Raises ValueError for days the calendar does not know.
    """
    at, left = _open_from(timezone.localtime(moment), days), timedelta(hours=hours)
    while left > (today := _at(at, settings.OFFICE_HOURS[1]) - at):
        left -= today
        at = _open_from(_at(at + ONE_DAY, 0), days)
    return at + left


def _open_from(at: datetime, days: WorkingCalendar) -> datetime:
    """``at`` itself when the office is open then, otherwise when it opens next."""
    opens, closes = settings.OFFICE_HOURS
    if not days.is_working_day(at.date()) or at >= _at(at, closes):
        day = days.next_working_day(at.date() + ONE_DAY)
        return _at(at, opens).replace(year=day.year, month=day.month, day=day.day)
    return max(at, _at(at, opens))


def _at(at: datetime, hour: int) -> datetime:
    return at.replace(hour=hour, minute=0, second=0, microsecond=0)
