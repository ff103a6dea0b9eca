"""Two versions of a document side by side: words that differ, pages that differ (requirement W8)."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from records import blob_store
from records.choices import BlobStorage
from records.content.results import InspectRequest
from records.models import Component
from records.selectors.documents import viewed_blob
from records.services import page_images
from records.services.sandbox import sandbox

# Every page is drawn for it: more would keep the reader waiting.
PAGES_COMPARED = 60
PREVIEW_WIDTH = 400
READ_SECONDS = 20.0
# Longer texts are compared line by line only: words would take minutes.
WORDS_COMPARED = 40_000
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
SAME, REMOVED, ADDED = "gleich", "entfallen", "neu"
# Unchanged words left around a change; more are folded to an ellipsis.
AROUND = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text: ``kind`` is gleich, entfallen or neu; ``folded`` says words were left out."""

    kind: str
    text: str
    folded: bool = False


def readable_text(component: Component) -> str:
    """The text of the file as it is now, read in the sandbox; empty where there is none."""
    blob = viewed_blob(component)
    if blob.storage != BlobStorage.FILES:
        return ""
    path = blob_store.path_of(bytes(blob.sha256))
    own_name = "" if blob is not component.blob else component.file_name
    request = InspectRequest(path, own_name)
    [found] = sandbox().inspect_batch([request], deadline_seconds=READ_SECONDS)
    return found.text.replace("\f", "\n\n")


def compare_texts(old: str, new: str) -> list[Passage]:
    """Both texts as one row of passages, word by word (line by line when very long)."""
    before, after = _pieces(old), _pieces(new)
    if len(before) + len(after) > WORDS_COMPARED:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) > 2_000)
    found: list[Passage] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found += _shortened(before[i1:i2], first=not found, last=i2 == len(before))
            continue
        found += _said(REMOVED, before[i1:i2])
        found += _said(ADDED, after[j1:j2])
    return found


def _pieces(text: str) -> list[str]:
    return _PIECES.findall(text)


def _said(kind: str, pieces: Sequence[str]) -> Iterator[Passage]:
    if pieces:
        yield Passage(kind, "".join(pieces))


def _shortened(pieces: Sequence[str], *, first: bool, last: bool) -> list[Passage]:
    """Unchanged text: its ends next to a change, the middle folded."""
    if len(pieces) <= 3 * AROUND:
        return [Passage(SAME, "".join(pieces))]
    head = [] if first else [Passage(SAME, "".join(pieces[:AROUND]))]
    tail = [] if last else [Passage(SAME, "".join(pieces[-AROUND:]))]
    return [*head, Passage(SAME, "", folded=True), *tail]


def pages_of(component: Component) -> int:
    """How many pages can be looked at; 0 for files without page images."""
    blob = viewed_blob(component)
    return 0 if blob.problem else blob.page_count or 0


def differing_pages(old: Component, new: Component) -> list[int]:
    """Numbers of pages that look different among the first ``PAGES_COMPARED``.

    A page only one of the two has differs.
    """
    if viewed_blob(old).pk == viewed_blob(new).pk:
        return []
    pairs = zip_longest(_digests(old), _digests(new))
    return [number for number, (one, other) in enumerate(pairs, 1) if one != other]


def _digests(component: Component) -> Iterator[bytes]:
    """What each page looks like, small: images the reader's cache keeps."""
    blob = viewed_blob(component)
    for number in range(1, min(pages_of(component), PAGES_COMPARED) + 1):
        image = page_images.page_image(blob, number, PREVIEW_WIDTH)
        yield hashlib.sha256(image or b"").digest()
