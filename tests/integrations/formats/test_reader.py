"""Streaming, complete, bounded: what comes out of an index and what is refused as a whole."""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest

from integrations.formats.errors import DeliveryUnreadable, HeaderFault, SyntaxFault
from integrations.formats.reader import iter_entries, read_header, schema
from tests.integrations.formats.examples import HEAD, entry, write_index

SAMPLE = Path("integrations/open_prosoz/samples/lieferung-0001/index.json")


def test_header_is_typed_counted_and_hashed(tmp_path: Path) -> None:
    path = write_index(tmp_path, entry(), entry(), entry())
    header = read_header(path)
    assert (header.system, header.mandant, header.delivery_id) == ("openprosoz", "01", "L-1")
    assert header.created_at == datetime(2026, 11, 21, 1, 10, tzinfo=UTC)
    assert header.entry_count == 3
    assert header.sha256 == hashlib.sha256(path.read_bytes()).digest()


def test_header_fields_may_follow_the_entries(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_text(json.dumps({"eintraege": [entry()]} | HEAD), encoding="utf-8")
    assert read_header(path).entry_count == 1
    assert [position for position, _, _ in iter_entries(path)] == [1]


def test_a_byte_order_mark_is_forgiven_and_hashed(tmp_path: Path) -> None:
    path = write_index(tmp_path, entry())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_header(path).sha256 == hashlib.sha256(path.read_bytes()).digest()
    assert [faults for _, _, faults in iter_entries(path)] == [[]]


def test_broken_entries_do_not_stop_the_rest(tmp_path: Path) -> None:
    path = write_index(tmp_path, entry(), entry(akte=None), "kein Objekt", 7, entry())
    assert read_header(path).entry_count == 5
    found = [(position, len(faults)) for position, _, faults in iter_entries(path)]
    assert found == [(1, 0), (2, 1), (3, 1), (4, 1), (5, 0)]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.98])
def test_a_cut_off_file_is_refused_as_a_whole(tmp_path: Path, keep: float) -> None:
    path = write_index(tmp_path, *[entry() for _ in range(50)])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(SyntaxFault, match=r"index\.json ist abgeschnitten"):
        read_header(path)
    with pytest.raises(SyntaxFault):
        list(iter_entries(path))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"null",
        b'{"eintraege": []} mehr',
        b'{"mandant": "\xff\xfe"}',
        b'{"eintraege": ["\xed\xa0\x80"]}',
        b'{"eintraege": [NaN]}',
        b'{"eintraege": [' + b"[" * 5_000,
        b'{"x": ' + b'{"a":' * 5_000,
        b'{"eintraege": ["' + b"a" * 5_000_000 + b'"]}',
    ],
)
def test_what_is_no_index_raises_one_typed_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(content)
    with pytest.raises(DeliveryUnreadable) as caught:
        read_header(path)
    assert "index.json" in caught.value.message


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ({"schemaVersion": "2.0"}, "schemaVersion '2.0' ist hier nicht bekannt"),
        ({"schemaVersion": None}, "Die Pflichtangabe „schemaVersion“ fehlt"),
        ({"mandant": None}, "Die Pflichtangabe „mandant“ fehlt"),
        ({"verfahren": "OPEN PROSOZ"}, "verfahren"),
        ({"erstelltAm": "gestern"}, "erstelltAm: „gestern“ ist kein Zeitpunkt"),
        ({"erstelltAm": "2026-11-21T02:10:00"}, "mit Zeitzone"),
        ({"mandannt": "01"}, "Unbekannte Angabe „mandannt“"),
    ],
)
def test_a_faulty_head_names_the_field(tmp_path: Path, head: dict[str, str], reason: str) -> None:
    with pytest.raises(HeaderFault) as caught:
        read_header(write_index(tmp_path, entry(), **head))
    assert reason in caught.value.message


def test_entries_must_be_there_and_be_a_list(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    path.write_text(json.dumps(HEAD), encoding="utf-8")
    with pytest.raises(HeaderFault, match="„eintraege“ fehlt"):
        read_header(path)
    path.write_text(json.dumps(HEAD | {"eintraege": {}}), encoding="utf-8")
    with pytest.raises(HeaderFault, match="keine Liste"):
        read_header(path)


def test_what_a_database_cannot_store_is_named_and_replaced(tmp_path: Path) -> None:
    path = write_index(tmp_path, entry(erstelltVon="A\x00B"))
    [(_, kept, faults)] = iter_entries(path)
    assert str(faults[0]) == (
        "index.json, eintraege[1].erstelltVon: Der Text enthält ein Nullzeichen."
    )
    assert kept["erstelltVon"] == "A\ufffdB"


def test_numbers_become_plain_and_infinity_is_a_fault(tmp_path: Path) -> None:
    path = write_index(tmp_path, entry())
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("390.94", "1e400"), encoding="utf-8")
    [(_, kept, faults)] = iter_entries(path)
    assert [fault.reason for fault in faults] == ["Die Zahl ist zu groß."]
    json.dumps(kept, allow_nan=False)


def test_the_sample_delivery_is_valid_for_every_json_schema_reader() -> None:
    whole = json.loads(SAMPLE.read_text(encoding="utf-8"))
    assert jsonschema_rs.Draft202012Validator(schema(), validate_formats=True).is_valid(whole)
    assert not jsonschema_rs.Draft202012Validator(schema()).is_valid(whole | {"unbekannt": 1})
    assert [faults for _, _, faults in iter_entries(SAMPLE)] == [[]] * 5
    for item in whole["eintraege"]:
        for file in item.get("dateien", ()):
            content = (SAMPLE.parent / "dateien" / file["name"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            assert len(content) == file["groesse"]


MEMORY_PROBE = """
import resource, sys
from pathlib import Path
from integrations.formats.reader import iter_entries, read_header, to_record
path = Path(sys.argv[1])
for position, entry, faults in iter_entries(path):
    to_record(entry)
    if position == 200:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert read_header(path).entry_count == position
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_memory_does_not_grow_with_the_number_of_entries(tmp_path: Path) -> None:
    path = write_index(tmp_path, *[entry(nachrichtId=f"N{n}") for n in range(9_000)])
    assert path.stat().st_size > 8_000_000
    done = subprocess.run(
        [sys.executable, "-c", MEMORY_PROBE, str(path)], capture_output=True, check=True, text=True
    )
    assert int(done.stdout) < 4_000, "more than 4 MB for an index of 9 MB"
