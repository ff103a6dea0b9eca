"""Types by content, wrong names, the whitelist of uploads (E9)."""

import pytest

from records.content.results import Family
from records.content.sniffing import (
    accept_attribute,
    allowed_types,
    sniff_bytes,
    upload_refusal,
)
from tests.records.content.samples import package, zipped

OOXML = "application/vnd.openxmlformats-officedocument."
WORD = f"{OOXML}wordprocessingml.document.main+xml"
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"
ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
MAIL = b"From: a@example.org\nTo: b@example.org\nSubject: Antrag\nDate: heute\n\nGuten Tag"
PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (PDF, "pdf"),
        (b"\0\0junk before\0" + PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b"GIF89a", "gif"),
        (b"II*\0", "tif"),
        (b"BM" + bytes(12) + bytes((40, 0, 0, 0)) + bytes(20), "bmp"),
        (b"{\\rtf1 Hallo}", "rtf"),
        (package(WORD), "docx"),
        (package(f"{OOXML}spreadsheetml.sheet.main+xml"), "xlsx"),
        (package(MACRO_WORD), "docm"),
        (zipped(ODT), "odt"),
        (zipped({"a.txt": b"a"}), "zip"),
        (MAIL, "eml"),
        (b"From a@example.org Wed Jul 20 17:35:09 2016\nSubject: x\n\nx", "mbox"),
        (b'<?xml version="1.0"?><Invoice/>', "xml"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "svg"),
        (b'{"vorgang": 1}', "json"),
        ("Grüße".encode(), "txt"),
        ("Grüße".encode("cp1252"), "txt"),
        ("Grüße aus Göttingen".encode("utf-16"), "txt"),
        ("Grüße aus Göttingen".encode("utf-16-le"), "txt"),
        (b"MZ\x90\0\x03" + bytes(80), "exe"),
        (b"\x7fELF\x02\x01", "elf"),
        (b"#!/bin/sh\nrm -rf /\n", "sh"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (bytes(range(256)) * 4, ""),
    ],
)
def test_the_content_decides(content: bytes, extension: str) -> None:
    assert sniff_bytes(content).extension == extension


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (PDF, "brief.docx", ""),
        (b"MZ\x90\0\x03" + bytes(80), "rechnung.pdf", ""),
        (b"MZ\x90\0\x03" + bytes(80), "rechnung.pdf.xyz", ""),
        (package(MACRO_WORD), "brief.docx", ""),
        (b"nur Text", "scan.pdf", ""),
        (zipped({"a": b""}), "brief.docx", ""),
        (PDF, "brief", "image/png"),
    ],
)
def test_wrongly_named_files_are_noticed(content: bytes, name: str, mime: str) -> None:
    assert sniff_bytes(content, name, mime).declared_mismatch


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (PDF, "Brief.PDF", "application/pdf"),
        (PDF, "brief", "application/octet-stream"),
        (PDF, ".pdf", ""),
        (b"\xff\xd8\xff\xe0", "foto.jpeg", "image/jpeg"),
        (b"a;b\n1;2\n", "liste.csv", "application/vnd.ms-excel; charset=utf-8"),
        (b"a;b\n1;2\n", "liste.csv", "text/csv"),
        (b"Protokoll", "lauf.protokoll", ""),
        (b"{\\rtf1 x}", "brief.doc", ""),
    ],
)
def test_right_names_are_left_alone(content: bytes, name: str, mime: str) -> None:
    found = sniff_bytes(content, name, mime)
    expected = mime.startswith("application/vnd.ms-excel")
    assert found.declared_mismatch is expected


def test_csv_is_told_by_its_name() -> None:
    assert sniff_bytes(b"a;b\n", "liste.csv").mime == "text/csv"


@pytest.mark.parametrize(
    "content",
    [
        package(MACRO_WORD),
        package(WORD, **{"word/vbaProject.bin": b"x"}),
        zipped(ODT | {"Basic/Standard/Module1.xml": b"<x/>"}),
    ],
)
def test_macros_are_refused(content: bytes) -> None:
    found = sniff_bytes(content)
    assert found.has_macros
    assert "Makros" in (upload_refusal(found) or "")


def test_e9_whitelist_of_uploads() -> None:
    assert allowed_types() == (
        "PDF, RTF, DOCX, XLSX, PPTX, ODT, ODS, PNG, GIF, JPG, TIF, BMP, TXT, EML, MSG"
    )
    assert upload_refusal(sniff_bytes(PDF, "a.pdf")) is None
    assert upload_refusal(sniff_bytes(MAIL, "a.eml")) is None
    assert upload_refusal(sniff_bytes(package(WORD), "a.docx")) is None
    for refused in (b"MZ\x90\0\x03" + bytes(80), zipped({"a": b""}), b"<svg/>", b"\0\1\2"):
        assert "nicht angenommen" in (upload_refusal(sniff_bytes(refused)) or "")
    assert upload_refusal(sniff_bytes(PDF, "a.docx"), "a.docx") == (
        "Der Dateiname passt nicht zum Inhalt: angegeben DOCX, in Wahrheit PDF."
    )


def test_the_file_dialog_offers_the_whitelist() -> None:
    offered = accept_attribute().split(",")
    assert {".pdf", ".docx", ".jpg", ".jpeg", ".tif", ".tiff", ".txt"} <= set(offered)
    assert not {".csv", ".doc", ".ai", ".exe", ".svg"} & set(offered)


def test_damaged_containers_keep_their_kind() -> None:
    found = sniff_bytes(package(WORD)[:60], "brief.docx")
    assert (found.mime, found.family) == ("application/zip", Family.ARCHIVE)
