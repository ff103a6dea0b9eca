"""Fachdaten: what people type, what is stored, what is read again."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from goettingen_ecm.operations.refusals import InvalidInput
from records import business_data
from records.business_data_forms import input_for
from records.choices import FieldKind
from records.models import FileTypeField


def field(kind: FieldKind, **more: Any) -> FileTypeField:
    return FileTypeField(pk=7, key="Wert", label="Wert", kind=kind, **more)


@pytest.mark.parametrize(
    ("typed", "digits", "number"),
    [
        ("12.500,50", 2, "12500.50"),
        ("12500,5", 2, "12500.5"),
        ("12.500 €", 2, "12500"),
        ("1 000,25", 2, "1000.25"),
        ("-3", 2, "-3"),
        ("0,1234", 4, "0.1234"),
    ],
)
def test_german_numbers_are_read(typed: str, digits: int, number: str) -> None:
    assert business_data.parse_number(typed, digits) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    [
        "12,500.50", "1.2", "12.50", "1,234", "zwölf", "", "1e5", "NaN", "--3", "€",
        "1" * 15, "1" * 9000, "٣", "1.0000.000",
    ],
)  # fmt: skip
def test_what_is_no_german_amount_is_refused(typed: str) -> None:
    """A point with less than three digits behind it would be read as thousands elsewhere."""
    with pytest.raises(ValueError, match=r"number|exact"):
        business_data.parse_number(typed, 2)


@pytest.mark.parametrize(
    ("kind", "value", "kept", "read"),
    [
        (FieldKind.AMOUNT, Decimal("12500.5"), "12500.50", "12.500,50\u00a0€"),
        (FieldKind.NUMBER, Decimal("843"), "843", "843"),
        (FieldKind.NUMBER, Decimal("-0.1234"), "-0.1234", "-0,1234"),
        (FieldKind.DAY, date(2027, 2, 18), "2027-02-18", "18.02.2027"),
        (FieldKind.YES_NO, False, False, "nein"),
        (FieldKind.TEXT, "2 A 117/26", "2 A 117/26", "2 A 117/26"),
    ],
)
def test_values_survive_storing(kind: FieldKind, value: Any, kept: Any, read: str) -> None:
    one = field(kind)
    assert business_data.stored(one, value) == kept
    assert business_data.value_of(one, {"Wert": kept}) == value
    assert business_data.text_of(one, {"Wert": kept}) == read


@pytest.mark.parametrize(
    ("kind", "delivered", "read"),
    [
        (FieldKind.AMOUNT, 448.2, "448,20\u00a0€"),
        (FieldKind.AMOUNT, "unbekannt", "unbekannt"),
        (FieldKind.AMOUNT, True, "ja"),
        (FieldKind.NUMBER, 1e300, f"{10**300:,}".replace(",", ".")),
        (FieldKind.DAY, "demnächst", "demnächst"),
        (FieldKind.YES_NO, "vielleicht", "vielleicht"),
        (FieldKind.AMOUNT, "Infinity", "Infinity"),
    ],
)
def test_what_a_specialist_system_delivered_is_shown(
    kind: FieldKind, delivered: Any, read: str
) -> None:
    if delivered == 1e300:
        assert business_data.value_of(field(kind), {"Wert": delivered}) is None
        return
    assert business_data.text_of(field(kind), {"Wert": delivered}) == read


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (FieldKind.AMOUNT, "1.234"),
        (FieldKind.AMOUNT, "viel"),
        (FieldKind.NUMBER, True),
        (FieldKind.DAY, "2027-02-30"),
        (FieldKind.YES_NO, "ja"),
        (FieldKind.CHOICE, "LG Woanders"),
        (FieldKind.TEXT, "T" * 301),
        (FieldKind.TEXT, "Zeile\nZeile"),
        (FieldKind.TEXT, 5),
    ],
)
def test_wrong_values_are_refused_with_the_field_named(kind: FieldKind, raw: Any) -> None:
    one = field(kind, choices=["AG Musterstadt"])
    with pytest.raises(InvalidInput, match="Wert") as refused:
        business_data.require_valid([one], {"Wert": raw})
    assert refused.value.field == "fd_7"


def test_a_value_that_stood_there_before_may_stay() -> None:
    one = field(FieldKind.CHOICE, choices=["AG Musterstadt"])
    old = {"Wert": "aufgelöstes Gericht", "Team": "3"}
    business_data.require_valid([one], old, before=old)


def test_required_by_the_type_or_by_the_plan() -> None:
    one = field(FieldKind.TEXT)
    business_data.require_valid([one], {})
    with pytest.raises(InvalidInput, match="Bitte geben Sie „Wert“ an"):
        business_data.require_valid([one], {}, of_entry=["Wert"])
    one.required = True
    with pytest.raises(InvalidInput, match="Bitte geben Sie „Wert“ an"):
        business_data.require_valid([one], {"Wert": ""})


def test_inputs_explain_what_is_wrong() -> None:
    amount = input_for(field(FieldKind.AMOUNT), required=True)
    for typed, said in (("", "Bitte geben Sie „Wert“ an"), ("12.50", "keine Zahl")):
        with pytest.raises(Exception, match=said):
            amount.clean(typed)
    day = input_for(field(FieldKind.DAY), required=False)
    with pytest.raises(Exception, match="kein Datum"):
        day.clean("31.02.2027")
    assert day.clean("18.02.2027") == date(2027, 2, 18)


def test_unknown_keys_are_shown_as_they_came() -> None:
    lines = business_data.lines([field(FieldKind.AMOUNT)], {"Team": "3", "Wert": "5", "Leer": ""})
    assert [(one.label, one.text) for one in lines] == [("Wert", "5,00\u00a0€"), ("Team", "3")]
