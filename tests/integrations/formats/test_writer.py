"""A delivery appears at once and complete, or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.formats.reader import iter_entries, read_header, to_record
from integrations.formats.writer import DeliveryWriter, Sender
from tests.integrations.formats.examples import entry

SENDER = Sender("openprosoz", "01", "L-7", datetime(2026, 11, 21, 2, tzinfo=UTC), "Nachtlauf")


def test_what_was_written_can_be_read(tmp_path: Path) -> None:
    with DeliveryWriter(tmp_path, "nacht", SENDER) as writer:
        assert not writer.path.exists()
        (writer.files_dir / "a.pdf").write_bytes(b"x")
        writer.add(to_record(entry()))
        writer.add_wire({"kaputt": True})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nacht", "nacht.ok"]
    assert (writer.path / "dateien" / "a.pdf").read_bytes() == b"x"
    header = read_header(writer.path / "index.json")
    assert (header.delivery_id, header.entry_count) == ("L-7", 2)
    found = list(iter_entries(writer.path / "index.json"))
    assert to_record(found[0][1]) == to_record(entry())
    assert found[1][2]


def test_an_empty_delivery_is_valid(tmp_path: Path) -> None:
    with DeliveryWriter(tmp_path, "leer", SENDER) as writer:
        pass
    assert read_header(writer.path / "index.json").entry_count == 0
    assert list(iter_entries(writer.path / "index.json")) == []


def test_a_failed_writer_leaves_nothing_to_pick_up_and_can_try_again(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="voll"), DeliveryWriter(tmp_path, "nacht", SENDER) as writer:
        (writer.files_dir / "rest.pdf").write_bytes(b"x")
        raise OSError("voll")
    assert [path.name for path in tmp_path.iterdir()] == ["nacht.tmp"]
    with DeliveryWriter(tmp_path, "nacht", SENDER):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nacht", "nacht.ok"]
    assert list((tmp_path / "nacht" / "dateien").iterdir()) == []


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    with DeliveryWriter(tmp_path, "nacht", SENDER):
        pass
    with pytest.raises(FileExistsError), DeliveryWriter(tmp_path, "nacht", SENDER):
        pass
