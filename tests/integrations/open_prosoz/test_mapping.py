"""OPEN/PROSOZ: where a record goes, by tables and for any key that can be delivered."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goettingen_ecm.accounts.choices import Circle
from integrations.formats.filing import MappingFault
from integrations.formats.reader import to_record
from integrations.formats.record import (
    Action,
    CaseFileRecord,
    MatterRecord,
    NamedKey,
    NeutralRecord,
)
from integrations.open_prosoz import schema
from integrations.open_prosoz.mapping import document_type_code, filing_of, matter_title
from records.choices import Direction
from tests.integrations.formats.examples import entry

LONGEST_STORED_KEY = 200


def record(number: str = "4711", kind: str = "SGB12-K4", **changes: Any) -> NeutralRecord:
    keys = (NamedKey("Fallnummer", number),)
    matter = MatterRecord(
        keys=(NamedKey("Leistungsart", kind),),
        period_from=date(2026, 1, 1),
        period_until=date(2026, 12, 31),
    )
    return replace(
        NeutralRecord("n", "o", Action.CREATE, case_file=CaseFileRecord(keys), matter=matter),
        **changes,
    )


def test_a_notice_is_mapped_completely() -> None:
    filing = filing_of(to_record(entry()), "01")
    assert filing.document_key == ("01", "OP-1")
    assert filing.case_file is not None
    assert filing.case_file.key == ("01", "2026-000417")
    assert (filing.case_file.entry_code, filing.case_file.unit_code) == ("50.10", "50.1")
    assert filing.case_file.circle is Circle.SOCIAL
    assert filing.matter is not None
    assert filing.matter.key == ("01", "2026-000417/SGB12-K4/2026-08-01/2027-07-31")
    assert filing.matter.title == (
        "Grundsicherung im Alter und bei Erwerbsminderung, 01.08.2026 bis 31.07.2027"
    )
    assert filing.document is not None
    assert filing.document.type_code == "bewilligungsbescheid"
    assert filing.document.direction is Direction.OUTGOING
    assert [party.name for party in filing.parties] == ["Bergmann"]
    assert [deadline.due_on for deadline in filing.deadlines] == [date(2026, 11, 4)]
    assert [file.name for file in filing.files] == ["a.pdf"]


@pytest.mark.parametrize(
    ("letter", "code"),
    [
        ("Formantrag", "antrag"),
        ("Antrag auf Weiterbewilligung", "weiterbewilligungsantrag"),
        ("Aufforderung zur Mitwirkung", "mitwirkungsaufforderung"),
        ("Bewilligungsbescheid GSiG (Vorlage 412)", "bewilligungsbescheid"),
        ("  ÄNDERUNGSBESCHEID\n", "aenderungsbescheid"),
        ("Aufhebungs- und Erstattungsbescheid", "aufhebungs-und-erstattungsbescheid"),
        ("Erstattungsbescheid", "aufhebungs-und-erstattungsbescheid"),
        ("Widerspruchsbescheid", "widerspruchsbescheid"),
        ("Widerspruch", "widerspruch"),
        ("Eingangsbestätigung Widerspruch", "eingangsbestaetigung"),
        ("Ganz etwas anderes", "schreiben"),
    ],
)
def test_the_name_of_a_letter_decides_the_type(letter: str, code: str) -> None:
    assert document_type_code(letter) == code


def test_every_type_in_the_tables_exists() -> None:
    assert set(schema.LETTER_NAMES.values()) <= set(schema.DOCUMENT_TYPES)
    assert schema.FALLBACK_TYPE in schema.DOCUMENT_TYPES
    assert all(name == name.casefold() for name in schema.LETTER_NAMES)


def test_without_a_matter_a_new_document_goes_to_the_general_one() -> None:
    filing = filing_of(record(matter=None), "01")
    assert filing.matter is not None
    assert filing.matter.key == ("01", "4711/allgemein")
    assert filing_of(record(matter=None, action=Action.METADATA), "01").matter is None


def test_the_benefit_may_stand_in_the_business_data() -> None:
    case_file = CaseFileRecord(
        (NamedKey("Fallnummer", "4711"),), business_data={"Leistungsart": "WOGG"}
    )
    matter = MatterRecord(keys=(NamedKey("Bescheid", "1"),))
    filing = filing_of(record(case_file=case_file, matter=matter), "01")
    assert filing.matter is not None
    assert filing.matter.key == ("01", "4711/WOGG/offen/offen")
    assert filing.matter.title == "Wohngeld"


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ((NamedKey("Aktenzeichen", "1"),), "„Fallnummer“ fehlt"),
        ((NamedKey("Fallnummer", " "),), "„Fallnummer“ fehlt"),
        ((NamedKey("Fallnummer", "1"), NamedKey("Mandant", "02")), "nicht der der Lieferung"),
        ((NamedKey("Fallnummer", "1" * 81),), "länger als 80"),
    ],
)
def test_keys_that_cannot_be_used_are_told(keys: tuple[NamedKey, ...], reason: str) -> None:
    with pytest.raises(MappingFault, match=reason) as caught:
        filing_of(record(case_file=CaseFileRecord(keys)), "01")
    assert caught.value.path == "akte.schluessel"


def test_a_version_needs_no_case_file() -> None:
    filing = filing_of(NeutralRecord("n", "o", Action.NEW_VERSION, "2"), "01")
    assert (filing.case_file, filing.matter, filing.document) == (None, None, None)
    assert filing.document_key == ("01", "o")


VALUES = st.text("ab/%0 .-", min_size=1, max_size=12).filter(str.strip)


@given(VALUES, VALUES, VALUES, VALUES)
def test_different_cases_or_benefits_never_share_a_matter(
    number: str, kind: str, other_number: str, other_kind: str
) -> None:
    assume((number.strip(), kind.strip()) != (other_number.strip(), other_kind.strip()))
    one = filing_of(record(number, kind), "01").matter
    other = filing_of(record(other_number, other_kind), "01").matter
    assert one is not None and other is not None
    assert one.key != other.key
    assert len(one.key[1]) <= LONGEST_STORED_KEY


@given(st.text(max_size=60))
def test_any_name_of_a_letter_has_a_type(name: str) -> None:
    assert document_type_code(name) in schema.DOCUMENT_TYPES


@given(st.none() | st.dates(), st.none() | st.dates())
def test_titles_are_german(start: date | None, end: date | None) -> None:
    title = matter_title("WOGG", start, end)
    assert title.startswith("Wohngeld")
    assert "None" not in title
