"""Page images, words and sizes of PDFs and pictures, inside the child."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium_objects
import pypdfium2.raw as pdfium
from PIL import Image

from records.content import pdf_text
from records.content.limits import Limits
from records.content.pdf_words import read_raw, words_of
from records.content.pictures import (
    capped_scale,
    picture_page,
    picture_sizes,
    printed_size,
    require_page,
    scaled,
)
from records.content.problems import Problem
from records.content.results import (
    ContentUnreadable,
    Family,
    PageImage,
    PageSize,
    PageWord,
    PageWords,
)
from records.content.sniffing import sniff

# Method 0 takes a quarter of the time of the default for a quarter more bytes.
_ENCODINGS: dict[str, dict[str, Any]] = {
    "webp": {"format": "WEBP", "quality": 78, "method": 0},
    "png": {"format": "PNG", "compress_level": 4},
    "jpeg": {"format": "JPEG", "quality": 82},
}
# The smallest and fastest that suits the page: PNG for ink on paper, else WebP.
AUTO = "auto"
_TO_SHADE = [round(value / 17) for value in range(256)]
_SHADES = [value for shade in range(16) for value in (shade * 17,) * 3]
_DARKEST, _LIGHTEST = 64, 224
_MIDDLE_SHARE = 0.15
_MIN_WIDTH = 16


class PageReader:
    """Reads pages; keeps the last PDF open, because readers turn pages of one document."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._key: tuple[object, ...] | None = None
        self._document: Any = None

    def render(self, path: Path, page_no: int, width_px: int, fmt: str) -> PageImage:
        """One page (from 1) as a picture. Raises ContentUnreadable."""
        width_px = max(_MIN_WIDTH, min(width_px, self._limits.render_width))
        if _family(path) == Family.PDF:
            with self._page(path, page_no) as page:
                return _encoded(_drawn(page, width_px, self._limits), fmt)
        with picture_page(path, page_no, self._limits) as picture:
            return _encoded(scaled(picture, width_px, self._limits), fmt)

    def codes(self, path: Path, page_no: int) -> list[str]:
        """What QR codes and barcodes on a page say. Raises ContentUnreadable."""
        from records.content import codes  # most children never meet one

        if _family(path) == Family.PDF:
            with self._page(path, page_no) as page:
                return codes.codes_in(_drawn(page, codes.WIDTH_PX, self._limits))
        with picture_page(path, page_no, self._limits) as picture:
            return codes.codes_in(scaled(picture, codes.WIDTH_PX, self._limits))

    def words(self, path: Path, page_no: int) -> PageWords:
        """The words of one page; pictures have none."""
        if _family(path) != Family.PDF:
            with picture_page(path, page_no, self._limits) as picture:
                size = printed_size(picture)
            return PageWords(size.width_pt, size.height_pt)
        with self._page(path, page_no) as page:
            return _words(page)

    def sizes(self, path: Path) -> list[PageSize]:
        """Sizes of all pages as displayed, within the page limit."""
        if _family(path) != Family.PDF:
            return picture_sizes(path)
        document = self._opened(path)
        count = min(len(document), self._limits.pdf_pages)
        return [PageSize(*document.get_page_size(index)) for index in range(count)]

    @contextmanager
    def _page(self, path: Path, page_no: int) -> Iterator[Any]:
        document = self._opened(path)
        require_page(page_no, len(document))
        try:
            page = document[page_no - 1]
        except pdfium_objects.PdfiumError as error:
            raise ContentUnreadable(Problem.BROKEN, f"page {page_no}") from error
        try:
            yield page
        finally:
            page.close()

    def _opened(self, path: Path) -> Any:
        status = os.stat(path)  # noqa: PTH116 - the key needs the raw fields
        key = (path, status.st_ino, status.st_mtime_ns, status.st_size)
        if key != self._key:
            self.close()
            self._document = pdf_text.open_document(path)
            if self._document.get_formtype() != pdfium.FORMTYPE_NONE:
                self._document.init_forms()
            self._key = key
        return self._document

    def close(self) -> None:
        """Let go of the open document."""
        if self._document is not None:
            self._document.close()
        self._document = self._key = None


