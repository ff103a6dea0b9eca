"""The handbook inside the product: the Markdown files of docs/handbook, and which page they explain.

A comment line ``<!-- Seiten: case-files case-file -->`` below a heading names the addresses (URL
names) this section helps with; "Hilfe zu dieser Seite" leads there. Pictures lie in
docs/handbook/images, taken by the tests (``make handbook``).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.anchors import anchors_plugin
from PIL import Image

BOOKS = {
    "sachbearbeitung": "clerk.md",
    "administration": "admin.md",
    "betrieb": "operator.md",
    "neu": "news.md",
}
# Not among the handbooks: only where people practise.
EXERCISES = {"uebungen": "exercises.md"}
PICTURES = "images/"
HEADING = re.compile(r"^##+ (?P<title>.+)$")
PAGES = re.compile(r"^<!-- Seiten: (?P<names>[\w :-]+) -->$")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level: its title, its anchor."""

    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Book:
    """One handbook as a page; ``html`` comes from our own files, raw HTML in them is not passed."""

    title: str
    html: SafeString
    sections: tuple[Section, ...]


@cache
def book(name: str) -> Book:
    """The book of that name. Raises KeyError when there is none."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.use(anchors_plugin, max_level=3, slug_func=slugify)
    lines = [line for line in _lines((BOOKS | EXERCISES)[name]) if not PAGES.match(line)]
    tokens = markdown.parse("\n".join(lines))
    for token in tokens:
        _use_own_pictures(token)
    title, rest = tokens[1].content, tokens[3:]
    html = markdown.renderer.render(rest, markdown.options, {})
    return Book(title, mark_safe(html), tuple(_sections(rest)))  # noqa: S308 - our own files


def _use_own_pictures(token: Token) -> None:
    """Pictures of the books become static files with their size, so that no text jumps."""
    for inline in token.children or ():
        if inline.type == "image":
            name = str(inline.attrs["src"]).removeprefix(PICTURES)
            width, height = _picture_size(name)
            inline.attrs |= {
                "src": static(f"handbook/{name}"), "width": width, "height": height,
                "loading": "lazy",
            }  # fmt: skip


@cache
def _picture_size(name: str) -> tuple[int, int]:
    with Image.open(Path(settings.BASE_DIR) / "docs" / "handbook" / PICTURES / name) as picture:
        return picture.size


def _sections(tokens: list[Token]) -> Iterator[Section]:
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            yield Section(inline.content, str(opening.attrs.get("id", "")))


@cache
def explained_pages() -> dict[str, tuple[str, str]]:
    """URL name -> (book, anchor of the section that explains it)."""
    found: dict[str, tuple[str, str]] = {}
    for name, file in BOOKS.items():
        anchor = ""
        for line in _lines(file):
            if heading := HEADING.match(line):
                anchor = slugify(heading["title"])
            elif pages := PAGES.match(line):
                found |= dict.fromkeys(pages["names"].split(), (name, anchor))
    return found


def _lines(file: str) -> list[str]:
    return (Path(settings.BASE_DIR) / "docs" / "handbook" / file).read_text("utf-8").splitlines()
