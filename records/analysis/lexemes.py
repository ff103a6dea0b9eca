"""From a word form to its lexemes, with a bounded cache: the hot loop of indexing."""

import re
from functools import lru_cache

import Stemmer

from records.analysis.compounds import splitter
from records.analysis.folding import fold

CACHED_FORMS = 100_000
LONGEST_LEXEME = 200
_PARAGRAPH = re.compile(r"§+(?P<number>\d+[a-z]??)(?:abs(?:atz|\.)?(?P<section>\d+[a-z]?))?$")
_stemmer = Stemmer.Stemmer("german", 0)


def stem(folded: str) -> str:
    """The stem of a folded word."""
    return str(_stemmer.stemWord(folded))[:LONGEST_LEXEME]


@lru_cache(maxsize=CACHED_FORMS)
def document_lexemes(form: str) -> tuple[str, ...]:
    """All lexemes of a word form as it stands in a text: the full stem first, then the parts."""
    folded = fold(form)
    if any(c.isdigit() for c in folded):
        return number_lexemes(folded)
    found = dict.fromkeys([stem(folded)])
    for part in _sub_compounds(splitter().split(folded)):
        found[stem(part)] = None
    return tuple(found)


def _sub_compounds(parts: tuple[str, ...]) -> list[str]:
    """Every contiguous run: gewerbe, steuer, bescheid, gewerbesteuer, steuerbescheid."""
    count = len(parts)
    return [
        "".join(parts[start:end])
        for start in range(count)
        for end in range(start + 1, count + 1)
        if end - start < count
    ]


def number_lexemes(folded: str) -> tuple[str, ...]:
    """A number whole (without blanks) and by its parts."""
    if folded.startswith("§"):
        return _paragraph_lexemes(folded)
    pieces = "".join(c if c.isalnum() else " " for c in folded).split()
    return tuple(dict.fromkeys(["".join(folded.split())[:LONGEST_LEXEME], *pieces]))


def _paragraph_lexemes(folded: str) -> tuple[str, ...]:
    """``§ 34 Absatz 2`` and ``§34 Abs. 2`` are both §34abs2, §34, 34 and 2."""
    match = _PARAGRAPH.match("".join(folded.split()))
    if match is None:
        return (folded,)
    number, section = match["number"], match["section"]
    if not section:
        return (f"§{number}", number)
    return (f"§{number}abs{section}", f"§{number}", number, section)


@lru_cache(maxsize=10_000)
def query_lexeme(form: str) -> str:
    """What a typed word is searched as: the full stem, or the whole number."""
    folded = fold(form)
    if any(c.isdigit() for c in folded):
        return number_lexemes(folded)[0]
    return stem(folded)
