"""What happened to a case file, in German sentences, from the history of values."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nlargest
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.utils.translation import gettext as _

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.access.principals import Person
from goettingen_ecm.desk import german
from goettingen_ecm.operations.models import Operation
from records import business_data
from records.choices import CaseFileStatus
from records.models import (
    CaseFile,
    CrossReference,
    Document,
    DocumentMove,
    FilePlanEntry,
    FileTypeField,
    Matter,
    PaperLoan,
    Participation,
)
from records.selectors.case_files import documents_shown
from records.selectors.document_moves import move_history
from records.selectors.documents import display_names
from records.selectors.file_types import types_by_name
from records.selectors.parties import participation_history
from records.selectors.reference_history import reference_history

PAGE = 50
# Machinery, not a person's change.
UNSHOWN = {"row_version", "indexed_at", "sort_key", "sort_date", "last_activity_at", "ancestors"}
# Changed as a whole or kept by ids: that it changed says more than the values would.
WITHOUT_VALUES = {"scope", "narrow_to"}


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


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a history table; rows of one moment are ordered by table, then by id."""

    rank: int
    values: Any

    @property
    def order(self) -> tuple[datetime, int, int]:
        return (self.values.history_date, self.rank, self.values.history_id)


@dataclass(frozen=True, slots=True)
class BusinessPart:
    """One of the Fachdaten, in the place of a column; its name is defined by one of the types."""

    key: str
    types: tuple[str, str]
    name: str = "business_data"
    is_relation: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs from the row before."""

    field: Any
    old: Any
    new: Any


def case_file_history(
    user: Person, case_file: CaseFile, *, after: str = "", limit: int = PAGE
) -> EventPage:
    """The newest events of a visible file and of what the person sees in it."""
    return _event_page(user, _histories(user, case_file), after, limit)


def plan_entry_history(
    user: Person, entry: FilePlanEntry, *, after: str = "", limit: int = PAGE
) -> EventPage:
    """The newest events of a plan entry."""
    return _event_page(user, [FilePlanEntry.history.filter(id=entry.pk)], after, limit)


def _event_page(user: Person, histories: Sequence[Any], after: str, limit: int) -> EventPage:
    position = _position(after)
    rows = [
        Row(rank, values)
        for rank, history in enumerate(histories)
        for values in _newest(history, rank, position, limit + 1)
    ]
    newest = nlargest(limit + 1, rows, key=lambda row: row.order)
    shown = newest[:limit]
    return EventPage(_events(user, shown), _cursor(shown[-1]) if len(newest) > limit else None)


def _histories(user: Person, case_file: CaseFile) -> Sequence[Any]:
    """What is hidden or gone from the file leaves no trace in its history, title included."""
    matters = Matter.objects.visible_to(user).filter(case_file=case_file)
    documents = documents_shown(user).filter(case_file=case_file)
    return (
        CaseFile.history.filter(id=case_file.pk),
        Matter.history.filter(case_file_id=case_file.pk, id__in=matters.values("pk")),
        Document.history.filter(case_file_id=case_file.pk, id__in=documents.values("pk")),
        participation_history(user, case_file),
        PaperLoan.history.filter(case_file_id=case_file.pk).annotate(title=Value("")),
        move_history(user, case_file),
        reference_history(user, case_file),
    )


def _cursor(last: Row) -> str:
    return Cursor(f"{last.rank} {last.values.history_date.isoformat()}", last.order[2]).encode()


def _position(after: str) -> tuple[datetime, int, int] | None:
    """Where the page before ended; None for anything that is not a cursor of ours."""
    cursor = Cursor.decode(after)
    rank, _space, moment = cursor.value.partition(" ") if cursor else ("", "", "")
    if cursor is None or rank not in ("0", "1", "2", "3", "4", "5", "6"):
        return None
    found = Cursor(moment, cursor.pk).typed_for(models.DateTimeField())
    return (found[0], int(rank), cursor.pk) if found and found[0] else None


def _newest(
    history: Any, rank: int, position: tuple[datetime, int, int] | None, limit: int
) -> list[Any]:
    if position is not None:
        moment, last_rank, last_id = position
        history = history.filter(history_date__lte=moment)
        if rank == last_rank:
            history = history.filter(Q(history_date__lt=moment) | Q(history_id__lt=last_id))
        elif rank > last_rank:
            history = history.exclude(history_date=moment)
    return list(history.order_by("-history_date", "-history_id")[:limit])


def _events(user: Person, rows: Sequence[Row]) -> list[Event]:
    actors = _actors(rows)
    changes = _changes(rows)
    reasoned = {row.order for row in rows if _names_reason(row, changes.get(row.order, ()))}
    every = [c for found in changes.values() for c in found]
    names = _names(user, every)
    fields = _business_fields(every)
    return [
        _event(
            row,
            actors,
            [_shown(c, row, names, fields) for c in changes.get(row.order, ())],
            reasoned=row.order in reasoned,
        )
        for row in rows
    ]


def _business_fields(changes: Sequence[Change]) -> dict[tuple[str, str], FileTypeField]:
    """The definitions of changed Fachdaten by type and key; no query without any."""
    parts = [change.field for change in changes if isinstance(change.field, BusinessPart)]
    types = types_by_name({name for part in parts for name in part.types})
    return {(t.name, field.key): field for t in types.values() for field in t.fields.all()}


def _actors(rows: Sequence[Row]) -> dict[int, str]:
    """Who acted, by operation: a person's name or the system's."""
    wanted = {row.values.operation_id for row in rows if row.values.operation_id}
    operations = Operation.objects.filter(pk__in=wanted)
    named = operations.annotate(person=display_names("actor_id"))
    return {
        pk: person or system or _("das System")
        for pk, person, system in named.values_list("pk", "person", "system")
    }


def _names_reason(row: Row, changes: Sequence[Change]) -> bool:
    """Of a file only the reason of its Storno: others concern its rights."""
    if row.values.instance_type is CaseFile:
        states = [change.new for change in changes if change.field.name == "status"]
        return CaseFileStatus.CANCELLED in states
    return row.values.instance_type in (Document, Matter)


def _event(row: Row, actors: Mapping[int, str], changes: Sequence[str], *, reasoned: bool) -> Event:
    who = actors.get(row.values.operation_id, _("das System"))
    sentence = _sentence(row) % {"who": who, "title": row.values.title}
    if reasoned and row.values.history_change_reason:
        changes = [*changes, _("Grund: %(text)s") % {"text": row.values.history_change_reason}]
    if row.values.instance_type is DocumentMove and row.values.target_number:
        changes = [_("in die Akte %(number)s") % {"number": row.values.target_number}]
    return Event(row.values.history_date, who, sentence, changes)


def _paper_sentence(values: Any) -> str:
    """What happened to the paper part; a loan changes by going out and by coming back only."""
    if values.history_type == "+":
        return _("%(who)s hat den Papierteil angefordert")
    if values.ended_at is None:
        return _("%(who)s hat den Papierteil ausgegeben")
    if values.handed_out_at is None:
        return _("%(who)s hat die Anforderung des Papierteils beendet")
    return _("%(who)s hat den Papierteil zurückgenommen")


def _move_sentence(values: Any) -> str:
    """The source keeps that something left it; what it was, for those who see it where it is."""
    if values.title:
        return _("%(who)s hat „%(title)s“ in eine andere Akte verschoben")
    return _("%(who)s hat ein Dokument in eine andere Akte verschoben")


def _reference_sentence(values: Any) -> str:
    """A reference comes, goes and comes back; merging matters may turn one of its ends."""
    if values.history_type == "+":
        return _("%(who)s hat den Querverweis „%(title)s“ eingetragen")
    if values.removed_at is not None:
        return _("%(who)s hat den Querverweis „%(title)s“ entfernt")
    return _("%(who)s hat den Querverweis „%(title)s“ geändert")


def _sentence(row: Row) -> str:
    if row.values.instance_type is PaperLoan:
        return _paper_sentence(row.values)
    if row.values.instance_type is CrossReference:
        return _reference_sentence(row.values)
    if row.values.instance_type is DocumentMove:
        return _move_sentence(row.values)
    if row.values.history_type != "+":
        if row.values.instance_type is Participation:
            return _("%(who)s hat die Beteiligung von „%(title)s“ geändert")
        return _("%(who)s hat „%(title)s“ geändert")
    kind = row.values.instance_type
    if kind is Participation:
        return _("%(who)s hat „%(title)s“ als Beteiligte eingetragen")
    if kind is CaseFile:
        return _("%(who)s hat die Akte „%(title)s“ angelegt")
    if kind is FilePlanEntry:
        return _("%(who)s hat den Eintrag „%(title)s“ angelegt")
    if kind is Matter:
        return _("%(who)s hat den Vorgang „%(title)s“ angelegt")
    return _("%(who)s hat „%(title)s“ abgelegt")


def _changes(rows: Sequence[Row]) -> dict[tuple[datetime, int, int], list[Change]]:
    """What differs from the row before, by the row's place."""
    changed: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row.values.history_type == "~":
            changed[row.rank].append(row)
    found = {}
    for group in changed.values():
        before = _rows_before(group)
        for row in group:
            found[row.order] = list(_differences(before.get(row.values.history_id), row.values))
    return found


