"""PostgreSQL literals of the analyser's lexemes, within PostgreSQL's limits (manual, 12.11)."""

from collections.abc import Mapping, Sequence

LAST_POSITION = 16_383
# The limit is 256; the last ones carry nothing for a rank.
POSITIONS_PER_LEXEME = 255
# A tsvector holds 1 MB of lexemes and positions; its literal is never shorter than that.
LONGEST_LITERAL = 1_048_575

_NUMBERS = [str(number) for number in range(LAST_POSITION + 1)]


def quoted(lexeme: str) -> str:
    """A lexeme inside a tsvector or tsquery literal."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def tsvector(places: Mapping[str, Sequence[int]], first: int, weighted: Mapping[str, str]) -> str:
    """``places``: token indexes by lexeme, token 0 at position ``first``, weight D;
    ``weighted``: further positions with their weights, "1A,7B" by lexeme.

    Lexemes hold no quotes or backslashes. Beyond the last position a lexeme stands without one:
    found, but in no phrase. What would pass 1 MB is left out from the end.
    """
    entries = _entries(places, first, weighted)
    literal = " ".join(entries)
    if len(literal) * 4 > LONGEST_LITERAL and len(literal.encode()) > LONGEST_LITERAL:
        return _shortened(entries)
    return literal


def _entries(
    places: Mapping[str, Sequence[int]], first: int, weighted: Mapping[str, str]
) -> list[str]:
    numbers = _NUMBERS[first:]
    last = len(numbers)
    head = [f"'{lexeme}':{marks}" for lexeme, marks in weighted.items() if lexeme not in places]
    # Most lexemes stand once: they are written without a call.
    return head + [
        f"'{lexeme}':{numbers[tokens[0]]}"
        if len(tokens) == 1 and tokens[0] < last and lexeme not in weighted
        else _entry(lexeme, _positions(tokens, numbers), weighted.get(lexeme, ""))
        for lexeme, tokens in places.items()
    ]


def _entry(lexeme: str, positions: Sequence[str], marks: str) -> str:
    found = ",".join([marks, *positions] if marks else positions)
    return f"'{lexeme}':{found}" if found else f"'{lexeme}'"


def _positions(tokens: Sequence[int], numbers: Sequence[str]) -> list[str]:
    last = len(numbers)
    return [numbers[token] for token in tokens[:POSITIONS_PER_LEXEME] if token < last]


def _shortened(entries: Sequence[str]) -> str:
    kept, size = [], 0
    for entry in entries:
        size += len(entry.encode()) + 1
        if size > LONGEST_LITERAL:
            break
        kept.append(entry)
    return " ".join(kept)
