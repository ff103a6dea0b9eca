"""Every real file goes through: nothing raises, nothing kills the caller, everything is explained."""

import csv
import hashlib
import json
import re
from pathlib import Path

import pytest

from records.content.problems import Problem
from records.content.results import Family, Inspection, InspectRequest, TextState
from records.content.sandbox import Sandbox

FOLDERS = ("pdf", "office", "mail", "forms", "scans", "einvoice")
# Nearly all of its text is shifted by 29 letters (",,,\x111XUDXV]XI…"); the list calls it good
# because 3.6 % of its tokens happen to be German words.
LISTED_TOO_KINDLY = {"z/zvfv/bgbl1_2014_j0754-1_0160.pdf"}


@pytest.fixture(scope="module")
def inspected(test_data: Path, sandbox: Sandbox) -> dict[Path, Inspection]:
    """All files by path, inspected in one batch."""
    folders = [test_data / name for name in FOLDERS]
    paths = sorted(p for folder in folders for p in folder.rglob("*") if p.is_file())
    assert len(paths) > 300
    requests = [InspectRequest(path, path.name) for path in paths]
    found = sandbox.inspect_batch(requests, deadline_seconds=80)
    return dict(zip(paths, found, strict=True))


def test_each_file_has_a_hash_and_a_size(inspected: dict[Path, Inspection]) -> None:
    for path, found in inspected.items():
        data = path.read_bytes()
        assert found.reached, path
        assert (found.sha256, found.size) == (hashlib.sha256(data).digest(), len(data)), path


def test_no_real_file_loses_a_child(inspected: dict[Path, Inspection]) -> None:
    lost = {p.name: f for p, f in inspected.items() if f.problem in ("crashed", "timeout")}
    assert lost == {}


def test_each_problem_is_explained_in_german(inspected: dict[Path, Inspection]) -> None:
    for path, found in inspected.items():
        assert bool(found.problem) == bool(found.problem_text), path
        assert not found.problem or re.match(r"(Die|Dieser) Datei.*\.", found.problem_text), path


def test_known_types_are_recognised(inspected: dict[Path, Inspection]) -> None:
    """The extension of these collections is right, so it is an independent answer."""
    same = {"tiff": "tif", "jpeg": "jpg", "htm": "html"}
    wrong = []
    for path, found in inspected.items():
        expected = path.suffix.lower().lstrip(".")
        if same.get(expected, expected) != found.sniffed.extension:
            wrong.append(path.name)
    # Password-protected OOXML says docx; a mailbox with one mail is called .eml by its collection.
    assert sorted(wrong) == [
        "tika__protect.xlsx",
        "tika__testEXCEL_protected_passtika.xlsx",
        "tika__testEmailWithPNGAtt.eml",
    ]
    mismatched = [p.name for p, found in inspected.items() if found.sniffed.declared_mismatch]
    assert mismatched == []


def test_encrypted_pdfs_are_named(test_data: Path, inspected: dict[Path, Inspection]) -> None:
    """passwords.json lists the files that ask for a password (null: an empty one opens them)."""
    listed = json.loads((test_data / "pdf" / "passwords.json").read_text())
    names = {_local_name(entry) for entry, password in listed.items() if password}
    here = {p.name: found for p, found in inspected.items() if p.name in names}
    assert len(here) >= 3
    assert {found.problem for found in here.values()} == {Problem.ENCRYPTED}
    encrypted = {p.name for p, f in inspected.items() if f.problem == Problem.ENCRYPTED}
    # Further user-password files and the two protected workbooks.
    assert {n for n in encrypted - names if "password" not in n} == {
        "tika__protect.xlsx",
        "tika__testEXCEL_protected_passtika.xlsx",
    }


def _local_name(entry: str) -> str:
    collection, *_rest, name = entry.split("/")
    return f"{collection}__{name}"


def test_macros_are_seen(inspected: dict[Path, Inspection]) -> None:
    with_macros = [path.name for path, found in inspected.items() if found.sniffed.has_macros]
    assert with_macros == ["tika__testEXCEL_macro.xls"]


def test_text_layers_are_judged_like_the_list(
    test_data: Path, inspected: dict[Path, Inspection]
) -> None:
    expected = {"good": TextState.OK, "empty": TextState.EMPTY, "garbage": TextState.GARBAGE}
    truth = _listed_layers(test_data)
    forms = test_data / "forms"
    judged = {
        p.relative_to(forms).as_posix(): f for p, f in inspected.items() if forms in p.parents
    }
    both = sorted(truth.keys() & judged.keys())
    wrong = {name for name in both if judged[name].text_state != expected[truth[name]]}
    assert len(both) >= 60
    assert wrong <= LISTED_TOO_KINDLY
    assert {truth[name] for name in both} == set(expected)


def _listed_layers(test_data: Path) -> dict[str, str]:
    with (test_data / "forms" / "bgbl_forms_textlayer.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {row["path"].partition("bgbl_forms/")[2]: row["textlayer"] for row in rows}


def test_pdfs_have_pages_and_text(test_data: Path, inspected: dict[Path, Inspection]) -> None:
    form = inspected[test_data / "forms" / "a" / "agmahnvordrv" / "bgbl1_2016_j0408_0010.pdf"]
    assert form.page_count == 12
    assert form.text.count("\f") == 11
    # Hyphenated over a line end in the original.
    assert "aufgrund der vorstehenden Angaben einen Mahnbescheid" in form.text.replace("\n", " ")
    assert form.has_text_layer


def test_other_kinds_have_the_text_a_reader_sees(
    test_data: Path, inspected: dict[Path, Inspection]
) -> None:
    mail = inspected[test_data / "mail" / "opengever__sample.eml"]
    assert mail.text_state == TextState.OK
    assert "Subject: " in mail.text
    html = inspected[test_data / "office" / "tika__testHTML_metadata.html"]
    assert html.text
    assert "<" not in html.text.replace("<<", "")
    bills = [f for p, f in inspected.items() if p.suffix == ".xml" and "xrechnung" in str(p)]
    assert bills
    assert all("EUR" in bill.text and bill.text_state == TextState.OK for bill in bills)


def test_texts_can_be_stored(inspected: dict[Path, Inspection]) -> None:
    for path, found in inspected.items():
        assert "\0" not in found.text, path
        found.text.encode()


def test_pictures_count_pages_and_wait_for_ocr(inspected: dict[Path, Inspection]) -> None:
    pictures = {p: f for p, f in inspected.items() if f.sniffed.family == Family.IMAGE}
    assert len(pictures) >= 25
    for path, found in pictures.items():
        assert found.problem is None, path
        assert found.text_state == TextState.EMPTY, path
        assert (found.page_count or 0) >= 1, path
    multi = next(f for p, f in pictures.items() if p.name == "mayan__multi_page.tiff")
    assert (multi.page_count or 0) > 1
