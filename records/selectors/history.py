"""What happened to a case file, in German sentences, from the history of values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations.models import Operation
from records.models import CaseFile, Document, Matter

PAGE = 50
UNSHOWN = {"row_version", "indexed_at", "scope", "sort_key", "sort_date", "last_activity_at"}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history: when, who, the sentence, and what changed from what to what."""

    at: datetime
    who: str
    sentence: str
    changes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class EventPage:
    events: Sequence[Event]
    next_cursor: str | None


def case_file_history(case_file: CaseFile, *, after: str = "", limit: int = PAGE) -> EventPage:
    """The newest events of a visible file, its matters and documents."""
    cursor = Cursor.decode(after)
    moment = parse_datetime(cursor.value) if cursor else None
    # A batch writes many rows at one moment: the cursor counts how many of them were shown.
    shown_before = cursor.pk if cursor and moment else 0
    wanted = limit + 1 + shown_before
    rows = [
        *_rows(CaseFile.history.filter(id=case_file.pk), moment, wanted),
        *_rows(Matter.history.filter(case_file_id=case_file.pk), moment, wanted),
        *_rows(Document.history.filter(case_file_id=case_file.pk), moment, wanted),
    ]
    newest = nlargest(wanted, rows, key=_order)[shown_before:]
    shown = newest[:limit]
    names = _names(shown)
    events = [_event(row, names) for row in shown]
    return EventPage(events, _next(shown, moment, shown_before) if len(newest) > limit else None)


def _order(row: Any) -> tuple[datetime, str, int]:
    return (row.history_date, row._meta.db_table, row.history_id)


def _next(shown: Sequence[Any], moment: datetime | None, shown_before: int) -> str:
    last = shown[-1].history_date
    same = sum(1 for row in shown if row.history_date == last)
    return Cursor(last.isoformat(), same + (shown_before if last == moment else 0)).encode()


def _rows(history: Any, until: datetime | None, limit: int) -> list[Any]:
    if until is not None:
        history = history.filter(history_date__lte=until)
    return list(history.order_by("-history_date", "-history_id")[:limit])


def _names(rows: Sequence[Any]) -> dict[int, str]:
    """Who acted, by operation: a person's name or the system's."""
    operations = Operation.objects.in_bulk({r.operation_id for r in rows if r.operation_id})
    people = User.objects.in_bulk({o.actor_id for o in operations.values() if o.actor_id})
    names = {}
    for pk, operation in operations.items():
        person = people.get(operation.actor_id or 0)
        names[pk] = str(person) if person else operation.system or _("das System")
    return names


def _event(row: Any, names: dict[int, str]) -> Event:
    who = names.get(row.operation_id, _("das System"))
    changes = list(_changes(row)) if row.history_type == "~" else []
    return Event(row.history_date, who, _sentence(row, who), changes)


def _sentence(row: Any, who: str) -> str:
    kind = row.instance_type
    values = {"who": who, "title": row.title}
    if row.history_type == "+":
        return _created(kind) % values
    return _("%(who)s hat „%(title)s“ geändert") % values


def _created(kind: type[Any]) -> str:
    if kind is CaseFile:
        return _("%(who)s hat die Akte „%(title)s“ angelegt")
    if kind is Matter:
        return _("%(who)s hat den Vorgang „%(title)s“ angelegt")
    return _("%(who)s hat „%(title)s“ abgelegt")


def _changes(row: Any) -> Iterator[str]:
    """``Betreff: alt → neu`` for each field that differs from the row before."""
    before = row.prev_record
    if before is None:
        return
    for field in row.tracked_fields:
        if field.name in UNSHOWN:
            continue
        old, new = getattr(before, field.attname), getattr(row, field.attname)
        if old != new:
            yield f"{field.verbose_name}: {_shown(before, field, old)} → {_shown(row, field, new)}"


def _shown(row: Any, field: Any, value: Any) -> str:
    if value in (None, ""):
        return "–"
    if field.is_relation:
        return str(getattr(row, field.name))
    display = getattr(row, f"get_{field.name}_display", None)
    return str(display() if display else value)
