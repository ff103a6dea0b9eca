"""Page images, words over them, sizes: turned, cropped, giant, odd colours, wrong resolutions."""

import io
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from records.content.problems import Problem
from records.content.results import ContentUnreadable, InspectRequest, PageImage, PageWord
from records.content.sandbox import Sandbox
from tests.records.content.samples import letter

CROP = (30, 20, 390, 590)


def picture_of(image: PageImage) -> Image.Image:
    return Image.open(io.BytesIO(image.data))


def ink(picture: Image.Image, box: tuple[float, float, float, float]) -> float:
    """Share of dark pixels inside the box."""
    part = picture.convert("L").crop(tuple(round(value) for value in box))  # type: ignore[arg-type]
    return sum(part.histogram()[:128]) / max(1, part.width * part.height)


def without(picture: Image.Image, boxes: list[tuple[float, float, float, float]]) -> Image.Image:
    """The picture with the boxes painted white."""
    left = picture.convert("L")
    for box in boxes:
        left.paste(255, tuple(round(value) for value in box))  # type: ignore[arg-type]
    return left


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [None, CROP])
def test_words_lie_on_their_ink(
    sandbox: Sandbox, tmp_path: Path, rotate: int, crop: tuple[int, int, int, int] | None
) -> None:
    path = letter(tmp_path / "brief.pdf", rotate=rotate, crop=crop)
    image = sandbox.render_page(path, 1, 1_000)
    words = sandbox.page_words(path, 1)
    scale = image.width / words.width_pt
    assert image.height == pytest.approx(words.height_pt * scale, abs=2)
    picture = picture_of(image)
    boxes = [_scaled(word, scale) for word in words.words]
    assert [word.text for word in words.words][-1] == "Göttingen"
    assert min(ink(picture, box) for box in boxes) > 0.03
    # Everything that is printed lies under some word.
    assert sum(without(picture, boxes).histogram()[:128]) == 0


def _scaled(word: PageWord, scale: float) -> tuple[float, float, float, float]:
    return word.x0 * scale - 1, word.y0 * scale - 1, word.x1 * scale + 1, word.y1 * scale + 1


def test_sizes_are_those_of_the_displayed_page(sandbox: Sandbox, tmp_path: Path) -> None:
    upright = sandbox.page_sizes(letter(tmp_path / "a.pdf"))
    turned = sandbox.page_sizes(letter(tmp_path / "b.pdf", rotate=90))
    cropped = sandbox.page_sizes(letter(tmp_path / "c.pdf", rotate=90, crop=CROP))
    assert [(size.width_pt, size.height_pt) for size in upright] == [(400, 600)]
    assert [(size.width_pt, size.height_pt) for size in turned] == [(600, 400)]
    assert [(size.width_pt, size.height_pt) for size in cropped] == [(570, 360)]


def test_words_are_the_text_of_the_inspection(sandbox: Sandbox, test_data: Path) -> None:
    """So that a hit found in the text can be marked on the page, hyphenation included."""
    paths = sorted((test_data / "forms").rglob("*.pdf"))[:25]
    found = sandbox.inspect_batch([InspectRequest(p) for p in paths], deadline_seconds=60)
    hyphenated = 0
    for path, one in zip(paths, found, strict=True):
        words = sandbox.page_words(path, 1).words
        assert _joined(words) == one.text.split("\f")[0].split(), path
        hyphenated += sum(word.hyphenated for word in words)
    assert hyphenated > 5


def _joined(words: list[PageWord]) -> list[str]:
    texts, started = [], ""
    for word in words:
        started += word.text
        if not word.hyphenated:
            texts.append(started)
            started = ""
    return texts


@pytest.mark.parametrize(("fmt", "kind"), [("webp", "WEBP"), ("png", "PNG"), ("jpeg", "JPEG")])
def test_formats(sandbox: Sandbox, tmp_path: Path, fmt: str, kind: str) -> None:
    image = sandbox.render_page(letter(tmp_path / "a.pdf"), 1, 400, fmt)
    assert (picture_of(image).format, image.mime) == (kind, f"image/{fmt}")
    assert picture_of(image).size == (image.width, image.height) == (400, 600)


def test_auto_takes_png_for_ink_and_webp_for_colour(sandbox: Sandbox, tmp_path: Path) -> None:
    ink_page = sandbox.render_page(letter(tmp_path / "a.pdf"), 1, 800, "auto")
    assert ink_page.mime == "image/png"
    Image.radial_gradient("L").save(tmp_path / "photo.png")
    Image.new("RGB", (200, 200), "crimson").save(tmp_path / "seal.png")
    for name in ("photo.png", "seal.png"):
        assert sandbox.render_page(tmp_path / name, 1, 800, "auto").mime == "image/webp"
    with pytest.raises(ValueError, match="tiff"):
        sandbox.render_page(tmp_path / "a.pdf", 1, 800, "tiff")


