"""One entry: faults told in German with file, field and reason; the way to the record and back."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.formats.reader import check_entry, to_record
from integrations.formats.record import (
    Action,
    CaseFileRecord,
    DeadlineRecord,
    DocumentRecord,
    FileRecord,
    FileRole,
    MatterRecord,
    NamedKey,
    NeutralRecord,
    PersonRecord,
)
from integrations.formats.schema import wire_from_record
from tests.integrations.formats.examples import entry


def changed(path: str, value: Any) -> dict[str, Any]:
    """The valid entry with one field set (or removed with None), by a path like akte.oe."""
    made = entry()
    *parents, last = path.split(".")
    place: Any = made
    for step in parents:
        place = place[int(step)] if step.isdecimal() else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return made


def test_the_example_is_valid() -> None:
    assert check_entry(entry()) == []


@pytest.mark.parametrize(
    ("path", "value", "place", "reason"),
    [
        ("nachrichtId", None, "", "Die Pflichtangabe „nachrichtId“ fehlt."),
        ("aktion", "anlegn", ".aktion", "„anlegn“ ist nicht vorgesehen; erlaubt: anlegen, version"),
        ("akte.oe", None, ".akte", "Die Pflichtangabe „oe“ fehlt."),
        ("akte.betref", "x", ".akte", "Unbekannte Angabe „betref“"),
        ("akte.betreff", "x" * 501, ".akte.betreff", "erlaubt sind 500 Zeichen"),
        ("akte.betreff", "", ".akte.betreff", "Der Text ist leer."),
        ("akte.schluessel", [], ".akte.schluessel", "nötig sind 1"),
        ("akte.vertraulichkeit", "geheim", ".akte.vertraulichkeit", "erlaubt: offen, intern"),
        ("dokument.richtung", "X", ".dokument.richtung", "erlaubt: E, A, I"),
        ("dokument.datumSchreiben", "30.09.2026", ".dokument.datumSchreiben", "JJJJ-MM-TT"),
        ("dokument.eingang", "2026-02-30", ".dokument.eingang", "kein Datum"),
        ("dateien.0.sha256", "ab", ".dateien[1].sha256", "nicht erlaubt"),
        ("dateien.0.groesse", "12", ".dateien[1].groesse", "erwartet: ganze Zahl"),
        ("dateien.0.groesse", -1, ".dateien[1].groesse", "kleiner als 0"),
        ("dateien.0.rolle", "anlage", ".dateien", "Keine Datei hat die Rolle „haupt“"),
        ("dateien.0.name", "../../etc/passwd", ".dateien[1].name", "nicht erlaubt"),
        ("dateien.0.name", "a\\b.pdf", ".dateien[1].name", "nicht erlaubt"),
        ("dateien.0.name", ".versteckt", ".dateien[1].name", "nicht erlaubt"),
        ("vorgang.zeitraumBis", "2026-07-31", ".vorgang.zeitraumBis", "vor seinem Beginn"),
    ],
)
def test_a_fault_names_place_and_reason(path: str, value: Any, place: str, reason: str) -> None:
    faults = check_entry(changed(path, value), "eintraege[3]")
    told = [str(fault) for fault in faults]
    assert any(
        text.startswith(f"index.json, eintraege[3]{place}: ") and reason in text for text in told
    ), told


def test_two_main_files_or_one_name_twice_are_faults() -> None:
    [file] = entry()["dateien"]
    [two_main] = check_entry(entry(dateien=[file, file | {"name": "b.pdf"}]))
    assert "Mehr als eine Datei" in two_main.reason
    [same_name] = check_entry(entry(dateien=[file, file | {"rolle": "anlage"}]))
    assert same_name.reason == "Ein Dateiname kommt mehrfach vor."


def test_a_key_name_twice_is_a_fault() -> None:
    keys = [{"name": "Fallnummer", "wert": "1"}, {"name": "Fallnummer", "wert": "2"}]
    [fault] = check_entry(changed("akte.schluessel", keys))
    assert fault.path == ".akte.schluessel"


def test_other_verbs_need_less() -> None:
    bare = {"nachrichtId": "1", "fremdObjektId": "O", "aktion": "ungueltig"}
    keys = {"schluessel": [{"name": "Fallnummer", "wert": "1"}]}
    assert check_entry(bare) == []
    assert check_entry(bare | {"aktion": "metadaten", "akte": keys}) == []
    assert check_entry(bare | {"aktion": "zda", "akte": keys}) == []
    assert [f.reason for f in check_entry(bare | {"aktion": "zda"})] == [
        "Die Pflichtangabe „akte“ fehlt."
    ]
    missing = {f.reason for f in check_entry(bare | {"aktion": "version"})}
    assert missing == {
        "Die Pflichtangabe „dateien“ fehlt.",
        "Die Pflichtangabe „fremdVersion“ fehlt.",
    }


def test_long_values_are_not_repeated_in_full() -> None:
    [fault] = check_entry(changed("dokument.richtung", "x" * 10_000))
    assert len(fault.reason) < 200


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
NAME = st.from_regex(r"[A-Za-zÄÖÜäöüß0-9][ A-Za-z0-9]{0,30}", fullmatch=True)
DAY = st.dates(date(1900, 1, 1), date(2100, 1, 1))
MAYBE_DAY = st.none() | DAY
KEYS = st.lists(NAME, min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.tuples(*(st.builds(NamedKey, st.just(name), NAME) for name in names))
)
FACTS = st.dictionaries(
    NAME,
    st.one_of(TEXT.filter(bool), st.integers(-(10**12), 10**12), st.booleans()),
    max_size=4,
)
CASE_FILES = st.builds(
    CaseFileRecord,
    keys=KEYS,
    file_type=NAME,
    title=NAME,
    entry_code=NAME,
    unit_code=NAME,
    case_worker=TEXT,
    confidentiality=st.sampled_from(["", "offen", "intern", "vertraulich"]),
    business_data=FACTS,
)
PERIODS = st.tuples(MAYBE_DAY, MAYBE_DAY).map(
    lambda days: tuple(sorted(days)) if None not in days else days  # type: ignore[type-var]
)
MATTERS = st.tuples(KEYS, PERIODS, NAME).map(
    lambda made: MatterRecord(
        keys=made[0], title=made[2], period_from=made[1][0], period_until=made[1][1]
    )
)
DOCUMENTS = st.builds(
    DocumentRecord,
    document_type=NAME,
    title=NAME,
    direction=st.sampled_from("EAI"),
    letter_date=MAYBE_DAY,
    received_on=MAYBE_DAY,
    dispatched_on=MAYBE_DAY,
    foreign_reference=TEXT,
    persons=st.lists(st.builds(PersonRecord, NAME, NAME, TEXT, MAYBE_DAY, TEXT), max_size=3).map(
        tuple
    ),
    deadlines=st.lists(st.builds(DeadlineRecord, NAME, DAY, TEXT), max_size=3).map(tuple),
)
FILES = st.lists(
    st.builds(
        FileRecord,
        name=NAME,
        sha256=st.binary(min_size=32, max_size=32),
        size=st.integers(0, 10**12),
        role=st.just(FileRole.ATTACHMENT),
        mime_type=TEXT,
    ),
    max_size=3,
    unique_by=lambda file: file.name,
)
MAIN = FileRecord("_haupt.pdf", bytes(32), 1, FileRole.MAIN, "application/pdf")
RECORDS = st.builds(
    NeutralRecord,
    message_id=NAME,
    object_id=NAME,
    object_version=NAME,
    action=st.just(Action.CREATE),
    case_file=CASE_FILES,
    matter=st.none() | MATTERS,
    document=DOCUMENTS,
    files=FILES.map(lambda files: (MAIN, *files)),
    created_at=st.none() | st.datetimes(datetime(1990, 1, 1), timezones=st.just(UTC)),
    created_by=TEXT,
)


@given(RECORDS)
def test_every_record_is_valid_on_the_wire_and_comes_back(record: NeutralRecord) -> None:
    wire = wire_from_record(record)
    assert check_entry(wire) == []
    assert to_record(wire) == record
