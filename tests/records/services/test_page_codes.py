"""Codes on page 1 of what comes in: a scanned cover sheet leads to its file (E4)."""

import io
from pathlib import Path

import pypdfium2
import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from records.content.problems import Problem
from records.content.results import ContentUnreadable
from records.models import CaseFile, IncomingItem
from records.selectors.filing_suggestions import Confidence, suggestions_for
from records.services.cover_sheets import cover_sheet, number_address, number_in_address
from records.services.intake import receive_uploads
from records.services.sandbox import sandbox
from tests import personas, stories
from tests.access import world as w

CLERK = personas.CLERK_SOCIAL


@pytest.fixture
def case_file(quick_city: None) -> CaseFile:
    return stories.social_file().case_file


def scanned(picture: Image.Image) -> bytes:
    """As the glass gives it: grey, slightly turned, JPEG, no text."""
    target = io.BytesIO()
    picture.convert("L").rotate(3, expand=True, fillcolor=255).save(target, "JPEG", quality=70)
    return target.getvalue()


def code_page(text: str) -> Image.Image:
    code = io.BytesIO()
    segno.make(text, error="m", micro=False).save(code, kind="png", scale=8, border=4)
    page = Image.new("L", (1_654, 2_339), 255)
    page.paste(Image.open(code), (200, 300))
    return page


def came_in(name: str, data: bytes) -> IncomingItem:
    files = [SimpleUploadedFile(name, data)]
    return receive_uploads(personas.person(CLERK), w.unit("50.1"), files)[0].item


def test_e4_a_scanned_cover_sheet_suggests_its_file(case_file: CaseFile) -> None:
    sheet = pypdfium2.PdfDocument(cover_sheet(case_file))[0].render(scale=200 / 72).to_pil()
    item = came_in("Scan0001.jpg", scanned(sheet))
    assert item.first_page == case_file.aktenzeichen
    [found] = suggestions_for(personas.person(CLERK), item)
    assert (found.case_file, found.confidence) == (case_file, Confidence.SURE)


def test_e4_a_code_among_other_lines_suggests_the_file(case_file: CaseFile) -> None:
    payment = f"BCD\n002\n1\nSCT\n\nStadt\nDE00\nEUR12.50\n\n\n{case_file.aktenzeichen} Gebühr"
    pdf = io.BytesIO()
    code_page(payment).save(pdf, "PDF", resolution=200)
    item = came_in("Scan0002.pdf", pdf.getvalue())
    assert [one.case_file for one in suggestions_for(personas.person(CLERK), item)] == [case_file]


def test_a_protected_file_is_not_suggested_to_others(case_file: CaseFile) -> None:
    item = came_in("Scan0003.jpg", scanned(code_page(number_address(case_file.aktenzeichen))))
    assert item.first_page == case_file.aktenzeichen
    assert suggestions_for(personas.person(personas.CLERK_BUILDING), item) == []


def test_what_cannot_be_opened_comes_in_without_codes(quick_city: None) -> None:
    item = came_in("Scan0004.jpg", scanned(code_page("51-2026"))[:900])
    assert (item.first_page, item.files.get().blob.size) == ("", 900)


def test_the_sandbox_reads_codes_and_names_what_is_broken(tmp_path: Path) -> None:
    good, empty, broken = (tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg"))
    good.write_bytes(scanned(code_page("Kassenzeichen 4711\n08/15")))
    empty.write_bytes(scanned(Image.new("L", (1_654, 2_339), 255)))
    broken.write_bytes(good.read_bytes()[:900])
    assert sandbox().page_codes(good, 1) == ["Kassenzeichen 4711\n08/15"]
    assert sandbox().page_codes(empty, 1) == []
    with pytest.raises(ContentUnreadable) as refused:
        sandbox().page_codes(broken, 1)
    assert refused.value.problem == Problem.BROKEN


def test_only_addresses_of_files_carry_a_number() -> None:
    number = "63.1-00012/2026 Ä"
    assert number_in_address(number_address(number)) == number
    path = number_address(number).split("/", 3)[3]
    assert number_in_address(f"https://frueher.example/{path}") == number
    for other in ("https://frueher.example/akte/", f"ftp://x/{path}", "http://[", number):
        assert number_in_address(other) == ""
