"""What to ask when two people changed the same file at once: a merge question, never a loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations.models import Operation
from records.models import CaseFile


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


def merge(case_file: CaseFile, typed: Mapping[str, Any], shown_version: int) -> Merge:
    """Bring together what was typed onto ``shown_version`` and what is stored now."""
    rows = CaseFile.history.filter(id=case_file.pk)
    base = rows.filter(row_version=shown_version).first()
    values, conflicts, taken_over = dict(typed), [], []
    for name, mine in typed.items():
        stored = getattr(case_file, name)
        unchanged_by_me = base is not None and mine == getattr(base, name)
        unchanged_by_them = base is not None and stored == getattr(base, name)
        if mine == stored or unchanged_by_them:
            continue
        label = str(CaseFile._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        if unchanged_by_me:
            values[name] = stored
            taken_over.append(label)
        else:
            conflicts.append(Conflict(name, label, _text(stored), _text(mine)))
    latest = rows.order_by("-history_date", "-history_id").first()
    who, at = (_actor(latest.operation_id), latest.history_date) if latest else ("", None)
    return Merge(values, conflicts, taken_over, who, at)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _actor(operation_id: int | None) -> str:
    operation = Operation.objects.filter(pk=operation_id or 0).first()
    if operation is None:
        return ""
    person = User.objects.filter(pk=operation.actor_id or 0).first()
    return str(person) if person else operation.system