@pytest.mark.parametrize("size", [(200_000, 100), (100, 200_000), (14_400, 14_400), (3, 3)])
def test_giant_and_tiny_pages_are_capped(
    sandbox: Sandbox, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "plan.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page().MediaBox = [0, 0, *size]
        pdf.save(path)
    image = sandbox.render_page(path, 1, 1_200)
    assert image.width * image.height <= 16_000_000
    assert max(image.width, image.height) <= 16_383


@pytest.mark.parametrize("page_no", [0, -1, 2, 10**9])
def test_pages_that_do_not_exist(sandbox: Sandbox, tmp_path: Path, page_no: int) -> None:
    path = letter(tmp_path / "a.pdf")
    with pytest.raises(ContentUnreadable):
        sandbox.render_page(path, page_no, 400)
    with pytest.raises(ContentUnreadable):
        sandbox.page_words(path, page_no)
    assert sandbox.render_page(path, 1, 400).width == 400


def test_a_changed_file_is_read_anew(sandbox: Sandbox, tmp_path: Path) -> None:
    path = letter(tmp_path / "a.pdf")
    assert len(sandbox.page_words(path, 1).words) == 7
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path)
    assert sandbox.page_words(path, 1).words == []


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_colour_models_of_scans(sandbox: Sandbox, tmp_path: Path, mode: str) -> None:
    """Left half dark, right half light, whatever the model."""
    grey = Image.new("L", (300, 200), 255)
    grey.paste(0, (0, 0, 150, 200))
    if mode in ("I;16", "I", "F"):
        deep = grey.convert("I").point(lambda value: value * 200)
        source = deep.convert(mode) if mode != "I" else deep
    else:
        source = grey.convert("RGB").convert(mode) if mode != "LA" else grey.convert("LA")
    path = tmp_path / "scan.tif"
    source.save(path)
    image = picture_of(sandbox.render_page(path, 1, 300, "png"))
    assert ink(image, (5, 5, 140, 190)) > 0.95
    assert ink(image, (160, 5, 295, 190)) < 0.05


def test_transparency_lies_on_white(sandbox: Sandbox, tmp_path: Path) -> None:
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "a.png")
    shown = picture_of(sandbox.render_page(tmp_path / "a.png", 1, 50, "png"))
    assert shown.convert("RGB").getpixel((25, 25)) == (255, 255, 255)


def test_photos_are_upright_and_lose_their_metadata(sandbox: Sandbox, tmp_path: Path) -> None:
    photo = Image.new("RGB", (400, 200), "white")
    exif = photo.getexif()
    exif[0x0112], exif[0x010F] = 6, "Kamera mit Ort"
    photo.save(tmp_path / "a.jpg", exif=exif, comment=b"geheim", dpi=(300, 300))
    for fmt in ("webp", "png", "jpeg", "auto"):
        image = sandbox.render_page(tmp_path / "a.jpg", 1, 400, fmt)
        assert (image.width, image.height) == (200, 400)
        assert b"Kamera" not in image.data
        assert b"geheim" not in image.data
        assert dict(picture_of(image).getexif()) == {}
    size = sandbox.page_sizes(tmp_path / "a.jpg")[0]
    assert (size.width_pt, size.height_pt) == (48, 96)


@pytest.mark.parametrize("dpi", [None, (1, 1), (72_000, 72_000)])
def test_nonsense_resolutions_become_a4(
    sandbox: Sandbox, tmp_path: Path, dpi: tuple[int, int] | None
) -> None:
    scan = Image.new("L", (1_000, 1_414))
    scan.save(tmp_path / "a.tif", dpi=dpi) if dpi else scan.save(tmp_path / "a.tif")
    size = sandbox.page_sizes(tmp_path / "a.tif")[0]
    assert (round(size.width_pt), round(size.height_pt)) == (595, 841)


def test_pages_of_a_tiff(sandbox: Sandbox, tmp_path: Path) -> None:
    pages = [Image.new("L", (100 * n, 100), 255) for n in (1, 2, 3)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:], dpi=(100, 100))
    assert [round(size.width_pt) for size in sandbox.page_sizes(tmp_path / "a.tif")] == [
        72,
        144,
        216,
    ]
    assert sandbox.render_page(tmp_path / "a.tif", 3, 1_000).width == 300
    assert sandbox.page_words(tmp_path / "a.tif", 3).words == []
    with pytest.raises(ContentUnreadable):
        sandbox.render_page(tmp_path / "a.tif", 4, 1_000)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.docx", b"PK\x03\x04", Problem.UNSUPPORTED),
        ("a.txt", b"Text", Problem.UNSUPPORTED),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", Problem.UNSUPPORTED),
        ("a.pdf", b"%PDF-1.7\nabgeschnitten", Problem.BROKEN),
        ("a.png", b"\x89PNG\r\n\x1a\nabgeschnitten", Problem.BROKEN),
    ],
)
def test_what_has_no_pages_says_why(
    sandbox: Sandbox, tmp_path: Path, name: str, content: bytes, problem: Problem
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ContentUnreadable) as refusal:
        sandbox.render_page(tmp_path / name, 1, 400)
    assert refusal.value.problem == problem
    assert "Datei" in str(refusal.value)


def test_missing_files_say_so(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ContentUnreadable):
        sandbox.page_sizes(tmp_path / "fehlt.pdf")


def test_first_pages_of_all_real_files(sandbox: Sandbox, test_data: Path) -> None:
    """Rendered, or refused with a reason; the child survives every one of them."""
    sandbox.is_filtered()
    child = sandbox.child_pid
    shown = 0
    for path in sorted((test_data / "pdf").glob("*.pdf")) + sorted(
        (test_data / "scans").rglob("*.*")
    ):
        try:
            image = sandbox.render_page(path, 1, 300, "jpeg")
            shown += image.width > 0 and len(image.data) > 100
        except ContentUnreadable as refusal:
            assert refusal.problem in (Problem.ENCRYPTED, Problem.BROKEN), path
    assert shown > 150
    assert sandbox.child_pid == child
