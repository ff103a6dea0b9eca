"""Files that grow when opened are refused with a reason; large honest ones are not."""

import io
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from records.content.bombs import pdf_bomb, zip_bomb
from records.content.child_process import SandboxSettings
from records.content.limits import MIB, Limits
from records.content.problems import Problem
from records.content.results import Inspection, InspectRequest
from records.content.sandbox import Sandbox
from tests.records.content.samples import zipped

LIMITS = Limits()


def reason(data: bytes, limits: Limits = LIMITS) -> str | None:
    return zip_bomb(io.BytesIO(data), len(data), limits)


def declaring(size: int) -> bytes:
    """A ZIP whose directory promises ``size`` bytes; its content stays tiny."""
    data = bytearray(zipped({"a.txt": b"a"}))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, size)
    return bytes(data)


def inspected(sandbox: Sandbox, path: Path) -> Inspection:
    return sandbox.inspect_batch([InspectRequest(path, path.name)], deadline_seconds=60)[0]


def test_honest_archives_pass() -> None:
    zeros = bytes(40 * MIB)
    assert reason(zipped({"leer.bin": zeros})) is None
    assert reason(zipped({f"{n}.txt": b"x" for n in range(5_000)})) is None
    assert reason(b"PK\x03\x04 kein Archiv") is None


def test_a_ratio_no_document_has() -> None:
    assert "Packverhältnis" in (reason(declaring(900 * MIB)) or "")


def test_a_size_beyond_all_bounds() -> None:
    small = replace(LIMITS, zip_total_bytes=10 * MIB)
    assert "entpackt" in (reason(zipped({"a": bytes(11 * MIB)}, stored=True), small) or "")


def test_too_many_entries_are_seen_before_the_directory_is_read() -> None:
    data = zipped({f"{n}": b"" for n in range(25_000)}, stored=True)
    assert "Einträge" in (reason(data) or "")
    lying = bytearray(data)
    struct.pack_into("<HH", lying, lying.rfind(b"PK\x05\x06") + 8, 1, 1)
    assert "Einträge" in (reason(bytes(lying)) or "")


def test_overlapping_entries() -> None:
    """David Fifield's bomb: many directory entries share the same packed bytes."""
    data = zipped({"a": b"0123456789" * 20, "b": b"0123456789" * 20}, stored=True)
    second = data.rfind(b"PK\x01\x02")
    grown = bytearray(data)
    struct.pack_into("<I", grown, second + 20, 10_000)
    assert "überlappend" in (reason(bytes(grown)) or "")


def test_archives_in_archives() -> None:
    data = zipped({"kern.txt": b"kern"})
    for _ in range(2):
        data = zipped({"innen.zip": data})
    assert reason(data) is None
    data = zipped({"innen.zip": zipped({"innen.zip": data})})
    assert "ineinander" in (reason(data) or "")


def test_a_bomb_inside_an_archive() -> None:
    assert "Packverhältnis" in (reason(zipped({"post.zip": declaring(900 * MIB)})) or "")


def giant_bitmap(path: Path) -> Path:
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        image = pdf.make_stream(
            zlib.compress(bytes(1_000)),
            Subtype=pikepdf.Name.Image,
            Width=60_000,
            Height=60_000,
            ColorSpace=pikepdf.Name.DeviceRGB,
            BitsPerComponent=8,
            Filter=pikepdf.Name.FlateDecode,
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
        page.Contents = pdf.make_stream(b"600 0 0 800 0 0 cm /I Do")
        pdf.save(path)
    return path


def twice_packed(path: Path, size: int) -> Path:
    """A content stream behind two filters: a few kB that become ``size`` bytes."""
    packed = zlib.compress(zlib.compress(bytes(size), 9), 9)
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        content = pikepdf.Stream(pdf, packed)
        content.Filter = pikepdf.Array([pikepdf.Name.FlateDecode] * 2)
        page.Contents = content
        pdf.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return path


def test_a_giant_bitmap_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    found = inspected(sandbox, giant_bitmap(tmp_path / "plakat.pdf"))
    assert found.problem == Problem.BOMB
    assert "3600 Millionen Bildpunkten" in found.problem_text


def test_a_stream_packed_twice_is_named(tmp_path: Path) -> None:
    path = twice_packed(tmp_path / "bombe.pdf", 70 * MIB)
    assert path.stat().st_size < 5_000
    limits = Limits(inflated_stream_bytes=50 * MIB)
    with Sandbox(SandboxSettings(limits=limits)) as sandbox:
        found = inspected(sandbox, path)
        modest = inspected(sandbox, twice_packed(tmp_path / "harmlos.pdf", MIB))
    assert found.problem == Problem.BOMB
    assert "Datenstrom" in found.problem_text
    assert modest.problem is None


def test_a_long_stream_with_an_absurd_ratio_is_named() -> None:
    packed = zlib.compress(bytes(80 * MIB), 9)
    limits = Limits(inflated_stream_bytes=50 * MIB)
    body = b"1 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>\nstream\n" + packed + b"\nendstream"
    assert "Datenstrom" in (pdf_bomb(b"%PDF-1.7\n" + body, limits) or "")
    image = body.replace(b"/Type/ObjStm", b"/Subtype/Image")
    assert pdf_bomb(b"%PDF-1.7\n" + image, limits) is None


def test_too_many_pages(tmp_path: Path) -> None:
    path = tmp_path / "seiten.pdf"
    with pikepdf.new() as pdf:
        for _ in range(30):
            pdf.add_blank_page()
        pdf.save(path)
    with Sandbox(SandboxSettings(limits=Limits(pdf_pages=20))) as small:
        found = inspected(small, path)
    assert (found.problem, found.page_count) == (Problem.BOMB, 30)
    with Sandbox(SandboxSettings(limits=Limits(text_pages=20))) as small:
        assert (inspected(small, path).problem, inspected(small, path).text_truncated) == (
            None,
            True,
        )


def test_a_giant_picture_is_refused_unopened(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "riesig.png"
    Image.new("1", (30_000, 20_000)).save(path)
    found = inspected(sandbox, path)
    assert found.problem == Problem.BOMB
    assert "30000 × 20000" in found.problem_text


@pytest.mark.parametrize("name", ["leer.pdf", "leer.txt", "leer"])
def test_empty_files_are_called_empty(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    found = inspected(sandbox, tmp_path / name)
    assert (found.problem, found.size) == (Problem.EMPTY, 0)


def test_broken_and_unknown_files_are_explained(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\nabgeschnitten")
    (tmp_path / "b.docx").write_bytes(zipped({"[Content_Types].xml": b"x" * 999})[:80])
    (tmp_path / "c.png").write_bytes(b"\x89PNG\r\n\x1a\nabgeschnitten")
    (tmp_path / "d.bin").write_bytes(bytes(range(256)))
    found = [inspected(sandbox, path).problem for path in sorted(tmp_path.iterdir())]
    assert found == [Problem.BROKEN, Problem.BROKEN, Problem.BROKEN, Problem.UNSUPPORTED]


def test_encrypted_zip(sandbox: Sandbox, tmp_path: Path) -> None:
    data = bytearray(zipped({"a.txt": b"geheim"}, stored=True))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    path = tmp_path / "geheim.zip"
    path.write_bytes(data)
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].flag_bits & 1
    assert inspected(sandbox, path).problem == Problem.ENCRYPTED
