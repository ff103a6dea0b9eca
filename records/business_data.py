"""Fachdaten: values typed by people made into what is stored, and back into what people read.

``CaseFile.business_data`` holds JSON: texts, choices and days (ISO) as text, numbers and amounts as
decimal text (``"12500.50"``, exact), yes/no as a truth value. What a specialist system delivered
may also be a JSON number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from goettingen_ecm.desk import german
from goettingen_ecm.operations.refusals import InvalidInput
from records.choices import FieldKind
from records.models import FileTypeField
from records.models.file_type import TEXT_CHARS
from records.typed_text import clean_line

Data = Mapping[str, Any]
FORM_PREFIX = "fd_"
LARGEST = Decimal(10) ** 14
NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?", re.ASCII)
DIGITS = {FieldKind.NUMBER: 4, FieldKind.AMOUNT: 2}


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as people read it, under its field's name."""

    label: str
    text: str


def form_name(field: FileTypeField) -> str:
    """The name of the field's input."""
    return f"{FORM_PREFIX}{field.pk}"


def parse_number(text: str, digits: int) -> Decimal:
    """``12.500,50`` as a Decimal; at most ``digits`` after the comma. Raises ValueError."""
    typed = "".join(text.split()).removesuffix("€")
    if not NUMBER.fullmatch(typed):
        raise ValueError("not a German number")
    value = Decimal(typed.replace(".", "").replace(",", "."))
    if abs(value) >= LARGEST or -_exponent(value) > digits:
        raise ValueError("too large or too exact")
    return value


def stored(field: FileTypeField, value: Any) -> Any:
    """What a checked value is in JSON; None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        places = Decimal("0.01") if field.kind == FieldKind.AMOUNT else None
        return format(value.quantize(places) if places else value, "f")
    return value.isoformat() if isinstance(value, date) else value


def value_of(field: FileTypeField, data: Data) -> Any:
    """The stored value as Decimal, date, truth value or text; None for nothing or nonsense."""
    raw = data.get(field.key)
    if raw is None or raw == "":
        return None
    try:
        return _typed(field, raw)
    except (ValueError, InvalidOperation):
        return None


def _typed(field: FileTypeField, raw: Any) -> Any:
    if field.kind in DIGITS:
        return _decimal(raw)
    if field.kind == FieldKind.DAY:
        return date.fromisoformat(str(raw))
    if field.kind == FieldKind.YES_NO:
        return raw if isinstance(raw, bool) else None
    return str(raw)


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool):
        raise ValueError("a truth value is no number")
    value = Decimal(str(raw))
    if not value.is_finite() or abs(value) >= LARGEST:
        raise ValueError("not a number a column takes")
    return value


def text_of(field: FileTypeField, data: Data) -> str:
    """The value as people read it; one of another kind as it was delivered."""
    value = value_of(field, data)
    return shown(field, value) if value is not None else plain(data.get(field.key))


def shown(field: FileTypeField, value: Any) -> str:
    """A typed value as people read it: ``12.500,50 €``, ``24.12.2026``, ``ja``."""
    if isinstance(value, Decimal):
        digits = 2 if field.kind == FieldKind.AMOUNT else max(0, -_exponent(value))
        text = german.number(value, digits)  # type: ignore[arg-type] # formats Decimals exactly
        return f"{text}{german.NBSP}€" if field.kind == FieldKind.AMOUNT else text
    return german.short_date(value) if isinstance(value, date) else plain(value)


def plain(raw: Any) -> str:
    """A value without a definition, as a specialist system delivered it."""
    if isinstance(raw, bool):
        return _("ja") if raw else _("nein")
    if isinstance(raw, float):
        return german.number(raw, 0 if raw.is_integer() else 2)
    return "" if raw is None else str(raw)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def lines(fields: Sequence[FileTypeField], data: Data) -> list[Shown]:
    """Every value that is there: of the fields in their order, then what has no definition."""
    known = {field.key for field in fields}
    found = [Shown(field.label, text_of(field, data)) for field in fields]
    found += [Shown(key, plain(raw)) for key, raw in data.items() if key not in known]
    return [one for one in found if one.text]


def required_keys(fields: Iterable[FileTypeField], of_entry: Sequence[str] = ()) -> set[str]:
    """Fields that must be filled in: by the type, or by the file plan (requirements A4)."""
    return {f.key for f in fields if f.required or f.key in of_entry or f.label in of_entry}


def require_valid(
    fields: Sequence[FileTypeField],
    data: Data,
    *,
    before: Data | None = None,
    of_entry: Sequence[str] = (),
    partial: bool = False,
) -> None:
    """Raises InvalidInput that names field and reason. What stood there ``before`` may stay.

    ``partial``: only the given values are checked, nothing is missed.
    """
    earlier = before or {}
    known = {field.key: field for field in fields}
    for key, raw in data.items():
        if raw == earlier.get(key):
            continue
        if key not in known:
            raise InvalidInput(
                _("Das Fachdatum „%(key)s“ gehört nicht zu diesem Aktentyp.") % {"key": key},
                field="business_data",
            )
        _require_value(known[key], raw)
    missing = set() if partial else required_keys(fields, of_entry)
    for field in fields:
        if field.key in missing and data.get(field.key) in (None, ""):
            raise InvalidInput(
                _("Bitte geben Sie „%(field)s“ an.") % {"field": field.label},
                field=form_name(field),
            )


def _require_value(field: FileTypeField, raw: Any) -> None:
    if raw is None or raw == "":
        return
    if value_of(field, {field.key: raw}) is None or not _fits(field, raw):
        raise InvalidInput(
            _("„%(field)s“: Der Wert passt nicht zur Art „%(kind)s“.")
            % {"field": field.label, "kind": field.get_kind_display()},
            field=form_name(field),
        )


def _fits(field: FileTypeField, raw: Any) -> bool:
    if field.kind == FieldKind.CHOICE:
        return raw in field.choices
    if field.kind == FieldKind.TEXT:
        return isinstance(raw, str) and len(raw) <= TEXT_CHARS and raw == clean_line(raw)
    if field.kind in DIGITS:
        return -_exponent(_decimal(raw)) <= DIGITS[FieldKind(field.kind)]
    return True


def without_empty(data: Data) -> dict[str, Any]:
    """What is stored: only values that are there."""
    return {key: raw for key, raw in data.items() if raw is not None and raw != ""}
