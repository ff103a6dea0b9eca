"""The query language people know: words, "phrase", -without, prefix*, field filters. Never raises."""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from records.analysis.compounds import word_list
from records.analysis.documents import quoted
from records.analysis.folding import fold
from records.analysis.lexemes import document_lexemes, query_lexeme
from records.analysis.tokens import PARAGRAPH, tokens

PREFIX_LETTERS = 4
# From so many words on, small words only cost time.
LONG_QUERY = 4
MOST_TERMS = 20
STOP_WORDS = word_list("stop_words.txt")
_PIECE = re.compile(
    r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<field>typ|von|bis|akte|an):(?P<value>\S*)|(?P<word>[^\s"]+))',
    re.I,
)


@dataclass(frozen=True, slots=True)
class QueryFilters:
    """Limits that are no words; dates are inclusive, None means "not asked for"."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """``tsquery`` for ``%s::tsquery`` (empty: nothing to search for in texts)."""

    text: str = ""
    tsquery: str = ""
    filters: QueryFilters = QueryFilters()
    exact_candidates: tuple[str, ...] = ()
    highlight_lexemes: frozenset[str] = frozenset()
    highlight_prefixes: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """One token with a digit: somebody pasted an Aktenzeichen or a key."""
        words = self.text.split()
        return len(words) == 1 and any(c.isdigit() for c in words[0])


@dataclass(slots=True)
class _Terms:
    parts: list[str] = field(default_factory=list)
    lexemes: set[str] = field(default_factory=set)
    prefixes: list[str] = field(default_factory=list)
    filters: QueryFilters = field(default_factory=QueryFilters)
    exact: dict[str, None] = field(default_factory=dict)


def parse_query(text: str) -> SearchQuery:
    """Understand what was typed; anything unintelligible is simply a word less."""
    text = " ".join(text.replace("\x00", " ").split())
    joined = PARAGRAPH.sub(lambda match: "".join(match.group().split()), text)
    pieces = list(_PIECE.finditer(joined))[:MOST_TERMS]
    drop_small = sum(1 for p in pieces if p["word"]) >= LONG_QUERY
    terms = _Terms()
    for piece in pieces:
        _take(piece, terms, drop_small)
    if any(c.isdigit() for c in text):
        terms.exact.setdefault(text)
    return SearchQuery(
        text=text,
        tsquery=_conjunction(terms.parts),
        filters=terms.filters,
        exact_candidates=tuple(terms.exact),
        highlight_lexemes=frozenset(terms.lexemes),
        highlight_prefixes=tuple(terms.prefixes),
    )


def _conjunction(parts: list[str]) -> str:
    """Only exclusions would list the whole archive: then nothing is searched."""
    return " & ".join(parts) if any(not p.startswith("!") for p in parts) else ""


def _take(piece: re.Match[str], terms: _Terms, drop_small: bool) -> None:
    if piece["field"]:
        _take_field(piece["field"].lower(), piece["value"], terms)
        return
    words = piece["phrase"] if piece["phrase"] is not None else piece["word"] or ""
    if drop_small and fold(words) in STOP_WORDS:
        return
    if piece["word"] and any(c.isdigit() for c in words) and not piece["minus"]:
        terms.exact.setdefault(words.strip(",;"))
    term = _prefix(words, terms, bool(piece["minus"])) or _phrase(
        words, terms, bool(piece["minus"])
    )
    if term:
        terms.parts.append(f"!({term})" if piece["minus"] else term)


def _prefix(words: str, terms: _Terms, excluded: bool) -> str:
    start = fold(words.rstrip("*"))
    if not words.endswith("*") or len(start) < PREFIX_LETTERS or not start.isalnum():
        return ""
    if not excluded:
        terms.prefixes.append(start)
    return f"{quoted(start)}:*"


def _phrase(words: str, terms: _Terms, excluded: bool) -> str:
    lexemes = [query_lexeme(m.group()) for m in tokens(words)]
    if not excluded:
        terms.lexemes.update(lexemes)
    return "(" + " <-> ".join(quoted(one) for one in lexemes) + ")" if lexemes else ""


def _take_field(name: str, value: str, terms: _Terms) -> None:
    """von: and bis: limit the date; typ:, akte: and an: look among the facts of weight B only."""
    if name in ("von", "bis"):
        day = _day(value)
        limits = terms.filters
        if day is not None:
            terms.filters = (
                replace(limits, since=day) if name == "von" else replace(limits, until=day)
            )
        return
    for match in tokens(value):
        terms.parts.append(f"{quoted(query_lexeme(match.group()))}:B")


def _day(text: str) -> date | None:
    """2026-11-23 or 23.11.2026; anything else is no filter."""
    parts = text.split(".")
    if len(parts) == 3 and all(p.isascii() and p.isdigit() for p in parts):
        text = f"{parts[2]:0>4}-{parts[1]:0>2}-{parts[0]:0>2}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def matches(form: str, query: SearchQuery) -> bool:
    """Whether a word of a text is one of the query's hits."""
    lexemes = document_lexemes(form)
    if not query.highlight_lexemes.isdisjoint(lexemes):
        return True
    return any(one.startswith(p) for p in query.highlight_prefixes for one in lexemes)
