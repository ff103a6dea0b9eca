"""Text and page count of a PDF by pdfium, straight through its C interface for speed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium_objects
import pypdfium2.raw as pdfium

from records.content.limits import Limits
from records.content.pdf_words import page_text, read_raw
from records.content.problems import Problem
from records.content.results import ContentUnreadable

PAGE_SEPARATOR = "\f"


@dataclass(frozen=True, slots=True)
class PdfText:
    """What reading brought: pages in the file, pages that could be read, text of these."""

    page_count: int
    readable_pages: int
    text: str
    truncated: bool


@contextmanager
def opened(source: Any) -> Iterator[Any]:
    """A pypdfium2 document. Raises ContentUnreadable (encrypted, broken)."""
    document = open_document(source)
    try:
        yield document
    finally:
        document.close()


def open_document(source: Any) -> Any:
    """The same for callers that keep it open."""
    try:
        return pdfium_objects.PdfDocument(source)
    except pdfium_objects.PdfiumError as error:
        raise unreadable(error.err_code) from error


def unreadable(code: int | None) -> ContentUnreadable:
    """What pdfium's error code means for the clerk."""
    locked = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
    problem = Problem.ENCRYPTED if code in locked else Problem.BROKEN
    return ContentUnreadable(problem, f"pdfium {code}")


def read_text(document: Any, limits: Limits) -> PdfText:
    """Text of all pages within the limits; pages that cannot be read are left empty."""
    page_count = len(document)
    wanted = min(page_count, limits.text_pages)
    until = time.process_time() + limits.text_cpu_seconds
    texts: list[str] = []
    readable = length = 0
    for index in range(wanted):
        if length > limits.text_chars or time.process_time() > until:
            break
        text = _text_of_page(document, index)
        readable += text is not None
        texts.append(text or "")
        length += len(texts[-1])
    joined = PAGE_SEPARATOR.join(texts)[: limits.text_chars]
    truncated = len(texts) < page_count or length > limits.text_chars
    return PdfText(page_count, readable, joined, truncated)


def _text_of_page(document: Any, index: int) -> str | None:
    page = pdfium.FPDF_LoadPage(document.raw, index)
    if not page:
        return None
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        return page_text(read_raw(text_page)) if text_page else None
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)
