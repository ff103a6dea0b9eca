"""Splitting German compounds by a noun dictionary and a municipal allow and stop list.

Dictionary: the nouns of german-nouns (CC BY-SA, a package), built once into a plain word list.
"""

import csv
import os
import tempfile
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from records.analysis.folding import fold

SHORTEST_SPLIT = 8
LONGEST_SPLIT = 60
SHORTEST_PART, LONGEST_PART = 4, 14
LINKS = ("", "s", "es", "n", "en", "e", "er", "ns")
CASES = ("nominativ", "genitiv", "dativ", "akkusativ")
NAMES = ("Vorname", "Nachname", "Toponym", "Eigenname", "Straßenname", "Abkürzung")


class Splitter:
    """Fewest parts win; among equals no linking element, then the longest last part.

    Parts that are compounds themselves are split further: Gewerbe|steuer|bescheid.
    """

    def __init__(
        self,
        nouns: frozenset[str],
        short: frozenset[str],
        whole: frozenset[str],
        never: frozenset[str],
    ) -> None:
        self.nouns = (nouns | short) - never
        self.whole = whole

    def split(self, word: str) -> tuple[str, ...]:
        """The parts of a folded word, or nothing when it is no compound."""
        if not SHORTEST_SPLIT <= len(word) <= LONGEST_SPLIT or word in self.whole:
            return ()
        best = self._best(word)
        return tuple(p for part in best for p in self.split(part) or (part,))

    def _best(self, word: str) -> tuple[str, ...]:
        """Best split of every prefix from the left; (parts, links used, minus length of the last)."""
        found: dict[int, tuple[int, int, int, tuple[str, ...]]] = {0: (0, 0, 0, ())}
        for end in range(3, len(word) + 1):
            options = [
                candidate
                for start in range(max(0, end - LONGEST_PART - 2), end - 2)
                if start in found
                and end - start < len(word)
                and (candidate := self._step(word, start, end, found[start]))
            ]
            if options:
                found[end] = min(options)
        return found[len(word)][3] if len(word) in found else ()

    def _step(
        self, word: str, start: int, end: int, before: tuple[int, int, int, tuple[str, ...]]
    ) -> tuple[int, int, int, tuple[str, ...]] | None:
        piece = word[start:end]
        links = LINKS if end < len(word) else ("",)
        for cost, link in enumerate(links):
            stem = piece.removesuffix(link) if link else piece
            if link and stem == piece:
                continue
            if stem in self.nouns:
                parts = (*before[3], stem)
                return (before[0] + 1, before[1] + min(cost, 1), -len(stem), parts)
        return None


@lru_cache(maxsize=1)
def splitter() -> Splitter:
    """The splitter of this process; the word list is kept in the analyser's cache folder."""
    return Splitter(
        _nouns(),
        word_list("short_parts.txt"),
        word_list("unsplit.txt"),
        word_list("never_parts.txt"),
    )


def word_list(name: str) -> frozenset[str]:
    """A list kept beside the code, one word a line, folded; ``#`` begins a comment."""
    text = files("records.analysis").joinpath("data", name).read_text("utf-8")
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return frozenset(fold(line) for line in lines if line)


def _nouns() -> frozenset[str]:
    kept = _cache_folder() / "nouns-2.txt"
    if not kept.exists():
        _keep(kept, "\n".join(sorted(_read_dictionary())))
    return frozenset(kept.read_text("utf-8").split("\n"))


def _read_dictionary() -> set[str]:
    spec = find_spec("german_nouns")
    if spec is None or (spec.origin is None and not spec.submodule_search_locations):
        raise ImportError("german-nouns")
    folder = Path(next(iter(spec.submodule_search_locations or [])))
    words: set[str] = set()
    with (folder / "nouns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not any(name in row["pos"] for name in NAMES):
                words |= _forms(row)
    return words


def _forms(row: dict[str, str]) -> set[str]:
    forms = {v for k, v in row.items() if v and (k == "lemma" or k.startswith(CASES))}
    folded = {fold(form) for form in forms if form.isalpha() and form[0].isupper()}
    return {word for word in folded if SHORTEST_PART <= len(word) <= LONGEST_PART}


def _cache_folder() -> Path:
    folder = os.environ.get("ECM_ANALYSER_CACHE")
    if folder:
        return Path(folder)
    from django.conf import settings

    return Path(settings.ANALYSER_CACHE_DIR)


def _keep(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(target)