def _family(path: Path) -> Family:
    with path.open("rb") as file:
        family = sniff(file).family
    if family not in (Family.PDF, Family.IMAGE):
        raise ContentUnreadable(Problem.UNSUPPORTED, family)
    return family


def _drawn(page: Any, width_px: int, limits: Limits) -> Image.Image:
    width, height = page.get_size()
    scale = capped_scale(width_px / max(width, 0.01), width, height, limits)
    bitmap = page.render(scale=scale)
    try:
        return bitmap.to_pil().convert("RGB")  # type: ignore[no-any-return]
    finally:
        bitmap.close()


def _words(page: Any) -> PageWords:
    text_page = pdfium.FPDFText_LoadPage(page.raw)
    width, height = page.get_size()
    if not text_page:
        return PageWords(width, height)
    try:
        place = _Placement(page)
        words = [place(word) for word in words_of(text_page, read_raw(text_page))]
    finally:
        pdfium.FPDFText_ClosePage(text_page)
    return PageWords(width, height, words)


class _Placement:
    """From PDF space to the displayed page: crop box, rotation, user unit; origin top left."""

    def __init__(self, page: Any) -> None:
        box = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page.raw, box)
        self._left, self._right = sorted((box.left, box.right))
        self._bottom, self._top = sorted((box.bottom, box.top))
        self._quarter_turns = pdfium.FPDFPage_GetRotation(page.raw) % 4
        shown = page.get_size()[self._quarter_turns % 2]
        self._unit = shown / ((self._right - self._left) or shown or 1.0)

    def __call__(self, word: PageWord) -> PageWord:
        (x0, y0), (x1, y1) = self._point(word.x0, word.y0), self._point(word.x1, word.y1)
        return replace(word, x0=min(x0, x1), y0=min(y0, y1), x1=max(x0, x1), y1=max(y0, y1))

    def _point(self, x: float, y: float) -> tuple[float, float]:
        turned = (
            (x - self._left, self._top - y),
            (y - self._bottom, x - self._left),
            (self._right - x, y - self._bottom),
            (self._top - y, self._right - x),
        )[self._quarter_turns]
        return round(turned[0] * self._unit, 2), round(turned[1] * self._unit, 2)


def _encoded(picture: Image.Image, fmt: str) -> PageImage:
    """A new file from the pixels alone: no EXIF, no profile, no comment of the original."""
    if fmt == AUTO and (grey := _as_drawing(picture)) is not None:
        return _encoded_drawing(grey)
    chosen = "webp" if fmt == AUTO else fmt
    return _saved(_bare(picture), chosen, **_ENCODINGS[chosen])


def _bare(picture: Image.Image) -> Image.Image:
    """The same pixels without what the original brought along."""
    if not picture.info:
        return picture
    return Image.frombytes(picture.mode, picture.size, picture.tobytes())


def _as_drawing(picture: Image.Image) -> Image.Image | None:
    """The page in grey if it is ink on paper; None for colour and photographs."""
    grey = picture
    if picture.mode == "RGB":
        red, grey, blue = picture.split()
        ink = grey.tobytes()
        if red.tobytes() != ink or blue.tobytes() != ink:
            return None
    shades = grey.histogram()
    middle = sum(shades[_DARKEST:_LIGHTEST])
    return grey if middle < _MIDDLE_SHARE * grey.width * grey.height else None


def _encoded_drawing(grey: Image.Image) -> PageImage:
    """PNG with 16 shades: sharp, half the size of WebP and a quarter of its time."""
    shades = Image.frombytes("P", grey.size, grey.point(_TO_SHADE).tobytes())
    shades.putpalette(_SHADES)
    return _saved(shades, "png", format="PNG", bits=4, compress_level=2)


def _saved(picture: Image.Image, fmt: str, **options: Any) -> PageImage:
    target = BytesIO()
    picture.save(target, **options)
    return PageImage(target.getvalue(), picture.width, picture.height, f"image/{fmt}")
