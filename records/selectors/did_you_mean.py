"""„Meinten Sie“: a query with a misspelt word, mended from frequent words that are no names.

What is offered has more hits among what the person may see than the query as typed, so no word is
ever offered that stands only in documents which are not theirs.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from goettingen_ecm.access.principals import Person
from records.analysis.folding import fold
from records.analysis.lexemes import STOP_WORDS, stem
from records.analysis.query import parse_query
from records.models import SearchWord
from records.search_index import Budget
from records.selectors.search import SearchResult, Wish, collect

FEW = 3
LONGEST_TYPED = 120
MOST_WORDS = 8
# Each costs up to 2 ms of CPU among 20,000 words.
LOOKED_UP = 2
SHORTEST, LONGEST = 4, 40
# From this many letters on two, and three, wrong ones are still a slip.
TWO_SLIPS, THREE_SLIPS = 6, 14
TRIED = 2
SECONDS = 0.3
_MARKS = ",;.!?"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """The words offered, by the length of their one spelling; ``counts``: documents of each."""

    counted_at: datetime | None
    by_length: dict[int, list[str]]
    written: dict[str, str]
    counts: dict[str, int]
    stems: frozenset[str]


_held: list[Dictionary] = []


def dictionary() -> Dictionary:
    """The words of the last count, held by the process until there is a newer one."""
    counted_at = SearchWord.objects.values_list("counted_at", flat=True).first()
    if not _held or _held[0].counted_at != counted_at:
        _held[:] = [_loaded(counted_at)]
    return _held[0]


def _loaded(counted_at: datetime | None) -> Dictionary:
    rows = list(SearchWord.objects.values_list("folded", "word", "documents"))
    by_length: defaultdict[int, list[str]] = defaultdict(list)
    for folded, _word, _documents in rows:
        by_length[len(folded)].append(folded)
    return Dictionary(
        counted_at,
        dict(by_length),
        {folded: word for folded, word, _documents in rows},
        {folded: documents for folded, _word, documents in rows},
        frozenset(stem(folded) for folded, _word, _documents in rows),
    )


def better_words(
    user: Person, words: str, result: SearchResult, wish: Wish, *, further: str = ""
) -> str:
    """The typed words mended, or nothing; ``further``: what the form adds to them.

    Only for an answer with few hits that is complete, and never for a long query.
    """
    if not _worth_it(words, result, wish):
        return ""
    for mended in mended_words(words, dictionary()):
        if _hits(user, f"{mended} {further}", wish, result.total + 1) > result.total:
            return mended
    return ""


def _worth_it(words: str, result: SearchResult, wish: Wish) -> bool:
    few = len(result.exact) + result.total < FEW
    whole = result.page == 1 and wish.before is None and not result.timed_out
    short = len(words) <= LONGEST_TYPED and len(words.split()) <= MOST_WORDS
    return few and whole and short and bool(result.query.tsquery) and '"' not in words


def _hits(user: Person, text: str, wish: Wish, enough: int) -> int:
    """Visible hits, ``enough`` or one more at most; the rights of each one counted are looked up
    anew, so a search row that lags behind betrays nothing."""
    query = parse_query(text)
    if not query.tsquery:
        return 0
    plain = replace(wish, grouped=False)
    budget = Budget(SECONDS)
    return collect(user, query, plain, newest=enough + 1, cap=enough, budget=budget).total


def mended_words(words: str, known: Dictionary) -> list[str]:
    """The line with its misspelt words replaced: by the nearest words, then by the next ones."""
    chunks = words.split()
    unknown = [place for place, chunk in enumerate(chunks) if _unknown(chunk, known)]
    nearest = {
        place: found
        for place in unknown[:LOOKED_UP]
        if (found := _nearest(fold(chunks[place].strip(_MARKS)), known))
    }
    if not nearest:
        return []
    lines = [_line(chunks, nearest, rank) for rank in range(TRIED)]
    return list(dict.fromkeys(lines))


def _line(chunks: Sequence[str], nearest: dict[int, list[str]], rank: int) -> str:
    return " ".join(
        nearest[place][min(rank, len(nearest[place]) - 1)] if place in nearest else chunk
        for place, chunk in enumerate(chunks)
    )


def _unknown(chunk: str, known: Dictionary) -> bool:
    """A plain word of the line that is no form of a known one."""
    word = chunk.strip(_MARKS)
    folded = fold(word)
    if not (word.isalpha() and SHORTEST <= len(folded) <= LONGEST) or folded in STOP_WORDS:
        return False
    return folded not in known.written and stem(folded) not in known.stems


def _nearest(folded: str, known: Dictionary) -> list[str]:
    """Words a slip or two away, the nearest and most frequent first."""
    slips = _slips(len(folded))
    found = [
        (distance, -known.counts[candidate], candidate)
        for length in range(len(folded) - slips, len(folded) + slips + 1)
        for candidate, distance, _index in extract(
            folded,
            known.by_length.get(length, ()),
            scorer=OSA.distance,
            score_cutoff=slips,
            limit=TRIED,
        )
    ]
    return [known.written[candidate] for _distance, _count, candidate in sorted(found)][:TRIED]


def _slips(letters: int) -> int:
    return 1 if letters < TWO_SLIPS else 2 if letters < THREE_SLIPS else 3
