"""Page images and text layers for the reader, made in the sandbox and kept in a file cache.

The cache is keyed by content: nobody reaches it without passing the document's visibility first.
"""

import json
import os
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from records import blob_store
from records.analysis import mark_words, parse_query
from records.choices import BlobStorage
from records.content.results import ContentUnreadable, PageWord, PageWords
from records.models import Blob
from records.services.sandbox import sandbox

POINTS_PER_INCH = 72


def page_sizes(blob: Blob) -> list[tuple[int, int]]:
    """Width and height of each page in points; empty when the file has no pages to show."""
    if blob.problem or not blob.page_count or blob.storage != BlobStorage.FILES:
        return []
    cached = folder_of(blob) / "sizes.json"
    if cached.exists():
        return [(w, h) for w, h in json.loads(cached.read_bytes())]
    try:
        found = sandbox().page_sizes(_path(blob))
    except ContentUnreadable:
        return []
    sizes = [(round(s.width_pt), round(s.height_pt)) for s in found]
    _keep(cached, json.dumps(sizes).encode())
    return sizes


def page_image(blob: Blob, page: int, width: int) -> bytes | None:
    """One page as WebP, ``width`` pixels wide; None when it cannot be shown."""
    if not 1 <= page <= (blob.page_count or 0):
        return None
    cached = folder_of(blob) / f"{page}-{width}.webp"
    if cached.exists():
        return cached.read_bytes()
    try:
        image = sandbox().render_page(_path(blob), page, width)
    except ContentUnreadable:
        return None
    _keep(cached, image.data)
    return image.data


def text_layer(blob: Blob, page: int, query: str = "") -> str:
    """The page's words as an SVG over the image: selectable, hits of ``query`` marked.

    Empty where the page has no text. Presentation attributes, not styles: the CSP allows no
    inline style.
    """
    words = _words(blob, page)
    if not words.words:
        return ""
    hits = _hits(words, query)
    marks = [w for w, hit in zip(words.words, hits, strict=True) if hit]
    return format_html(
        '<svg class="desk-page__words" viewBox="0 0 {} {}" role="presentation">{}{}</svg>',
        _number(words.width_pt),
        _number(words.height_pt),
        _marks(marks),
        _texts(words.words),
    )


def _hits(words: PageWords, query: str) -> list[bool]:
    if not query:
        return [False] * len(words.words)
    texts, goes_on = zip(*((w.text, w.hyphenated) for w in words.words), strict=True)
    return mark_words(texts, parse_query(query), goes_on=goes_on)


def _marks(words: list[PageWord]) -> SafeString:
    boxes = (
        (_number(w.x0), _number(w.y0), _number(w.x1 - w.x0), _number(w.y1 - w.y0)) for w in words
    )
    return format_html_join(
        "", '<rect class="desk-hit" x="{}" y="{}" width="{}" height="{}"/>', boxes
    )


def _texts(words: list[PageWord]) -> SafeString:
    """Numbers, and words escaped by hand: ``format_html`` for each of a page's hundreds of words
    was a quarter of the document page."""
    rows = [
        f'<text x="{w.x0:.1f}" y="{w.y1 - (w.y1 - w.y0) * 0.2:.1f}"'
        f' font-size="{max(1.0, w.y1 - w.y0):.1f}" textLength="{max(0.5, w.x1 - w.x0):.1f}"'
        f' lengthAdjust="spacingAndGlyphs">{escape(w.text)} </text>'
        for w in words
    ]
    return SafeString("".join(rows))


def _number(value: float) -> str:
    # Not through the template's localisation: SVG wants a point.
    return f"{value:.1f}"


def _words(blob: Blob, page: int) -> PageWords:
    if not 1 <= page <= (blob.page_count or 0):
        return PageWords(0, 0)
    cached = folder_of(blob) / f"{page}-words.json"
    if cached.exists():
        return _unpacked(json.loads(cached.read_bytes()))
    try:
        found = sandbox().page_words(_path(blob), page)
    except ContentUnreadable:
        return PageWords(0, 0)
    _keep(cached, json.dumps(_packed(found)).encode())
    return found


def _packed(words: PageWords) -> list[Any]:
    rows = [[w.text, w.x0, w.y0, w.x1, w.y1, w.hyphenated] for w in words.words]
    return [words.width_pt, words.height_pt, rows]


def _unpacked(packed: list[Any]) -> PageWords:
    width, height, rows = packed
    return PageWords(width, height, [PageWord(*row) for row in rows])


def _path(blob: Blob) -> Path:
    return blob_store.path_of(bytes(blob.sha256))


def folder_of(blob: Blob) -> Path:
    """Where everything rendered of a file lies."""
    name = bytes(blob.sha256).hex()
    return Path(settings.PAGE_IMAGE_DIR) / name[:2] / name


def _keep(target: Path, data: bytes) -> None:
    """Write to the side and rename: a reader never sees half a page."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).replace(target)