def _rows_before(rows: Sequence[Row]) -> dict[int, Any]:
    """The row before each one of a table (by history id), all in one query."""
    table = type(rows[0].values).objects
    earlier = Q(history_date__lt=OuterRef("history_date")) | Q(
        history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id")
    )
    before = table.filter(earlier, id=OuterRef("id")).order_by("-history_date", "-history_id")
    asked = table.filter(history_id__in=[row.values.history_id for row in rows])
    ids = asked.values_list(Subquery(before.values("history_id")[:1]))
    candidates = sorted(table.filter(history_id__in=ids), key=_age)
    found = {}
    for row in rows:
        older = [c for c in candidates if c.id == row.values.id and _age(c) < _age(row.values)]
        if older:
            found[row.values.history_id] = older[-1]
    return found


def _age(values: Any) -> tuple[datetime, int]:
    return (values.history_date, values.history_id)


def _differences(before: Any, row: Any) -> Iterator[Change]:
    if before is None:
        return
    for field in row.tracked_fields:
        old, new = getattr(before, field.attname), getattr(row, field.attname)
        if field.name == "business_data":
            yield from _business_differences(before, row)
        elif field.name not in UNSHOWN and old != new:
            yield Change(field, old, new)


def _business_differences(before: Any, row: Any) -> Iterator[Change]:
    """One change for each of the Fachdaten, by the type the file had then."""
    old, new = before.business_data, row.business_data
    for key in sorted({*old, *new}):
        if old.get(key) != new.get(key):
            part = BusinessPart(key, (row.file_type, before.file_type))
            yield Change(part, old.get(key), new.get(key))


