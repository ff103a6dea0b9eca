"""German numbers, sizes, dates and durations for screens, with non-breaking spaces."""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NBSP = "\u00a0"
MONTHS = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
WEEKDAYS = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]
SIZES = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"))


def number(value: float | int | None, digits: int = 0) -> str:
    """``12345.6`` with one digit as ``12.345,6``; an empty string for None."""
    if value is None:
        return ""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,"))


def file_size(size: int | None) -> str:
    """Bytes as ``812 Byte``, ``40 KB``, ``1,2 MB``; an empty string for None."""
    if size is None:
        return ""
    for factor, unit in SIZES:
        if size >= factor:
            value = size / factor
            return f"{number(value, 0 if value >= 10 else 1)}{NBSP}{unit}"
    return f"{size}{NBSP}Byte"


def local(value: datetime) -> datetime:
    """The time in the office's time zone."""
    return timezone.localtime(value) if timezone.is_aware(value) else value


def short_date(value: date | datetime | None) -> str:
    """``24.12.2026``; an empty string for None."""
    if value is None:
        return ""
    day = local(value) if isinstance(value, datetime) else value
    return f"{day:%d.%m.%Y}"


def date_time(value: datetime | None) -> str:
    """``24.12.2026, 09:05 Uhr``; an empty string for None."""
    return f"{local(value):%d.%m.%Y, %H:%M} Uhr" if value else ""


def long_day(value: date | datetime) -> str:
    """``Donnerstag, 24. Dezember 2026``."""
    day = local(value).date() if isinstance(value, datetime) else value
    return f"{WEEKDAYS[day.weekday()]}, {day.day}.{NBSP}{MONTHS[day.month - 1]} {day.year}"


def relative_day(value: date | datetime, today: date) -> str:
    """``heute``, ``gestern``, ``morgen`` or the short date."""
    day = local(value).date() if isinstance(value, datetime) else value
    names = {0: _("heute"), -1: _("gestern"), 1: _("morgen")}
    return names.get((day - today).days) or short_date(day)


def duration(span: timedelta | float) -> str:
    """``40 Sekunden``, ``4 Minuten``, ``2 Stunden 10 Minuten``, rounded to what a person needs."""
    seconds = round(span.total_seconds() if isinstance(span, timedelta) else span)
    if seconds < 60:
        return ngettext("%(n)s Sekunde", "%(n)s Sekunden", seconds) % {"n": seconds}
    minutes = round(seconds / 60)
    if minutes < 60:
        return ngettext("%(n)s Minute", "%(n)s Minuten", minutes) % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    text = ngettext("%(n)s Stunde", "%(n)s Stunden", hours) % {"n": number(hours)}
    if not rest or hours >= 24:
        return text
    return f"{text} {ngettext('%(n)s Minute', '%(n)s Minuten', rest) % {'n': rest}}"
