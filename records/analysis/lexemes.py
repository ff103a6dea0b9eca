"""From a token as it stands in a text to its lexemes: the whole first, then its parts."""

import re
from datetime import date

import Stemmer

from records.analysis import compounds
from records.analysis.folding import fold
from records.analysis.tokens import CITATION, DATE, JOINERS, MONTHS, SPACED_KEY, mended
from records.analysis.vocabulary import listed

# PostgreSQL takes 2,046 bytes a lexeme; nobody searches for longer words than this.
LONGEST_LEXEME = 100
MOST_PIECES = 5
STOP_WORDS = frozenset(listed("stop_words"))
_stemmer = Stemmer.Stemmer("german", 0)

_KEPT_IN_NUMBERS = re.compile(r"[^\w./:@+,§-]+")
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_CITED = re.compile(r"(abs|s|nr|nummer|ziff|buchst|halbs|alt)[a-z]*\.?\s*(\w+)|(\d+[a-z]?)")
_DETAILS = {"s": "satz", "ziff": "nr"}


def stem(folded: str) -> str:
    """The stem of a folded word; forms and spellings of one word share it."""
    return str(_stemmer.stemWord(folded))[:LONGEST_LEXEME]


def token_lexemes(token: str, kinds: dict[str, int]) -> tuple[str, ...]:
    """All lexemes of a token of a document, without doubles; the first is the whole token."""
    found = dict.fromkeys(_lexemes(token, kinds))
    found.pop("", None)
    return tuple(found)


def _lexemes(token: str, kinds: dict[str, int]) -> list[str]:
    if token.isalpha():
        return word_lexemes(fold(token), kinds)
    special = whole_and_parts(token)
    if special:
        return [special[0], *special[1]]
    pieces = word_pieces(token)
    if len(pieces) == 1:
        return word_lexemes(pieces[0], kinds)
    joined = "".join(pieces)
    found = word_lexemes(joined, kinds) if "-" in mended(token) else [stem(joined)]
    for piece in pieces:
        found += word_lexemes(piece, kinds)
    return found + [stem(run) for run in _inner_runs(pieces)]


def _inner_runs(pieces: list[str]) -> list[str]:
    """De-Mail-Konto is also a De-Mail and a Mailkonto."""
    count = len(pieces)
    if not 3 <= count <= MOST_PIECES:
        return []
    return [
        "".join(pieces[first:end])
        for first in range(count)
        for end in range(first + 2, count + 1)
        if end - first < count
    ]


def word_lexemes(folded: str, kinds: dict[str, int]) -> list[str]:
    """The stem of a folded word and the stems of the words it is built of."""
    whole = stem(folded)
    parts = () if folded in STOP_WORDS else compounds.split(folded, kinds)
    return [whole, *(stem(run) for run in compounds.runs(parts, kinds))] if parts else [whole]


def word_pieces(token: str) -> list[str]:
    """The folded words of a token joined by hyphens, slashes, points: De-Mail, und/oder, z.B."""
    return [piece for part in JOINERS.split(mended(token)) if (piece := fold(part))]


def whole_and_parts(token: str) -> tuple[str, list[str]] | None:
    """Citations, dates, keys and numbers: the lexeme of the whole and those of its parts.

    None for words. The spelling of a whole does not depend on how it was written:
    ``§ 34 Absatz 2`` and ``§34 Abs. 2`` are §34abs2, ``12. März 2026`` is 2026-03-12.
    """
    if CITATION.fullmatch(token):
        return _citation(token)
    if DATE.fullmatch(token):
        return _written_date(token)
    if SPACED_KEY.fullmatch(token):
        pieces = word_pieces(token)
        return "".join(pieces)[:LONGEST_LEXEME], [stem(piece) for piece in pieces]
    if any(c.isdigit() or c == "@" for c in token):
        return _number(token)
    return None


def _citation(token: str) -> tuple[str, list[str]]:
    places = citations(token)
    pieces = [piece for place in places for piece in place]
    levels = [level for place in places for level in _levels(place)]
    numbers = [number for place in places for number in re.findall(r"\d+[a-z]?", place[0])]
    return "".join(pieces)[:LONGEST_LEXEME], [*levels, *pieces, *numbers]


def _levels(place: list[str]) -> list[str]:
    """§34, §34abs2, §34abs2satz1: found by each."""
    return ["".join(place[:end])[:LONGEST_LEXEME] for end in range(1, len(place) + 1)]


def citations(token: str) -> list[list[str]]:
    """The places cited, each from the paragraph down: ``§§ 34 Abs. 2, 35``: [§34, abs2], [§35]."""
    sign = "art" if token[:1] in "Aa" and token[1:2] == "r" else "§"
    places: list[list[str]] = []
    for detail, value, number in _CITED.findall(fold(token)):
        if number:
            # "(2)" at the start of a line is a paragraph (Absatz) of the text itself.
            places.append([f"abs{number}" if token[0] == "(" else f"{sign}{number}"])
        elif places:
            places[-1].append(_DETAILS.get(detail, detail) + value)
        else:
            places.append([_DETAILS.get(detail, detail) + value])
    return places


def _written_date(token: str) -> tuple[str, list[str]]:
    *day, month, year = fold(token).replace(".", " ").split()
    number = MONTHS.get(month, 0)
    in_month = f"{year}-{number:02}"
    exact = _iso(int(year), number, int(day[0])) if day else None
    parts = [stem(month), year]
    return (exact, [in_month, *parts]) if exact else (in_month, [*parts, *day])


def _number(token: str) -> tuple[str, list[str]]:
    folded = _KEPT_IN_NUMBERS.sub("-", fold(mended(token))).strip("_-./:@+,")
    if day := _day(folded):
        return day, [day[:7], day[:4]]
    pieces = [piece for piece in JOINERS.split(folded) if piece]
    if _AMOUNT.fullmatch(folded):
        amount = folded.replace(".", "")
        return amount[:LONGEST_LEXEME], [folded[:LONGEST_LEXEME], amount.partition(",")[0]]
    parts = [stem(piece) if piece.isalpha() else piece[:LONGEST_LEXEME] for piece in pieces]
    return folded[:LONGEST_LEXEME], [*parts, *_sections(folded, len(pieces))]


def _sections(folded: str, count: int) -> list[str]:
    """Contiguous runs of a key: people know 0017/2026 of 32.10-0017/2026."""
    if not 3 <= count <= MOST_PIECES or "@" in folded:
        return []
    cuts = [(match.start(), match.end()) for match in JOINERS.finditer(folded)]
    starts = [0, *(end for _start, end in cuts)]
    ends = [*(start for start, _end in cuts), len(folded)]
    return [
        folded[starts[first] : ends[last]]
        for first in range(count)
        for last in range(first + 1, count)
        if last - first < count - 1
    ]


def _day(folded: str) -> str | None:
    if match := _GERMAN_DAY.fullmatch(folded):
        return _iso(int(match[3]), int(match[2]), int(match[1]))
    if match := _ISO_DAY.fullmatch(folded):
        return _iso(int(match[1]), int(match[2]), int(match[3]))
    return None


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
