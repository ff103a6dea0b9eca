"""What to ask when two people changed the same object at once: a merge question, never a loss."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.desk import german
from goettingen_ecm.operations.models import Operation
from records import business_data
from records.models import (
    CaseFile,
    Document,
    FilePlanEntry,
    FileTypeField,
    Matter,
    Participation,
    Party,
)


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
    current: CaseFile | Matter | Document | Participation | Party | FilePlanEntry,
    typed: Mapping[str, Any],
    shown_version: int,
    business: Mapping[str, FileTypeField] | None = None,
) -> Merge:
    """Bring together what was typed onto ``shown_version`` and what is stored now.

    ``business``: which of the typed names are Fachdaten, each asked for by itself.
    """
    rows = type(current).history.filter(id=current.pk)
    base = rows.filter(row_version=shown_version).first()
    values, conflicts, taken_over = dict(typed), [], []
    for name, mine in typed.items():
        part = _Part(name, (business or {}).get(name))
        mine = None if part.field and mine == "" else mine
        stored = part.of(current)
        unchanged_by_me = base is not None and mine == part.of(base)
        unchanged_by_them = base is not None and stored == part.of(base)
        if mine == stored or unchanged_by_them:
            continue
        label = part.label(current)
        if unchanged_by_me:
            values[name] = stored
            taken_over.append(label)
        else:
            conflicts.append(
                Conflict(name, label, *(part.text(current, one) for one in (stored, mine)))
            )
    latest = rows.order_by("-history_date", "-history_id").first()
    who, at = (_actor(latest.operation_id), latest.history_date) if latest else ("", None)
    return Merge(values, conflicts, taken_over, who, at)


@dataclass(frozen=True, slots=True)
class _Part:
    """A column of the object, or one of its Fachdaten."""

    name: str
    field: FileTypeField | None = None

    def of(self, row: Any) -> Any:
        if self.field is None:
            return getattr(row, self.name)
        return business_data.value_of(self.field, row.business_data)

    def label(self, current: Any) -> str:
        if self.field is not None:
            return self.field.label
        return str(current._meta.get_field(self.name).verbose_name)

    def text(self, current: Any, value: Any) -> str:
        if self.field is None:
            return _text(current._meta.get_field(self.name), value)
        return "" if value is None else business_data.shown(self.field, value)


def _text(column: Any, value: Any) -> str:
    if isinstance(value, date):
        return german.short_date(value)
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(dict(column.flatchoices).get(value, value))


def _actor(operation_id: int | None) -> str:
    operation = Operation.objects.filter(pk=operation_id or 0).first()
    if operation is None:
        return ""
    person = User.objects.filter(pk=operation.actor_id or 0).first()
    return str(person) if person else operation.system
