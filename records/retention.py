"""When the retention of a closed file begins and ends (requirements R2): pure reckoning in days.

Periods of years are reckoned as §§ 187, 188 BGB do: the day that starts a period is not counted,
and a period ends on the day of the same name, or on the month's last day where there is none.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goettingen_ecm.desk import german
from records.choices import RetentionStart

EVENTS = (RetentionStart.FINALITY, RetentionStart.END_OF_BENEFIT, RetentionStart.LAST_PAYMENT)
EVENT_NAMES: Mapping[str, str] = {
    RetentionStart.FINALITY: "Rechtskraft",
    RetentionStart.END_OF_BENEFIT: "Leistungsende",
    RetentionStart.LAST_PAYMENT: "letzte Zahlung",
}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """What the file plan says: ``source`` is the code of the entry that set the period.

    ``years`` None without ``permanent``: the plan says nothing.
    """

    years: int | None = None
    permanent: bool = False
    transfer_years: int | None = None
    start: str = RetentionStart.YEAR_END
    source: str = ""


@dataclass(frozen=True, slots=True)
class RetentionTerm:
    """The computed dates; ``begins`` is the first day of the period, the ends its last days."""

    begins: date | None = None
    transfer_end: date | None = None
    retention_end: date | None = None


def retention_term(rule: RetentionRule, closed_on: date, event_on: date | None) -> RetentionTerm:
    """The dates of something closed on a day; none while an event the rule needs is missing.

    Retention and transfer both run from ``begins``; permanent retention has no end.
    """
    last_before = _last_day_before(rule, closed_on, event_on)
    if last_before is None:
        return RetentionTerm()
    transfer, years = rule.transfer_years, None if rule.permanent else rule.years
    return RetentionTerm(
        begins=last_before + ONE_DAY,
        transfer_end=None if transfer is None else years_after(last_before, transfer),
        retention_end=None if years is None else years_after(last_before, years),
    )


def _last_day_before(rule: RetentionRule, closed_on: date, event_on: date | None) -> date | None:
    """The day that starts the period and is not counted in it."""
    if rule.start == RetentionStart.CLOSING_DAY:
        return closed_on
    start = event_on if rule.start in EVENTS else closed_on
    return None if start is None else date(start.year, 12, 31)


def years_after(day: date, years: int) -> date:
    """The same day years later; 29 February becomes 28 February where there is none."""
    year = min(day.year + years, date.max.year)
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def derivation(rule: RetentionRule, closed_on: date | None, event_on: date | None) -> str:
    """How the end came about, in one sentence: "zdA … → Fristbeginn … → 10 Jahre → Ende …"."""
    if closed_on is None:
        start = RetentionStart(rule.start).label
        return _with_source(
            rule,
            _("%(period)s; die Frist beginnt %(start)s")
            % {"period": _period(rule), "start": start},
        )
    term = retention_term(rule, closed_on, event_on)
    steps = [_("zdA %(day)s") % {"day": german.short_date(closed_on)}]
    if rule.start in EVENTS:
        steps.append(_event(rule.start, event_on))
    if term.begins is not None:
        steps.append(_("Fristbeginn %(day)s") % {"day": german.short_date(term.begins)})
    steps.append(_period(rule))
    if term.retention_end is not None:
        steps.append(_("Ende %(day)s") % {"day": german.short_date(term.retention_end)})
    return _with_source(rule, " → ".join(steps))


def _with_source(rule: RetentionRule, sentence: str) -> str:
    if not rule.source:
        return sentence
    return _("%(sentence)s, Regel: %(code)s") % {"sentence": sentence, "code": rule.source}


def _event(start: str, event_on: date | None) -> str:
    name = EVENT_NAMES[start]
    if event_on is None:
        return _("%(event)s noch nicht eingetragen") % {"event": name}
    return f"{name} {german.short_date(event_on)}"


def _period(rule: RetentionRule) -> str:
    if rule.permanent:
        return _("unbefristet")
    if rule.years is None:
        return _("keine Frist im Aktenplan")
    return ngettext("%(n)s Jahr", "%(n)s Jahre", rule.years) % {"n": rule.years}
