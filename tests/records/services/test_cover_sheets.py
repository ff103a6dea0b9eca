"""The cover sheet (A13): what it says, and where its code leads."""

import io
from urllib.parse import urlsplit

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from django.test import Client

from records.models import CaseFile
from records.services.cover_sheets import cover_sheet, number_address
from tests import personas, stories
from tests.records.views.conftest import logged_in


@pytest.fixture
def case_file(quick_city: None) -> CaseFile:
    return stories.building_file().case_file


@pytest.fixture
def clerk(quick_city: None) -> Client:
    return logged_in(personas.CLERK_BUILDING)


def test_a13_the_sheet_names_the_file(case_file: CaseFile) -> None:
    case_file.title = "Ärger mit #strong[Markup] & „Zeichen“"
    text = pypdfium2.PdfDocument(cover_sheet(case_file))[0].get_textpage().get_text_range()
    for said in (case_file.aktenzeichen, case_file.title, "63.1 Bauaufsicht", "10 Jahre"):
        assert said in text


def test_the_code_opens_the_file(case_file: CaseFile, clerk: Client) -> None:
    page = pypdfium2.PdfDocument(cover_sheet(case_file))[0].render(scale=3).to_pil()
    [code] = zxingcpp.read_barcodes(page)
    assert code.text == number_address(case_file.aktenzeichen)
    answer = clerk.get(urlsplit(code.text).path)
    assert answer.headers["Location"].endswith(f"/akte/{case_file.uuid}/")


def test_the_sheet_is_archivable_and_accessible(case_file: CaseFile) -> None:
    with pikepdf.open(io.BytesIO(cover_sheet(case_file))) as document:
        metadata = document.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfuaid:part"]) == ("2", "1")
        assert document.Root.Lang == "de"


def test_the_page_gives_it_to_insiders_only(case_file: CaseFile, clerk: Client) -> None:
    answer = clerk.get(f"/akte/{case_file.uuid}/deckblatt.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    outsider = logged_in(personas.CLERK_SOCIAL)
    assert outsider.get(f"/akte/{case_file.uuid}/deckblatt.pdf").status_code == 404
