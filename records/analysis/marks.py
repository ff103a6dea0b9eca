"""Snippets of hit lists and marks of the reader, from the analyser's own offsets."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from records.analysis.documents import analyser
from records.analysis.folding import INVISIBLE
from records.analysis.offsets import Offsets
from records.analysis.query import SearchQuery, Wanted
from records.analysis.tokens import mended, split_tokens

ELLIPSIS = "…"
# A piece is cut between words, unless a "word" is longer than this.
LONGEST_STEP = 40
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_AT_LINE_END = ("-", "\u2010", "\u2011", "\u00ad", "\ufffe", "\x02")


class Segment(NamedTuple):
    """A piece of a snippet; ``is_hit`` is shown as a mark."""

    text: str
    is_hit: bool


class _Hit(NamedTuple):
    start: int
    end: int
    wanted: int


def snippet(text: str, offsets: Offsets, query: SearchQuery, *, width: int = 220) -> list[Segment]:
    """About ``width`` characters with as many of the query's words as possible, then as many hits.

    Empty when nothing of the text is a hit (title or number were).
    """
    hits = _hits(offsets, query)
    if not hits:
        return []
    first, last = _best(hits, width)
    start, end = _around(text, hits[first].start, hits[last].end, width)
    shown = [hit for hit in hits if start <= hit.start and hit.end <= end]
    return _segments(text, start, end, shown)


def mark_words(
    words: Sequence[str], query: SearchQuery, *, goes_on: Sequence[bool] = ()
) -> list[bool]:
    """For each word of a page (as the reader's text layer has them) whether it is a hit.

    ``goes_on``: whether a word, parted at a line's end, goes on in the next one.
    """
    text, edges = _page(words, goes_on)
    pieces = split_tokens(text)
    places: dict[str, list[int]] = {}
    for index, lexemes in enumerate(analyser().lexemes(pieces[1::2])):
        for lexeme in lexemes:
            places.setdefault(lexeme, []).append(index)
    ends = list(accumulate(map(len, pieces)))
    hit: set[int] = set()
    for wanted in query.marked:
        hit.update(_tokens(wanted, lambda x: places.get(x, []), lambda x: _beginning(x, places)))
    spans = [(ends[2 * index], ends[2 * index + 1]) for index in sorted(hit)]
    return _touched(edges, spans)


def _page(words: Sequence[str], goes_on: Sequence[bool]) -> tuple[str, list[tuple[int, int]]]:
    parts: list[str] = []
    edges: list[tuple[int, int]] = []
    place = 0
    for number, word in enumerate(words):
        edges.append((place, place + len(word)))
        gap = "\n" if word.endswith(_AT_LINE_END) else " "
        parts += (word, "" if number < len(goes_on) and goes_on[number] else gap)
        place += len(word) + len(parts[-1])
    return "".join(parts), edges


def _touched(edges: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]) -> list[bool]:
    found, at = [], 0
    for start, end in edges:
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        found.append(at < len(spans) and spans[at][0] < end)
    return found


def _beginning(prefix: str, places: dict[str, list[int]]) -> list[int]:
    return [i for lexeme, tokens in places.items() if lexeme.startswith(prefix) for i in tokens]


def _hits(offsets: Offsets, query: SearchQuery) -> list[_Hit]:
    """All hits in the text's order, each token once."""
    found: dict[int, int] = {}
    for number, wanted in enumerate(query.marked):
        for token in _tokens(wanted, offsets.tokens, offsets.tokens_beginning):
            found.setdefault(token, number)
    return [_Hit(*offsets.spans[token], found[token]) for token in sorted(found)]


def _tokens(
    wanted: Wanted, of: Callable[[str], list[int]], beginning: Callable[[str], list[int]]
) -> list[int]:
    """The tokens to mark; of a phrase only those that stand side by side."""
    tokens = [(beginning if wanted.is_prefix else of)(lexeme) for lexeme in wanted.lexemes]
    if not wanted.adjacent:
        return [token for found in tokens for token in found] if all(tokens) else []
    starts = set(tokens[0])
    for distance, found in enumerate(tokens[1:], start=1):
        starts &= {token - distance for token in found}
    return [start + distance for start in starts for distance in range(len(tokens))]


def _best(hits: Sequence[_Hit], width: int) -> tuple[int, int]:
    """First and last hit of the piece with most different words, then most hits, then earliest."""
    within: Counter[int] = Counter()
    best, chosen, right = (0, 0), (0, 0), 0
    for left, hit in enumerate(hits):
        while right < len(hits) and (
            right <= left or hits[right].end <= hit.start + width * 3 // 4
        ):
            within[hits[right].wanted] += 1
            right += 1
        score = (len(+within), right - left)
        if score > best:
            best, chosen = score, (left, right - 1)
        within[hit.wanted] -= 1
    return chosen


def _around(text: str, start: int, end: int, width: int) -> tuple[int, int]:
    spare = max(0, width - (end - start))
    left = max(0, start - spare // 3)
    right = min(len(text), max(end, left + width))
    left = max(0, min(left, right - width)) if right == len(text) else left
    return _back_to_gap(text, left), _on_to_gap(text, right)


def _back_to_gap(text: str, place: int) -> int:
    for at in range(place, max(0, place - LONGEST_STEP) - 1, -1):
        if at == 0 or text[at - 1].isspace():
            return at
    return place


def _on_to_gap(text: str, place: int) -> int:
    for at in range(place, min(len(text), place + LONGEST_STEP) + 1):
        if at == len(text) or text[at].isspace():
            return at
    return place


def _segments(text: str, start: int, end: int, hits: Sequence[_Hit]) -> list[Segment]:
    found = [Segment(f"{ELLIPSIS} ", False)] if text[:start].strip() else []
    place = start
    for hit in hits:
        found.append(Segment(_shown(text[place : hit.start]), False))
        found.append(Segment(_shown(text[hit.start : hit.end]), True))
        place = hit.end
    found.append(Segment(_shown(text[place:end]), False))
    if text[end:].strip():
        found.append(Segment(f" {ELLIPSIS}", False))
    return [segment for segment in found if segment.text]


def _shown(piece: str) -> str:
    """As it reads: white space as one blank, words parted at a line's end whole again."""
    words = " ".join(_INVISIBLE.sub("", mended(piece)).split())
    left = " " if piece[:1].isspace() and words else ""
    right = " " if piece[-1:].isspace() else ""
    return f"{left}{words}{right}"
