"""Dates as people type them: ``24.12.``, ``241226``, ``heute``, ``morgen``, ``+14``, ``fr``."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock

NAMED_DAYS = {"vorgestern": -2, "gestern": -1, "heute": 0, "morgen": 1, "übermorgen": 2}
WEEKDAY_STARTS = ("mo", "di", "mi", "do", "fr", "sa", "so")
OFFSET = re.compile(r"([+-])\s*(\d{1,4})\s*(t|w|m|tage?n?|wochen?|monate?n?)?")
SPLIT = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.?(?:\s*(\d{4}|\d{2}))?")
PACKED = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})?")
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def parse_day(text: str, today: date) -> date:
    """The day meant by ``text``, seen from ``today``.

    A day without a year is the one nearest to today (at most half a year away); a weekday is the
    next one, never today. Raises ``ValueError`` for anything else.
    """
    word = " ".join(text.lower().split()).rstrip()
    if word in NAMED_DAYS:
        return today + timedelta(days=NAMED_DAYS[word])
    if match := OFFSET.fullmatch(word):
        return _offset(today, *match.groups())
    if match := ISO.fullmatch(word):
        return date(*(int(part) for part in match.groups()))
    if match := SPLIT.fullmatch(word) or PACKED.fullmatch(word):
        return _calendar_day(*match.groups(), today=today)
    return _weekday(word, today)


def _offset(today: date, sign: str, amount: str, unit: str | None) -> date:
    steps = int(f"{sign}{amount}")
    if (unit or "t").startswith("w"):
        return today + timedelta(weeks=steps)
    if (unit or "t").startswith("m"):
        return _add_months(today, steps)
    return today + timedelta(days=steps)


def _add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day (31 January + 1 month = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


def _calendar_day(day: str, month: str, year: str | None, *, today: date) -> date:
    if year is not None:
        return date(
            int(year) if len(year) == 4 else _century(int(year), today), int(month), int(day)
        )
    near = []
    for candidate in (today.year - 1, today.year, today.year + 1):
        try:
            near.append(date(candidate, int(month), int(day)))
        except ValueError:
            continue  # 29 February exists in some of the three years only
    if not near:
        raise ValueError("no such day")
    return min(near, key=lambda one: abs((one - today).days))


def _century(year: int, today: date) -> int:
    """Two digits mean the past, except for the next twenty years (born 51, due 31)."""
    full = today.year // 100 * 100 + year
    return full if full <= today.year + 20 else full - 100


def _weekday(word: str, today: date) -> date:
    stem = word.rstrip(".")
    full_names = [name.lower() for name in german.WEEKDAYS]
    for number, start in enumerate(WEEKDAY_STARTS):
        if stem in (start, full_names[number]):
            return today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
    raise ValueError(f"not a day: {word}")


class FreeDateField(forms.DateField):
    """A date typed freely; shown as ``24.12.2026``. Error text names what is understood."""

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _(
            "Das ist kein Datum. Verstanden werden zum Beispiel 24.12., 24.12.2026, morgen oder +14."
        ),
    }

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return parse_day(str(value), clock.today())
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        return german.short_date(value) if isinstance(value, date) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "off", "class": "desk-short"}
