"""PDFs of Office files: LibreOffice confined, every real file explained (Q3)."""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest

from goettingen_ecm.operations import clock
from records.content import office
from records.content.file_types import BY_EXTENSION
from records.content.office_confinement import OfficeLimits
from records.content.office_types import OFFICE_TYPES
from records.content.problems import Problem
from records.content.results import ContentUnreadable, Inspection, InspectRequest
from records.content.sandbox import Sandbox

needs_office = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
ROOT = Path(office.__file__).resolve().parent.parent.parent
SLICE = 3
# What a hostile file would try, once it has taken over the process.
ATTEMPTS = """
import json, os, socket, sys, urllib.request
from pathlib import Path
from records.content.office_confinement import OfficeLimits, confine
folder, outside = Path(sys.argv[1]), Path(sys.argv[2])
def tried(act):
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"
before = os.getuid()
confine(folder, [Path("/usr")], OfficeLimits())
print(json.dumps({
    "network": tried(lambda: socket.socket(socket.AF_INET)),
    "network6": tried(lambda: socket.socket(socket.AF_INET6)),
    "local socket": tried(lambda: socket.socket(socket.AF_UNIX)),
    "read": tried(lambda: outside.read_bytes()),
    "secrets": tried(lambda: Path("/proc/self/environ").read_bytes()),
    "write": tried(lambda: outside.write_bytes(b"x")),
    "remove": tried(lambda: outside.unlink()),
    "own folder": tried(lambda: (folder / "a").write_bytes(b"x")),
    "root": before == 0 and os.getuid() == 0,
}))
"""
RTF = r"{\rtf1\ansi\deff0{\fonttbl{\f0 Liberation Serif;}}\f0 %s}"
RTF_MIME = "application/rtf"


def rtf(path: Path, *pages: str) -> Path:
    path.write_text(RTF % r"\page ".join(pages), encoding="ascii")
    return path


def text_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder outside /tmp that LibreOffice could reach, were it not confined."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_the_confined_process_reaches_nothing_but_its_folder(open_folder: Path) -> None:
    folder, outside = open_folder / "innen", open_folder / "aussen.txt"
    folder.mkdir()
    folder.chmod(0o777)
    outside.write_bytes(b"geheim")
    outside.chmod(0o666)
    done = subprocess.run(
        [sys.executable, "-c", ATTEMPTS, str(folder), str(outside)],
        cwd=ROOT,
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert json.loads(done.stdout) == {
        "network": "PermissionError",
        "network6": "PermissionError",
        "local socket": "done",
        "read": "PermissionError",
        "secrets": "PermissionError",
        "write": "PermissionError",
        "remove": "PermissionError",
        "own folder": "done",
        "root": False,
    }
    assert outside.read_bytes() == b"geheim"


@needs_office
def test_pages_and_words_of_the_file_are_in_the_pdf(tmp_path: Path) -> None:
    source = rtf(tmp_path / "a.rtf", "Zuckerr\\'fcbenschaden", "Zweite Seite")
    first, second = text_of(office.convert_to_pdf(source, RTF_MIME))
    assert "Zuckerrübenschaden" in first
    assert "Zweite Seite" in second


@needs_office
def test_no_more_pages_than_allowed(tmp_path: Path) -> None:
    source = rtf(tmp_path / "a.rtf", *(f"Seite {n}" for n in range(1, 6)))
    pdf = office.convert_to_pdf(source, RTF_MIME, OfficeLimits(pages=2))
    assert len(text_of(pdf)) == 2


@needs_office
def test_what_takes_too_long_is_ended_with_all_it_started(tmp_path: Path) -> None:
    source = rtf(tmp_path / "a.rtf", "Text")
    with pytest.raises(ContentUnreadable) as slow:
        office.convert_to_pdf(source, RTF_MIME, OfficeLimits(wall_seconds=0.4))
    assert slow.value.problem == Problem.TIMEOUT
    assert not list(Path(tempfile.gettempdir()).glob("office-*/datei.rtf"))


@needs_office
def test_a_file_that_cannot_be_opened_is_broken(tmp_path: Path) -> None:
    source = tmp_path / "a.docx"
    source.write_bytes(b"PK\x03\x04" + bytes(200))
    mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    with pytest.raises(ContentUnreadable) as broken:
        office.convert_to_pdf(source, mime)
    assert broken.value.problem == Problem.BROKEN


@needs_office
def test_links_to_files_of_this_machine_bring_nothing_in(open_folder: Path) -> None:
    secret = open_folder / "geheim.txt"
    secret.write_text("Kontonummer 4711 0815", encoding="ascii")
    secret.chmod(0o644)
    field = rf'{{\field{{\*\fldinst INCLUDETEXT "{secret}"}}{{\fldrslt nichts}}}}'
    source = rtf(open_folder / "a.rtf", f"Vorher {field} nachher")
    text = " ".join(text_of(office.convert_to_pdf(source, RTF_MIME)))
    assert "Vorher" in text
    assert "4711" not in text


@pytest.fixture(scope="module")
def office_files(test_data: Path, sandbox: Sandbox) -> dict[Path, Inspection]:
    """Every Office file of the collection, looked at as an upload would be."""
    paths = sorted(p for p in (test_data / "office").rglob("*") if p.is_file())
    found = sandbox.inspect_batch([InspectRequest(p, p.name) for p in paths], deadline_seconds=60)
    known = dict(zip(paths, found, strict=True))
    chosen = {p: f for p, f in known.items() if f.sniffed.mime in OFFICE_TYPES}
    assert len(chosen) > 30
    return chosen


def goes_through(path: Path, found: Inspection) -> None:
    """A PDF with pages, or a reason in German; the original is what it was."""
    before = path.read_bytes()
    try:
        pdf = office.convert_to_pdf(path, found.sniffed.mime)
    except ContentUnreadable as unreadable:
        assert str(unreadable).startswith("Die Datei"), path
        assert found.problem or path.name in UNREADABLE, path
    else:
        assert len(text_of(pdf)) >= 1, path
    assert hashlib.sha256(before).digest() == hashlib.sha256(path.read_bytes()).digest()


# Files that LibreOffice itself cannot open.
UNREADABLE: frozenset[str] = frozenset()


@needs_office
@pytest.mark.timeout(240)
def test_a_slice_of_the_real_files_goes_through(office_files: dict[Path, Inspection]) -> None:
    chosen = random.Random(clock.today().toordinal())
    for path in chosen.sample(sorted(office_files), SLICE):
        goes_through(path, office_files[path])


@needs_office
@pytest.mark.full
@pytest.mark.timeout(900)
def test_every_real_file_goes_through(office_files: dict[Path, Inspection]) -> None:
    for path, found in office_files.items():
        goes_through(path, found)


def test_types_are_those_the_product_knows() -> None:
    known = {one.mime for types in BY_EXTENSION.values() for one in types}
    assert set(OFFICE_TYPES) <= known
