"""What to ask when two people changed the same object at once: a merge question, never a loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from goettingen_ecm.accounts.models import User
from goettingen_ecm.desk import german
from goettingen_ecm.operations.models import Operation
from records.models import CaseFile, Document, Matter, Participation, Party


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field both changed: the value that is stored now and the one that was typed."""

    name: str
    label: str
    stored: str
    typed: str


@dataclass(frozen=True, slots=True)
class Merge:
    """``values`` is the form's new state: what only one of the two changed is taken from that one."""

    values: Mapping[str, Any]
    conflicts: Sequence[Conflict]
    taken_over: Sequence[str] = field(default_factory=list)
    who: str = ""
    at: datetime | None = None


def merge(
    current: CaseFile | Matter | Document | Participation | Party,
    typed: Mapping[str, Any],
    shown_version: int,
) -> Merge:
    """Bring together what was typed onto ``shown_version`` and what is stored now."""
    rows = type(current).history.filter(id=current.pk)
    base = rows.filter(row_version=shown_version).first()
    values, conflicts, taken_over = dict(typed), [], []
    for name, mine in typed.items():
        stored = getattr(current, name)
        unchanged_by_me = base is not None and mine == getattr(base, name)
        unchanged_by_them = base is not None and stored == getattr(base, name)
        if mine == stored or unchanged_by_them:
            continue
        column: Any = current._meta.get_field(name)
        label = str(column.verbose_name)
        if unchanged_by_me:
            values[name] = stored
            taken_over.append(label)
        else:
            conflicts.append(Conflict(name, label, _text(column, stored), _text(column, mine)))
    latest = rows.order_by("-history_date", "-history_id").first()
    who, at = (_actor(latest.operation_id), latest.history_date) if latest else ("", None)
    return Merge(values, conflicts, taken_over, who, at)


def _text(column: Any, value: Any) -> str:
    if isinstance(value, date):
        return german.short_date(value)
    return "" if value is None else str(dict(column.flatchoices).get(value, value))


def _actor(operation_id: int | None) -> str:
    operation = Operation.objects.filter(pk=operation_id or 0).first()
    if operation is None:
        return ""
    person = User.objects.filter(pk=operation.actor_id or 0).first()
    return str(person) if person else operation.system
