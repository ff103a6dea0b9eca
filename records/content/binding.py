"""Binding files to one numbered PDF, inside the child: nothing but drawn pages of the originals.

pdfium copies the pages (no scripts, attachments or forms of the originals come along; what
annotations show is drawn first), pypdf adds numbers, bookmarks and links.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium_objects
import pypdfium2.raw as pdfium
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, Fit, NameObject, RectangleObject
from pypdf.generic import StreamObject as Stream

from records.content import pdf_text
from records.content.limits import Limits
from records.content.page_images import PageReader
from records.content.problems import Problem
from records.content.results import ContentUnreadable, Family
from records.content.sniffing import sniff

# Points added below each page for its number: nothing of the original is covered.
STRIP = 28
PICTURE_WIDTH = 1654
# One frame takes the answer (wire.MAX_FRAME); a longer file nobody could open anyway.
MOST_BYTES = 120 * 1024 * 1024
FONT = NameObject("/Blattzahl")


def page_count(path: Path, limits: Limits) -> int:
    """Pages a file has when bound, found by copying them once. Raises ContentUnreadable."""
    bound = pdfium_objects.PdfDocument.new()
    try:
        _append(bound, path, None, PageReader(limits))
        return len(bound)
    finally:
        bound.close()


def bind(message: Mapping[str, Any], limits: Limits) -> bytes:
    """The PDF of ``parts`` ((path, first page from 0 or None for all, pages)), in their order.

    ``number``: the file's number for the strips. ``bookmarks``: (title, page from 0). ``links``:
    (page, target page, rectangle in points). Raises ContentUnreadable.
    """
    copied = _copied(message["parts"], limits)
    try:
        writer = PdfWriter(clone_from=PdfReader(BytesIO(copied)))
        _number(writer, message["number"])
        for title, page in message["bookmarks"]:
            writer.add_outline_item(title=title, page_number=page)
        for page, target, rect in message["links"]:
            fit = Fit.fit()
            writer.add_annotation(page, Link(rect=rect, target_page_index=target, fit=fit))
        writer.add_metadata({"/Title": message["title"]})
        made = BytesIO()
        writer.write(made)
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise ContentUnreadable(Problem.BROKEN, repr(error)) from error
    return _bounded(made.getvalue())


def _copied(parts: Sequence[tuple[str, int | None, int]], limits: Limits) -> bytes:
    bound = pdfium_objects.PdfDocument.new()
    reader = PageReader(limits)
    try:
        for path, first, count in parts:
            pages = None if first is None else list(range(first, first + count))
            _append(bound, Path(path), pages, reader)
        made = BytesIO()
        bound.save(made)
    finally:
        reader.close()
        bound.close()
    return _bounded(made.getvalue())


def _bounded(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise ContentUnreadable(Problem.TOO_LARGE, f"{len(data) >> 20} MB")
    return data


def _append(bound: Any, path: Path, pages: list[int] | None, reader: PageReader) -> None:
    with path.open("rb") as file:
        family = sniff(file).family
    if family != Family.PDF:
        _append_pictures(bound, path, reader)
        return
    with pdf_text.opened(path) as source:
        if source.get_formtype() != pdfium.FORMTYPE_NONE:
            source.init_forms()
        _draw_annotations(source)
        try:
            bound.import_pages(source, pages)
        except pdfium_objects.PdfiumError as error:
            raise ContentUnreadable(Problem.BROKEN, str(error)) from error


def _draw_annotations(source: Any) -> None:
    """What notes, stamps and form fields show becomes part of the page; the rest of them goes."""
    for index in range(len(source)):
        try:
            page = source[index]
        except pdfium_objects.PdfiumError as error:
            raise ContentUnreadable(Problem.BROKEN, f"page {index + 1}") from error
        if pdfium.FPDFPage_GetAnnotCount(page):
            pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        page.close()


def _append_pictures(bound: Any, path: Path, reader: PageReader) -> None:
    for number, size in enumerate(reader.sizes(path), 1):
        image = reader.render(path, number, PICTURE_WIDTH, "jpeg")
        page = bound.new_page(size.width_pt, size.height_pt)
        picture = pdfium_objects.PdfImage.new(bound)
        picture.load_jpeg(BytesIO(image.data), inline=True)
        matrix = pdfium_objects.PdfMatrix().scale(size.width_pt, size.height_pt)
        picture.set_matrix(matrix)
        page.insert_obj(picture)
        page.gen_content()
        page.close()


def _number(writer: PdfWriter, number: str) -> None:
    font = writer._add_object(
        DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
    )
    begin = writer._add_object(_stream(b"q\n"))
    total = len(writer.pages)
    for at, page in enumerate(list(writer.pages), 1):
        for name in ("/Annots", "/AA", "/Metadata", "/PieceInfo"):
            page.pop(NameObject(name), None)
        matrix = _make_room(page)
        said = f"Blatt {at} von {total} \u00b7 {number}".encode("cp1252", "replace")
        end = writer._add_object(_stream(_strip(matrix, said)))
        _wrap(page, begin, end, font)


def _stream(data: bytes) -> Stream:
    made = Stream()
    made.set_data(data)
    return made


def _make_room(page: Any) -> tuple[str, float]:
    """The strip below the page as it is shown: its matrix in page space, and its width."""
    left, bottom, right, top = (float(value) for value in page.cropbox)
    turned = page.rotation % 360
    if turned == 90:
        right, width = right + STRIP, top - bottom
        matrix = f"0 1 -1 0 {right:.2f} {bottom:.2f}"
    elif turned == 180:
        top, width = top + STRIP, right - left
        matrix = f"-1 0 0 -1 {right:.2f} {top:.2f}"
    elif turned == 270:
        left, width = left - STRIP, top - bottom
        matrix = f"0 -1 1 0 {left:.2f} {top:.2f}"
    else:
        bottom, width = bottom - STRIP, right - left
        matrix = f"1 0 0 1 {left:.2f} {bottom:.2f}"
    for name in ("/MediaBox", "/CropBox"):
        page[NameObject(name)] = RectangleObject((left, bottom, right, top))
    for name in ("/TrimBox", "/BleedBox", "/ArtBox"):
        page.pop(NameObject(name), None)
    return matrix, width


def _strip(place: tuple[str, float], said: bytes) -> bytes:
    matrix, width = place
    escaped = said.replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
    return (
        f"\nQ\nq {matrix} cm 1 g 0 0 {width:.2f} {STRIP} re f 0 g"
        f" BT {FONT} 9 Tf 20 10 Td (".encode()
        + escaped
        + b") Tj ET Q\n"
    )


def _wrap(page: Any, begin: Any, end: Any, font: Any) -> None:
    """The number after the page's own content, in a graphics state of its own."""
    content = page.get("/Contents")
    inner = content.get_object() if content is not None else None
    if isinstance(inner, ArrayObject):
        streams = list(inner)
    else:
        streams = [] if content is None else [page.raw_get("/Contents")]
    page[NameObject("/Contents")] = ArrayObject([begin, *streams, end])
    own = DictionaryObject(_dictionary(page.get("/Resources")))
    fonts = DictionaryObject(_dictionary(own.get("/Font")))
    fonts[FONT] = font
    own[NameObject("/Font")] = fonts
    page[NameObject("/Resources")] = own


def _dictionary(found: Any) -> dict[Any, Any]:
    inner = found.get_object() if found is not None else None
    return inner if isinstance(inner, dict) else {}
