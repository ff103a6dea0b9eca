"""Filters by Fachdaten: one for each searchable field of the Aktentyp the list is narrowed to.

Conditions ask the rows beside the files (``BusinessDataValue``), whose indexes begin with the
field; counts read the files' JSON, of at most ``facets.CAP`` rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Value
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext as _

from goettingen_ecm.access.paging import Condition
from goettingen_ecm.desk import german
from records import business_data
from records.choices import FieldKind
from records.models import BusinessDataValue, FileTypeField
from records.selectors.facets import Choice, Facet, Kind

STEPS = (1_000, 10_000, 100_000)
"""Amounts and numbers are offered by their size."""


@dataclass(frozen=True, slots=True)
class ValueCondition(Condition):
    """A condition on a file's value of one field."""

    field_id: int = 0

    @property
    def lookup(self) -> dict[str, Any]:
        suffix = {"=": "", ">=": "__gte", "<": "__lt"}[self.comparison]
        return {
            "business_values__field_id": self.field_id,
            f"business_values__{self.column}{suffix}": self.value,
        }

    def sql(self, model: type[models.Model]) -> str:
        table = BusinessDataValue._meta.db_table
        known = BusinessDataValue._meta.get_field(self.column).column  # type: ignore[union-attr]
        return (
            f"id IN (SELECT case_file_id FROM {table}"  # noqa: S608 - names of the model, an id
            f" WHERE field_id = {int(self.field_id)} AND {known} {self.comparison} %s)"
        )


@dataclass(frozen=True, slots=True)
class BusinessFacet(Facet):
    """A filter by one field; days by year, numbers by size, everything else by its text."""

    field: FileTypeField | None = None

    @property
    def _field(self) -> FileTypeField:
        assert self.field is not None  # noqa: S101 - narrows for the checker
        return self.field

    @property
    def _by_size(self) -> bool:
        return self._field.kind in business_data.DIGITS

    def counted(self) -> tuple[Any, Any]:
        return KeyTransform(self._field.key, "business_data"), Value(None, models.IntegerField())

    def accepts(self, value: str) -> bool:
        if self._by_size:
            return value in {str(step) for step in range(len(STEPS) + 1)}
        # Not super(): a dataclass with slots is another class than the one it was written as.
        return Facet.accepts(self, value)

    def conditions(self, value: str) -> list[Condition]:
        pk = self._field.pk
        if self._by_size:
            lowest, highest = _bounds(int(value))
            found: list[Condition] = []
            if lowest is not None:
                found.append(ValueCondition("number", ">=", lowest, pk))
            if highest is not None:
                found.append(ValueCondition("number", "<", highest, pk))
            return found
        if self.kind == "year":
            year = int(value)
            return [
                ValueCondition("day", ">=", date(year, 1, 1), pk),
                ValueCondition("day", "<", date(year + 1, 1, 1), pk),
            ]
        return [ValueCondition("text", "=", value, pk)]

    def value_of(self, stored: Any) -> str:
        field = self._field
        value = business_data.value_of(field, {field.key: stored})
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return str(sum(value >= step for step in STEPS))
        return str(value.year) if isinstance(value, date) else business_data.shown(field, value)

    def order_of(self, choice: Choice) -> str:
        return choice.value if self._by_size else Facet.order_of(self, choice)


def _bounds(step: int) -> tuple[int | None, int | None]:
    return (STEPS[step - 1] if step else None, STEPS[step] if step < len(STEPS) else None)


def _size_name(value: str) -> str:
    """``1.000 bis unter 10.000``"""
    lowest, highest = _bounds(int(value))
    if lowest is None:
        return _("unter %(n)s") % {"n": german.number(highest)}
    if highest is None:
        return _("ab %(n)s") % {"n": german.number(lowest)}
    return _("%(from)s bis unter %(to)s") % {
        "from": german.number(lowest),
        "to": german.number(highest),
    }


def facets_of(fields: Sequence[FileTypeField]) -> list[Facet]:
    """One filter for each searchable field."""
    return [_facet(field) for field in fields if field.searchable]


def _facet(field: FileTypeField) -> BusinessFacet:
    kind: Kind = "year" if field.kind == FieldKind.DAY else "text"
    word = business_data.form_name(field)
    naming = _size_name if field.kind in business_data.DIGITS else str
    return BusinessFacet(word, field.label, word, kind, name_of=naming, field=field)
