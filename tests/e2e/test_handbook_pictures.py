"""Every picture of the handbook shows the product as it is; ``make handbook`` takes them anew."""

import os
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from goettingen_ecm.desk.handbook import BOOKS
from tests.conftest import BASE_DIR
from tests.e2e.handbook_pictures import PICTURES, Picture

HANDBOOK = Path(BASE_DIR) / "docs" / "handbook"
FOLDER = HANDBOOK / "images"
WIDTH, HEIGHT = 1280, 800
COLOURS = 96
LARGEST = 120_000
SHOWN = re.compile(r"!\[(?P<alt>[^\]]*)\]\(images/(?P<name>[a-z-]+)\.png\)")


@pytest.mark.e2e
@pytest.mark.xdist_group("e2e")
@pytest.mark.parametrize("picture", PICTURES, ids=lambda one: one.name)
def test_the_page_of_a_picture_is_there(
    picture: Picture, page_of: Callable[..., Page], tmp_path: Path
) -> None:
    page = page_of(picture.persona, WIDTH)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    picture.steps(page)
    expect(page.locator("main")).to_contain_text(picture.shows)
    page.wait_for_load_state("networkidle")
    folder = FOLDER if os.environ.get("ECM_HANDBOOK_PICTURES") else tmp_path
    _keep(page.screenshot(), folder / f"{picture.name}.png")
    assert (folder / f"{picture.name}.png").stat().st_size < LARGEST


def _keep(png: bytes, path: Path) -> None:
    """With few colours: small enough for a repository."""
    with Image.open(BytesIO(png)) as shot:
        shot.convert("RGB").quantize(COLOURS).save(path, optimize=True)


def shown() -> dict[str, str]:
    """The pictures the books show, with the text that stands for them."""
    texts = [(HANDBOOK / file).read_text("utf-8") for file in BOOKS.values()]
    return {one["name"]: one["alt"] for text in texts for one in SHOWN.finditer(text)}


def test_the_books_show_every_picture_and_no_other() -> None:
    kept = {path.stem for path in FOLDER.glob("*.png")}
    assert kept == set(shown()) == {one.name for one in PICTURES}


def test_every_picture_is_told_in_words() -> None:
    assert {name: alt for name, alt in shown().items() if len(alt) < 20} == {}