def _names(user: Person, changes: Sequence[Change]) -> dict[tuple[type[Any], int], str]:
    """The names behind foreign keys, one query for each kind; hidden things have none."""
    wanted: dict[type[Any], set[int]] = defaultdict(set)
    for change in changes:
        if change.field.is_relation and change.field.name not in WITHOUT_VALUES:
            values = {change.old, change.new} - {None}
            wanted[change.field.related_model] |= values
    names: dict[tuple[type[Any], int], str] = {}
    for kind, ids in wanted.items():
        rows = kind._default_manager.filter(pk__in=ids)
        if kind in (CaseFile, Matter):
            rows = rows.visible_to(user)
        names |= {(kind, one.pk): str(one) for one in rows}
    return names


def _shown(
    change: Change,
    row: Row,
    names: Mapping[tuple[type[Any], int], str],
    fields: Mapping[tuple[str, str], FileTypeField],
) -> str:
    """``Betreff: alt → neu``"""
    if isinstance(change.field, BusinessPart):
        return _business_shown(change, fields)
    label = change.field.verbose_name
    if change.field.name in WITHOUT_VALUES:
        return _("%(field)s geändert") % {"field": label}
    old, new = (_text(change.field, value, names) for value in (change.old, change.new))
    return f"{label}: {old} → {new}"


def _business_shown(change: Change, fields: Mapping[tuple[str, str], FileTypeField]) -> str:
    part = change.field
    found = [fields[name, part.key] for name in part.types if (name, part.key) in fields]
    old, new = (
        (business_data.text_of(found[0], {part.key: raw}) if found else business_data.plain(raw))
        or "–"
        for raw in (change.old, change.new)
    )
    return f"{found[0].label if found else part.key}: {old} → {new}"


def _text(field: Any, value: Any, names: Mapping[tuple[type[Any], int], str]) -> str:
    if value in (None, ""):
        return "–"
    if field.is_relation:
        return names.get((field.related_model, value), _("(nicht sichtbar)"))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "–"
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if isinstance(value, datetime):
        return german.date_time(value)
    if isinstance(value, date):
        return german.short_date(value)
    return str(dict(field.flatchoices).get(value, value))
