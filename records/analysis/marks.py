"""Snippets of hit lists and marks of the reader, from the analyser's own spans."""

from collections.abc import Sequence
from dataclasses import dataclass

from records.analysis.query import SearchQuery, matches
from records.analysis.tokens import TOKEN

ELLIPSIS = "…"
# So many tokens are looked at for the best piece; a book's snippet may come from its first chapters.
LOOKED_AT = 30_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a snippet; ``is_hit`` is shown as a mark."""

    text: str
    is_hit: bool


def snippet(
    text: str, spans: Sequence[tuple[int, int]], query: SearchQuery, *, width: int = 220
) -> list[Segment]:
    """The piece of about ``width`` characters with the most hits; empty when nothing hits."""
    hits = [span for span in spans[:LOOKED_AT] if matches(text[span[0] : span[1]], query)]
    if not hits:
        return []
    first, count = _densest(hits, width)
    start = max(0, hits[first][0] - width // 4)
    end = min(len(text), start + width)
    start, end = _at_words(text, start, end)
    return _segments(text, start, end, hits[first : first + count])


def _densest(hits: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    best, best_count, right = 0, 0, 0
    for left, (start, _end) in enumerate(hits):
        while right < len(hits) and hits[right][1] <= start + width * 3 // 4:
            right += 1
        count = max(1, right - left)
        if count > best_count:
            best, best_count = left, count
    return best, best_count


def _at_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _segments(text: str, start: int, end: int, hits: Sequence[tuple[int, int]]) -> list[Segment]:
    found = [Segment(ELLIPSIS + " ", False)] if start > 0 else []
    place = start
    for hit_start, hit_end in hits:
        if hit_end > end:
            break
        found.append(Segment(_flat(text[place:hit_start]), False))
        found.append(Segment(_flat(text[hit_start:hit_end]), True))
        place = hit_end
    found.append(
        Segment(_flat(text[place:end]) + (f" {ELLIPSIS}" if end < len(text) else ""), False)
    )
    return [segment for segment in found if segment.text]


def _flat(text: str) -> str:
    """White space as the browser would show it, without losing the blank at the edges."""
    words = " ".join(text.split())
    left = " " if text[:1].isspace() and words else ""
    right = " " if text[-1:].isspace() else ""
    return f"{left}{words}{right}"


def mark_words(words: Sequence[str], query: SearchQuery) -> list[bool]:
    """For each word of a page (as the reader's text layer has them) whether it is a hit."""
    return [any(matches(m.group(), query) for m in TOKEN.finditer(word)) for word in words]
