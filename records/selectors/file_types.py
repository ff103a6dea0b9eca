"""Aktentypen: which an entry takes, and the fields of a type."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from goettingen_ecm.operations import clock
from records.models import FilePlanEntry, FileType, FileTypeField


@dataclass(frozen=True, slots=True)
class EntryRule:
    """What an entry asks of its files: allowed types (empty: all) and required Fachdaten."""

    allowed: Sequence[str] = ()
    required: Sequence[str] = ()

    def takes(self, name: str) -> bool:
        return not self.allowed or name in self.allowed


def rule_of(nearest_first: Sequence[FilePlanEntry]) -> EntryRule:
    """The nearest entry that says something wins, each for itself (requirements A4)."""
    allowed = next((e.allowed_file_types for e in nearest_first if e.allowed_file_types), ())
    required = next((e.required_data for e in nearest_first if e.required_data), ())
    return EntryRule(list(allowed), [str(key) for key in required])


def rules_of(entries: Iterable[FilePlanEntry]) -> dict[int, EntryRule]:
    """The rule of each entry by id; one query."""
    rows = list(entries)
    by_id = FilePlanEntry.objects.in_bulk(list({a for e in rows for a in e.ancestors}))
    return {e.pk: rule_of([by_id[a] for a in reversed(e.ancestors)]) for e in rows}


def types_by_name(names: Iterable[str]) -> dict[str, FileType]:
    """Defined types with their fields in order, by name; expired ones too. Two queries at most."""
    wanted = {name for name in names if name}
    if not wanted:
        return {}
    fields = Prefetch("fields", FileTypeField.objects.order_by("position", "pk"))
    found = FileType.objects.filter(name__in=wanted).prefetch_related(fields)
    return {one.name: one for one in found}


def fields_of(name: str) -> list[FileTypeField]:
    """Every field a type ever had, in order; one query, none without a name."""
    if not name:
        return []
    rows = FileTypeField.objects.filter(file_type__name=name)
    return list(rows.order_by("position", "pk"))


def current(fields: Iterable[FileTypeField]) -> list[FileTypeField]:
    """The fields forms ask for today."""
    today = clock.today()
    return [field for field in fields if field.is_valid_on(today)]


def types_for(rule: EntryRule) -> list[str]:
    """The names of types a new file may have today."""
    today = clock.today()
    return [
        one.name
        for one in FileType.objects.all()
        if rule.takes(one.name) and one.is_valid_on(today)
    ]
