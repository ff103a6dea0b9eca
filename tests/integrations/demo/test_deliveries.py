"""Whole deliveries: repeatable, valid, with exactly the faults that were asked for."""

import hashlib
import io
import json
from pathlib import Path

import pypdfium2
import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError

from integrations.demo.faults import Fault, parse_faults
from integrations.demo.generator import DeliveryPlan, case_number, shares, write_delivery
from integrations.demo.texts import texts_from
from integrations.formats.errors import SyntaxFault
from integrations.formats.reader import iter_entries, read_header, to_record
from integrations.formats.record import NeutralRecord
from integrations.open_prosoz.mapping import filing_of


def plan(name: str = "nacht", documents: int = 24, **more: object) -> DeliveryPlan:
    return DeliveryPlan(name, cases=4, documents=documents, seed=7, processes=1, **more)  # type: ignore[arg-type]


def records(folder: Path) -> list[NeutralRecord]:
    found = []
    for _, entry, faults in iter_entries(folder / "index.json"):
        assert faults == []
        found.append(to_record(entry))
    return found


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def faulty_files(folder: Path) -> dict[str, str]:
    """Which delivered files are missing or differ from the index."""
    wrong = {}
    for record in records(folder):
        for file in record.files:
            path = folder / "dateien" / file.name
            if not path.exists():
                wrong[file.name] = "missing"
            elif hashlib.sha256(path.read_bytes()).digest() != file.sha256:
                wrong[file.name] = "hash"
            else:
                assert path.stat().st_size == file.size
    return wrong


def test_the_same_plan_gives_the_same_bytes_with_one_process_or_two(tmp_path: Path) -> None:
    one = write_delivery(tmp_path / "1", plan())
    two = write_delivery(
        tmp_path / "2", DeliveryPlan("nacht", cases=4, documents=24, seed=7, processes=2)
    )
    assert digest(one.path) == digest(two.path)
    assert (one.entries, one.files) == (24, 24)


def test_a_delivery_is_valid_distinct_and_can_be_filed(tmp_path: Path) -> None:
    report = write_delivery(tmp_path, plan())
    found = records(report.path)
    assert faulty_files(report.path) == {}
    assert len({file.sha256 for record in found for file in record.files}) == 24
    assert len({record.object_id for record in found}) == 24
    filings = [filing_of(record, "01") for record in found]
    assert len({filing.case_file.key for filing in filings if filing.case_file}) == 4
    assert all(filing.document and filing.matter for filing in filings)
    assert report.size == sum(path.stat().st_size for path in report.path.glob("dateien/*"))


def test_another_seed_gives_other_cases(tmp_path: Path) -> None:
    report = write_delivery(tmp_path, plan())
    other = write_delivery(tmp_path, DeliveryPlan("zwei", 4, 24, seed=8, processes=1))
    for key in ("case_file", "object_id"):
        mine = {str(getattr(record, key)) for record in records(report.path)}
        assert not mine & {str(getattr(record, key)) for record in records(other.path)}


def test_case_numbers_do_not_collide_between_seeds() -> None:
    numbers = [case_number(seed, index) for seed in range(50) for index in range(200)]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(("cases", "documents"), [(1, 1), (5, 5), (30, 214), (7, 1000)])
def test_shares_give_every_case_something_and_add_up(cases: int, documents: int) -> None:
    given = shares(3, cases, documents)
    assert len(given) == cases
    assert min(given) >= 1
    assert sum(given) == documents


def test_missing_surplus_and_hash(tmp_path: Path) -> None:
    wanted = {Fault.MISSING: 2, Fault.SURPLUS: 1, Fault.HASH: 1}
    report = write_delivery(tmp_path, plan(faults=wanted))
    assert sorted(faulty_files(report.path).values()) == ["hash", "missing", "missing"]
    named = {file.name for record in records(report.path) for file in record.files}
    there = {path.name for path in report.path.glob("dateien/*")}
    assert len(there - named) == 1
    assert sorted(fault for fault, _ in report.spoiled) == ["hash", "missing", "missing", "surplus"]


