"""A document's lexemes as a tsvector literal, and where they stand in its text."""

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from records.analysis import offsets, tsvectors
from records.analysis.folding import storable
from records.analysis.lexemes import token_lexemes
from records.analysis.tokens import split_tokens
from records.analysis.vocabulary import NO_RULES, WordRules, with_rules, word_parts

ANALYSER_VERSION = 3
# Beyond this much a text is not searched (about 500 pages); beyond MARKED_CHARS it is found, but
# its hits are neither marked nor shown in snippets.
TEXT_CHARS = 1_000_000
MARKED_CHARS = 200_000
CACHED_FORMS = 100_000
# Long numbers are nearly always unique: they would only push words out of the cache.
LONGEST_CACHED_NUMBER = 4
# Title and further facts may take this many positions, so that the text keeps most of them.
HEAD_POSITIONS = 2_000


@dataclass(frozen=True, slots=True)
class AnalysedText:
    """``tsvector`` for ``%s::tsvector``; ``offsets`` for ``offsets_from_bytes`` and snippets;
    ``text`` as it is to be stored: characters PostgreSQL refuses are replaced one for one."""

    tsvector: str
    offsets: bytes
    text: str


class Analyser:
    """Word parts and the cache of word forms: one per process (25 MB, and 20 to 50 MB more when the cache is full)."""

    def __init__(self, kinds: dict[str, int], rules: WordRules = NO_RULES) -> None:
        self._dictionary = kinds
        self.rules = rules
        self.kinds = with_rules(kinds, rules)
        self._forms: dict[str, tuple[str, ...]] = {}

    def lexemes(self, tokens: Sequence[str]) -> list[tuple[str, ...]]:
        """The lexemes of each token."""
        found = list(map(self._forms.get, tokens))
        if None in found:
            return [
                held if held is not None else self._new(tokens[i]) for i, held in enumerate(found)
            ]
        return found  # type: ignore[return-value]

    def _new(self, token: str) -> tuple[str, ...]:
        known = self._forms.get(token)
        if known is not None:
            return known
        lexemes = token_lexemes(token, self.kinds)
        if len(token) <= LONGEST_CACHED_NUMBER or not token[0].isdigit():
            if len(self._forms) >= CACHED_FORMS:
                self._forget()
            self._forms[token] = lexemes
        return lexemes

    def under(self, rules: WordRules) -> "Analyser":
        """An analyser of the same dictionary that knows no word forms yet."""
        return Analyser(self._dictionary, rules)

    def _forget(self) -> None:
        """The older half goes: frequent words are back at once."""
        for token in list(self._forms)[: CACHED_FORMS // 2]:
            del self._forms[token]


_configured: dict[str, Path] = {}
_analysers: list[Analyser] = []


def configure(*, cache_dir: Path) -> None:
    """Where the word list made from the dictionary is kept (about 2 MB; made on first use).

    Without it (and without ECM_ANALYSER_CACHE) every process builds the list anew, some seconds.
    """
    _configured["cache_dir"] = cache_dir


def analyser() -> Analyser:
    """The analyser of this process, made on first use."""
    if not _analysers:
        folder = os.environ.get("ECM_ANALYSER_CACHE")
        _analysers.append(
            Analyser(word_parts(Path(folder) if folder else _configured.get("cache_dir")))
        )
    return _analysers[0]


def use_rules(rules: WordRules) -> None:
    """The municipality's rules for all that this process analyses from now on."""
    if analyser().rules != rules:
        _analysers[0] = _analysers[0].under(rules)


def analyse_document(title: str, text: str, *, extra: Sequence[str] = ()) -> AnalysedText:
    """Weight A: title, B: ``extra`` (numbers, parties), D: text up to TEXT_CHARS characters."""
    text = storable(text[:TEXT_CHARS])
    weighted, first = _head(title, extra)
    pieces = split_tokens(text)
    places: defaultdict[str, list[int]] = defaultdict(list)
    for index, lexemes in enumerate(analyser().lexemes(pieces[1::2])):
        for lexeme in lexemes:
            places[lexeme].append(index)
    return AnalysedText(
        tsvectors.tsvector(places, first, weighted), _packed(pieces, places, len(text)), text
    )


def _head(title: str, extra: Sequence[str]) -> tuple[dict[str, str], int]:
    """Positions with weights of title and facts, and the first position of the text.

    One position stays empty between two of them: no phrase spans them.
    """
    marks: defaultdict[str, list[str]] = defaultdict(list)
    position = 1
    for weight, one in [("A", title), *(("B", fact) for fact in extra)]:
        for lexemes in analyser().lexemes(split_tokens(one)[1::2][: HEAD_POSITIONS - position]):
            for lexeme in lexemes:
                marks[lexeme].append(f"{position}{weight}")
            position += 1
        position = min(position + 1, HEAD_POSITIONS)
    return {lexeme: ",".join(found[:100]) for lexeme, found in marks.items()}, position


def _packed(pieces: list[str], places: dict[str, list[int]], size: int) -> bytes:
    lengths = list(map(len, pieces))
    lengths.pop()
    if size <= MARKED_CHARS:
        return offsets.pack(lengths, places)
    tokens = _tokens_until(lengths, MARKED_CHARS)
    kept = {
        lexeme: within
        for lexeme, indexes in places.items()
        if (within := [index for index in indexes if index < tokens])
    }
    return offsets.pack(lengths[: 2 * tokens], kept)


def _tokens_until(lengths: list[int], end: int) -> int:
    place = 0
    for number in range(0, len(lengths), 2):
        place += lengths[number] + lengths[number + 1]
        if place > end:
            return number // 2
    return len(lengths) // 2
