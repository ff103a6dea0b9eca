"""A document's lexemes as a tsvector literal, and where its tokens stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from records.analysis.lexemes import document_lexemes
from records.analysis.spans import encode_spans
from records.analysis.tokens import tokens

ANALYSER_VERSION = 1
# Limits of tsvector (PostgreSQL manual, 12.11): positions up to 16383, 256 a lexeme, 1 MB in all.
LAST_POSITION = 16_383
POSITIONS_PER_LEXEME = 255
TEXT_CHARS = 400_000
MOST_BYTES = 1_000_000
# Distance between title, further facts and text, so that no phrase spans two of them.
GAP = 20


@dataclass(frozen=True, slots=True)
class AnalysedText:
    """``tsvector`` for ``%s::tsvector``; ``offsets`` packs the text's token spans (spans.py)."""

    tsvector: str
    offsets: bytes


def analyse_document(title: str, text: str, *, extra: Sequence[str] = ()) -> AnalysedText:
    """Weight A: title, B: ``extra`` (numbers, parties), D: text up to TEXT_CHARS characters."""
    places: dict[str, list[str]] = {}
    position = _add(places, title, 1, "A")
    for one in extra:
        position = _add(places, one, position + GAP, "B")
    spans = _add_text(places, text[:TEXT_CHARS], position + GAP)
    return AnalysedText(_literal(places), encode_spans(spans))


def _add(places: dict[str, list[str]], text: str, position: int, weight: str) -> int:
    for match in tokens(text):
        mark = f"{min(position, LAST_POSITION)}{weight}"
        for lexeme in document_lexemes(match.group()):
            places.setdefault(lexeme, []).append(mark)
        position += 1
    return position


def _add_text(places: dict[str, list[str]], text: str, position: int) -> list[tuple[int, int]]:
    spans = []
    for match in tokens(text):
        spans.append(match.span())
        mark = str(position if position < LAST_POSITION else LAST_POSITION)
        for lexeme in document_lexemes(match.group()):
            held = places.get(lexeme)
            if held is None:
                places[lexeme] = [mark]
            elif len(held) < POSITIONS_PER_LEXEME and held[-1] != mark:
                held.append(mark)
        position += 1
    return spans


def _literal(places: dict[str, list[str]]) -> str:
    parts, size = [], 0
    for lexeme, marks in places.items():
        part = f"{quoted(lexeme)}:{','.join(marks)}"
        size += len(lexeme.encode()) + 2 * len(marks) + 4
        if size > MOST_BYTES:
            break
        parts.append(part)
    return " ".join(parts)


def quoted(lexeme: str) -> str:
    """A lexeme inside a tsvector or tsquery literal."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