def test_a_duplicate_is_the_same_object_version_and_hash(tmp_path: Path) -> None:
    report = write_delivery(tmp_path, plan(faults={Fault.DUPLICATE: 2}))
    found = records(report.path)
    assert (report.entries, len(found)) == (26, 26)
    assert faulty_files(report.path) == {}
    keys = [(r.object_id, r.object_version, r.files[0].sha256) for r in found]
    assert len(set(keys)) == 24
    assert len({record.message_id for record in found}) == 26
    assert len({file.name for record in found for file in record.files}) == 26


def test_truncated_and_encrypted_files_arrive_as_sent(tmp_path: Path) -> None:
    wanted = {Fault.TRUNCATED: 1, Fault.ENCRYPTED: 1}
    report = write_delivery(tmp_path, plan(faults=wanted))
    assert faulty_files(report.path) == {}
    at = {fault: records(report.path)[position - 1] for fault, position in report.spoiled}
    cut = report.path / "dateien" / at[Fault.TRUNCATED].files[0].name
    assert not cut.read_bytes().rstrip().endswith(b"%%EOF")
    locked = report.path / "dateien" / at[Fault.ENCRYPTED].files[0].name
    with pytest.raises(FileNotDecryptedError):
        PdfReader(locked).pages[0].extract_text()


def test_a_cut_index_is_refused(tmp_path: Path) -> None:
    report = write_delivery(tmp_path, plan(faults={Fault.INDEX: 1}))
    with pytest.raises(SyntaxFault):
        read_header(report.path / "index.json")


def test_faults_are_read_and_refused_in_german() -> None:
    assert parse_faults("missing, hash:3,") == {Fault.MISSING: 1, Fault.HASH: 3}
    with pytest.raises(ValueError, match="Unbekannter Fehler „unsinn“"):
        parse_faults("unsinn")
    with pytest.raises(ValueError, match="hash:x"):
        parse_faults("hash:x")


def test_other_texts_become_the_letters(tmp_path: Path) -> None:
    (tmp_path / "texte").mkdir()
    (tmp_path / "texte" / "a.md").write_text("Windkraftanlage am Waldrand.\n\n" * 3)
    report = write_delivery(tmp_path, plan(documents=4, body=texts_from(tmp_path / "texte")))
    for path in report.path.glob("dateien/*.pdf"):
        page = pypdfium2.PdfDocument(path)[0]
        assert "Windkraftanlage am Waldrand" in page.get_textpage().get_text_range()
    with pytest.raises(ValueError, match="enthält keine Texte"):
        texts_from(report.path / "dateien")


def test_the_command_writes_and_reports(tmp_path: Path) -> None:
    out, quiet = io.StringIO(), io.StringIO()
    arguments = ["--cases", "2", "--documents", "3", "--seed", "5", "--processes", "1"]
    arguments += ["--out", str(tmp_path), "--faults", "surplus"]
    call_command("make_delivery", *arguments, stdout=out, stderr=quiet)
    told = json.loads(out.getvalue())
    assert told["path"] == str(tmp_path / "openprosoz-0005")
    assert (told["entries"], told["files"], told["faults"]) == (3, 3, [["surplus", 0]])
    assert (tmp_path / "openprosoz-0005.ok").exists()
    with pytest.raises(CommandError, match="gibt es schon"):
        call_command("make_delivery", *arguments, stdout=out, stderr=quiet)


def test_impossible_plans_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="für jeden Fall ein Dokument"):
        write_delivery(tmp_path, plan(documents=3))
    with pytest.raises(ValueError, match="mehr Fehler"):
        write_delivery(tmp_path, plan(faults={Fault.HASH: 25}))
    assert list(tmp_path.iterdir()) == []
