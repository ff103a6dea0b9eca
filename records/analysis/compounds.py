"""Splitting German compounds: Gewerbe|steuer|bescheid."""

from itertools import pairwise

from records.analysis.vocabulary import (
    HEAD,
    LONGEST_UNIT,
    MODIFIER,
    SHORTEST_COMPOUND,
    SHORTEST_PART,
    SILENT,
    WHOLE,
)

LONGEST_COMPOUND = 60
MOST_PARTS = 6
# Of word[i:]: number of parts, their lengths from the last (negative: longer is less), next cut.
_Split = tuple[int, tuple[int, ...], int]


def split(word: str, kinds: dict[str, int]) -> tuple[str, ...]:
    """The parts of a folded word, or nothing when it is none of several known parts.

    Fewest parts win, then the longest last part (Stau|becken, not Staub|ecken).
    """
    size = len(word)
    if not SHORTEST_COMPOUND <= size <= LONGEST_COMPOUND or kinds.get(word, 0) & WHOLE:
        return ()
    cuts = _cuts(word, kinds)
    return tuple(word[a:b] for a, b in pairwise(cuts)) if cuts else ()


def _cuts(word: str, kinds: dict[str, int]) -> list[int]:
    """Where to cut, from the right: the best split of every ending."""
    size = len(word)
    best: dict[int, _Split] = {}
    for start in range(size - SHORTEST_PART, -1, -1):
        found = _from(word, start, kinds, best)
        if found:
            best[start] = found
    if 0 not in best or not 2 <= best[0][0] <= MOST_PARTS:
        return []
    cuts = [0]
    while cuts[-1] < size:
        cuts.append(best[cuts[-1]][2])
    return cuts


def _from(word: str, start: int, kinds: dict[str, int], best: dict[int, _Split]) -> _Split | None:
    size = len(word)
    options: list[_Split] = []
    if kinds.get(word[start:], 0) & HEAD:
        options.append((1, (start - size,), size))
    for cut, (count, lengths, _next) in best.items():
        if (
            SHORTEST_PART <= cut - start <= LONGEST_UNIT
            and kinds.get(word[start:cut], 0) & MODIFIER
        ):
            options.append((count + 1, (*lengths, start - cut), cut))
    return min(options, default=None)


def runs(parts: tuple[str, ...], kinds: dict[str, int]) -> list[str]:
    """Parts and their contiguous runs, the whole left out: steuer, bescheid, steuerbescheid …"""
    count = len(parts)
    return [
        "".join(parts[start:end])
        for start in range(count)
        for end in range(start + 1, count + 1)
        if end - start < count and not (end - start == 1 and kinds[parts[start]] & SILENT)
    ]
