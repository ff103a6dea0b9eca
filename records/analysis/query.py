"""The query language: words, "phrase", -without, prefix*, typ: akte: an: von: bis:. Never raises.

Words are joined by AND. Each word is searched by its own stem only: documents carry the parts of
their compounds, so ``bescheid`` finds Gewerbesteuerbescheid, and not the other way round.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from records.analysis.folding import fold, storable, umlauts_reduced
from records.analysis.law_names import other_names
from records.analysis.lexemes import (
    LONGEST_LEXEME,
    STOP_WORDS,
    citations,
    stem,
    whole_and_parts,
    word_pieces,
)
from records.analysis.tokens import CITATION, SPACED_KEY, split_tokens
from records.analysis.tsvectors import quoted

LONGEST_QUERY = 1_000
MOST_TERMS = 32
MOST_CANDIDATES = 10
PREFIX_LETTERS = 4
# From so many words on, small words only cost time.
LONG_QUERY = 4
_PIECED = re.compile(r"[-./:@+]")
_QUOTES = str.maketrans(dict.fromkeys("„“”‟«»", '"'))
_OPERATOR = re.compile(
    r'(?<!\S)(?P<minus>-)?"(?P<phrase>[^"]*)(?:"|$)'
    r'|(?<!\S)(?P<field>typ|von|bis|akte|an):\s?(?:"(?P<quoted>[^"]*)(?:"|$)|(?P<value>[^\s"]*))'
    r"|(?<!\S)(?P<prefix_minus>-)?(?P<prefix>[^\s\"*]+)\*+(?=\s|$)"
    r'|(?<!\S)-(?P<without>[^\s"]+)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QueryFilters:
    """Limits that are no words; dates are inclusive, None means "not asked for"."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Lexemes one token each: side by side in this order (``adjacent``), or anywhere."""

    lexemes: tuple[str, ...]
    adjacent: bool = True
    is_prefix: bool = False

    def tsquery(self, weight: str = "") -> str:
        """As a PostgreSQL literal."""
        marks = ("*" if self.is_prefix else "") + weight
        ending = f":{marks}" if marks else ""
        words = [quoted(lexeme) + ending for lexeme in self.lexemes]
        return (" <-> " if self.adjacent else " & ").join(words)


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: any of these; ``facts_only``: not in title or text (weight B)."""

    any_of: tuple[Wanted, ...]
    is_excluded: bool = False
    facts_only: bool = False

    def tsquery(self) -> str:
        """As a PostgreSQL literal in brackets."""
        return ("!" if self.is_excluded else "") + "(" + " | ".join(
            f"({literal})" if len(wanted.lexemes) > 1 else literal
            for wanted in self.any_of
            for literal in [wanted.tsquery("B" if self.facts_only else "")]
        ) + ")"  # fmt: skip


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a person typed, understood.

    ``tsquery``: for ``%s::tsquery``; empty when there is nothing to search for in texts.
    ``exact_candidates``: numbers and keys as typed, the likeliest first.
    ``ignored``: what was not understood, word for word, to be said to the person.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    filters: QueryFilters = QueryFilters()
    exact_candidates: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def tsquery(self) -> str:
        """Only exclusions would list the whole archive: then nothing is searched."""
        if all(term.is_excluded for term in self.terms):
            return ""
        return " & ".join(term.tsquery() for term in self.terms)

    @property
    def marked(self) -> tuple[Wanted, ...]:
        """What is marked in texts, in the order typed."""
        shown = (term for term in self.terms if not (term.is_excluded or term.facts_only))
        return tuple(wanted for term in shown for wanted in term.any_of)

    @property
    def highlight_lexemes(self) -> frozenset[str]:
        """All lexemes that are marked by themselves or in a phrase; prefixes are not among them."""
        return frozenset(x for w in self.marked if not w.is_prefix for x in w.lexemes)

    @property
    def is_number(self) -> bool:
        """One number, key or plate and nothing else: somebody pasted an Aktenzeichen."""
        one = len(self.text.split()) == 1 or SPACED_KEY.fullmatch(self.text)
        return bool(one) and any(map(str.isdigit, self.text)) and ":" not in self.text


@dataclass(slots=True)
class _Reading:
    terms: list[Term] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    filters: QueryFilters = field(default_factory=QueryFilters)
    ignored: list[str] = field(default_factory=list)
    case_files: list[str] = field(default_factory=list)


def parse_query(text: str) -> SearchQuery:
    """Understand what was typed; what cannot be understood is a word less, never an error."""
    text = " ".join(storable(text[:LONGEST_QUERY]).translate(_QUOTES).split())
    reading = _Reading()
    place = 0
    for match in _OPERATOR.finditer(text):
        _read_bare(text[place : match.start()], reading)
        _read_operator(match, reading)
        place = match.end()
    _read_bare(text[place:], reading)
    _drop_small_words(reading)
    return SearchQuery(
        text=text,
        terms=tuple(dict.fromkeys(reading.terms))[:MOST_TERMS],
        filters=reading.filters,
        exact_candidates=_candidates(reading),
        ignored=tuple(reading.ignored),
    )


def _read_operator(match: re.Match[str], reading: _Reading) -> None:
    if match["field"]:
        value = match["quoted"] if match["value"] is None else match["value"]
        _read_filter(match["field"].lower(), value.strip(), match.group(), reading)
    elif match["phrase"] is not None:
        wanted = _phrase(match["phrase"])
        _add(reading, (wanted,) if wanted else (), bool(match["minus"]))
    elif match["prefix"]:
        _read_prefix(match, reading)
    else:
        for token in split_tokens(match["without"])[1::2]:
            _add(reading, _token(token), excluded=True)


def _read_prefix(match: re.Match[str], reading: _Reading) -> None:
    word, excluded = match["prefix"], bool(match["prefix_minus"])
    wanted = _prefix(word)
    if wanted:
        _add(reading, wanted, excluded)
    elif excluded:
        for token in split_tokens(word)[1::2]:
            _add(reading, _token(token), excluded=True)
    else:
        _read_bare(word, reading)


def _read_bare(text: str, reading: _Reading) -> None:
    if text.strip():
        reading.bare.append(text.strip())
    for token in split_tokens(text)[1::2]:
        _add(reading, _token(token), excluded=False)


def _add(reading: _Reading, wanted: tuple[Wanted, ...], excluded: bool) -> None:
    if wanted:
        reading.terms.append(Term(wanted, excluded))


def _token(token: str) -> tuple[Wanted, ...]:
    """The ways in which a typed token may stand in a text."""
    special = whole_and_parts(token)
    if special is None:
        pieces = [stem(piece) for piece in word_pieces(token)]
        whole = stem("".join(word_pieces(token)))
        return _ways(whole, pieces) + tuple(Wanted((name,)) for name in other_names(whole))
    if CITATION.fullmatch(token):
        return _ways(special[0], [x for place in citations(token) for x in place], adjacent=False)
    if _DAY.fullmatch(special[0]) or not (
        SPACED_KEY.fullmatch(token) or _PIECED.search(special[0])
    ):
        return _ways(special[0], [])
    # A key written with blanks instead of its points and dashes.
    pieces = [stem(p) if p.isalpha() else p[:LONGEST_LEXEME] for p in word_pieces(token)]
    return _ways(special[0], pieces)


def _ways(whole: str, pieces: list[str], *, adjacent: bool = True) -> tuple[Wanted, ...]:
    ways = [Wanted((whole,))] if whole else []
    if len(pieces) > 1:
        ways.append(Wanted(tuple(pieces), adjacent))
    return tuple(ways)


def _phrase(text: str) -> Wanted | None:
    ways = [_token(token) for token in split_tokens(text)[1::2]]
    lexemes = tuple(way[0].lexemes[0] for way in ways if way)
    return Wanted(lexemes[:MOST_TERMS]) if lexemes else None


def _prefix(word: str) -> tuple[Wanted, ...]:
    """``steuerbescheide*``: what begins so, and the stem, which has lost its ending."""
    folded = "".join(word_pieces(word)) if not any(map(str.isdigit, word)) else fold(word)
    if (
        len(umlauts_reduced(folded)) < PREFIX_LETTERS
        or not folded[0].isalnum()
        or len(folded) > LONGEST_LEXEME
    ):
        return ()
    if not folded.isalpha():
        return (Wanted((folded,), is_prefix=True),)
    return Wanted((umlauts_reduced(folded),), is_prefix=True), Wanted((stem(folded),))


def _drop_small_words(reading: _Reading) -> None:
    words = [token for text in reading.bare for token in split_tokens(text)[1::2]]
    if len(words) < LONG_QUERY:
        return
    small = {Term(_token(word)) for word in words if fold(word) in STOP_WORDS}
    kept = [term for term in reading.terms if term not in small]
    if any(not term.is_excluded for term in kept):
        reading.terms = kept


def _candidates(reading: _Reading) -> tuple[str, ...]:
    found = dict.fromkeys(c for text in reading.bare for c in _keys_in(text))
    found |= dict.fromkeys(reading.case_files)
    upper = dict.fromkeys(one.upper() for one in found)
    return tuple(found | upper)[:MOST_CANDIDATES]


def _keys_in(text: str) -> Iterator[str]:
    chunks = [chunk.strip(",;.:()[]'") for chunk in text.split()]
    if 1 < len(chunks) <= 8 and any(map(str.isdigit, text)):
        yield " ".join(chunks)
        yield "".join(chunks)
    yield from (chunk for chunk in chunks if any(map(str.isdigit, chunk)))


def _read_filter(name: str, value: str, typed: str, reading: _Reading) -> None:
    days = _days(value)
    if not value or (name in ("von", "bis") and days is None):
        reading.ignored.append(typed.strip())
    elif name in ("typ", "akte", "an"):
        _read_facts(name, value, reading)
    elif days is not None and name == "von":
        reading.filters = replace(reading.filters, since=days[0])
    elif days is not None:
        reading.filters = replace(reading.filters, until=days[1])


def _read_facts(name: str, value: str, reading: _Reading) -> None:
    """typ:, akte: and an: look among the facts of a document: type, numbers, parties."""
    for token in split_tokens(value)[1::2]:
        if wanted := _token(token):
            reading.terms.append(Term(wanted, facts_only=True))
    if name == "akte":
        reading.case_files.append(value)


_DAY = re.compile(
    r"(?:(?:(?P<d>\d{1,2})\.)?(?P<m>\d{1,2})\.)?(?P<y>\d{4})"
    r"|(?P<iso_y>\d{4})-(?P<iso_m>\d\d?)(?:-(?P<iso_d>\d\d?))?",
    re.ASCII,
)


def _days(text: str) -> tuple[date, date] | None:
    """First and last day of 24.12.2026, 2026-12-24, 12.2026, 2026-12 or 2026."""
    match = _DAY.fullmatch(text)
    if not match:
        return None
    year = int(match["y"] or match["iso_y"])
    month, day = match["m"] or match["iso_m"], match["d"] or match["iso_d"]
    try:
        if day:
            exact = date(year, int(month), int(day))
            return exact, exact
        first, last = (int(month), int(month)) if month else (1, 12)
        return date(year, first, 1), date(year, last, monthrange(year, last)[1])
    except ValueError:
        return None
