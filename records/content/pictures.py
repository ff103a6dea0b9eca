"""Scans and photos as pages: opening with bounds, upright, on white, in a believable size."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# Imported for what they register: Pillow would otherwise load every plugin it has.
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from records.content.limits import Limits
from records.content.problems import Problem
from records.content.results import ContentUnreadable, PageSize

# What Pillow raises on damaged pictures, besides its own errors.
IMAGE_ERRORS = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    OverflowError,
    EOFError,
)
# No formats that start other programs (EPS) or that nobody sends.
# MPO (photos of some phones) comes in by way of JPEG.
_FORMATS = tuple(
    plugin.format
    for plugin in (
        PngImagePlugin.PngImageFile,
        JpegImagePlugin.JpegImageFile,
        GifImagePlugin.GifImageFile,
        TiffImagePlugin.TiffImageFile,
        BmpImagePlugin.BmpImageFile,
        WebPImagePlugin.WebPImageFile,
        Jpeg2KImagePlugin.Jpeg2KImageFile,
    )
)
_ORIENTATION = 0x0112
_LYING = (5, 6, 7, 8)
_A4_WIDTH_PT = 595.0
# Outside of this, scanners and phones wrote nonsense.
_BELIEVABLE_DPI = (50.0, 2_400.0)
_MAX_FRAMES = 5_000


def open_picture(source: Path | IO[bytes]) -> Image.Image:
    """A picture whose header was read. Raises one of IMAGE_ERRORS."""
    # Own bounds apply, and they end in an explained problem instead of a warning.
    Image.MAX_IMAGE_PIXELS = None
    return Image.open(source, formats=_FORMATS)


def page_count(picture: Image.Image) -> int:
    """Pages of a TIFF; animations of other formats count as one picture."""
    if picture.format != "TIFF":
        return 1
    return min(int(getattr(picture, "n_frames", 1)), _MAX_FRAMES)


def require_page(page_no: int, count: int) -> None:
    """Raises ContentUnreadable when there is no such page (from 1)."""
    if not 1 <= page_no <= count:
        raise ContentUnreadable(Problem.BROKEN, f"page {page_no} of {count}")


def capped_scale(scale: float, width: float, height: float, limits: Limits) -> float:
    """The scale, smaller where the picture would get more pixels or longer sides than allowed."""
    scale = min(scale, limits.render_side / max(width, height, 0.01))
    pixels = width * height * scale * scale
    if pixels <= limits.render_pixels:
        return scale
    return float(scale * (limits.render_pixels / pixels) ** 0.5)


@contextmanager
def picture_page(path: Path, page_no: int, limits: Limits) -> Iterator[Image.Image]:
    """A picture at its page, not yet decoded. Raises ContentUnreadable (bomb, broken)."""
    try:
        with open_picture(path) as picture:
            _go_to(picture, page_no)
            if picture.width * picture.height > limits.decode_pixels:
                detail = f"{picture.width} × {picture.height} Bildpunkte"
                raise ContentUnreadable(Problem.TOO_LARGE, detail)
            yield picture
    except IMAGE_ERRORS as error:
        raise ContentUnreadable(Problem.BROKEN, repr(error)) from error


def _go_to(picture: Image.Image, page_no: int) -> None:
    require_page(page_no, page_count(picture))
    if page_no > 1:
        picture.seek(page_no - 1)


def scaled(picture: Image.Image, width_px: int, limits: Limits) -> Image.Image:
    """The picture upright, at most ``width_px`` wide, never enlarged, grey or RGB."""
    # JPEG can be decoded at a half, a quarter or an eighth.
    picture.draft(None, (width_px, width_px))
    upright = ImageOps.exif_transpose(picture)
    wanted = min(width_px, upright.width)
    scale = capped_scale(wanted / upright.width, upright.width, upright.height, limits)
    size = (max(1, round(upright.width * scale)), max(1, round(upright.height * scale)))
    flat = _flat(upright)
    return flat if size == flat.size else flat.resize(size, Image.Resampling.BOX, reducing_gap=2.0)


def _flat(picture: Image.Image) -> Image.Image:
    """Any colour model as grey or RGB on white."""
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.mode.startswith("I") or picture.mode == "F":
        return _deep_grey(picture)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _deep_grey(picture: Image.Image) -> Image.Image:
    """16 and 32 bits a pixel, stretched to what the picture uses."""
    deep = picture.convert("F")
    low, high = (float(value) for value in deep.getextrema())  # type: ignore[arg-type]
    factor = 255.0 / ((high - low) or 1.0)
    return deep.point(lambda value: value * factor - low * factor).convert("L")


def picture_sizes(path: Path) -> list[PageSize]:
    """Sizes of all pages. Raises ContentUnreadable."""
    try:
        with open_picture(path) as picture:
            sizes = []
            for frame in range(page_count(picture)):
                picture.seek(frame)
                sizes.append(printed_size(picture))
            return sizes
    except IMAGE_ERRORS as error:
        raise ContentUnreadable(Problem.BROKEN, repr(error)) from error


def printed_size(picture: Image.Image) -> PageSize:
    """By resolution where it is believable, else as wide as A4; turned as EXIF says."""
    try:
        across, down = (float(value) for value in picture.info.get("dpi", (0, 0)))
    except (TypeError, ValueError, ZeroDivisionError):
        across = down = 0.0
    low, high = _BELIEVABLE_DPI
    if not (low <= across <= high and low <= down <= high):
        across = down = max(picture.width, 1) * 72.0 / _A4_WIDTH_PT
    width, height = picture.width * 72.0 / across, picture.height * 72.0 / down
    turned = picture.getexif().get(_ORIENTATION, 1) in _LYING
    return PageSize(height, width) if turned else PageSize(width, height)
