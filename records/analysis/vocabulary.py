"""Which words compounds are built of: german-nouns, sorted once into a small file of word parts.

A noun whose own parts are nouns of the same gender and inflection is a compound and left out
(Grund|steuer); what remains are the units (Steuer, Antwort, Transport). german-nouns: Wiktionary,
CC BY-SA 4.0; nothing of it is copied into the project.
"""

import csv
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from records.analysis.folding import fold

WORD_LISTS = Path(__file__).parent / "data"
LAYOUT = 1
SHORTEST_PART = 3
# Shorter nouns count only where listed: too many rare ones (Ster, Eid, Tran) cut words wrongly.
SHORTEST_UNLISTED = 5
SHORTEST_COMPOUND = 6
LONGEST_UNIT = 20

HEAD, MODIFIER, SILENT, WHOLE = 1, 2, 4, 8
LIST_NAMES = (
    "short_parts",
    "modifiers",
    "heads",
    "never_parts",
    "unsplit",
    "shortened",
    "feminines",
)
ENDINGS = ("", "e", "en", "er", "es", "em")
NAMES = frozenset({"Vorname", "Nachname", "Familienname", "Toponym", "Eigenname", "Straßenname"})
REFUSED = frozenset(
    {"Abkürzung", "Buchstabe", "Symbol", "Affix", "Suffix", "Gebundenes Lexem", "Wortverbindung",
     "Redewendung", "Geflügeltes Wort", "Partikel", "Grußformel", "Ortsnamengrundwort"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Noun:
    """One entry of the dictionary, folded."""

    lemma: str
    genders: frozenset[str]
    plurals: frozenset[str]
    forms: frozenset[str]
    is_name: bool


class Columns(NamedTuple):
    """Where the dictionary's table has what is read of it."""

    genders: list[int]
    plurals: list[int]
    forms: list[int]


@dataclass(frozen=True, slots=True)
class Lists:
    """The municipal word lists of the package, folded."""

    short_parts: frozenset[str]
    modifiers: frozenset[str]
    heads: frozenset[str]
    never_parts: frozenset[str]
    unsplit: frozenset[str]
    shortened: frozenset[str]


@dataclass(frozen=True, slots=True)
class WordRules:
    """What the municipality itself says about compounds, folded; it goes before the lists here."""

    parts: frozenset[str] = frozenset()
    never_parts: frozenset[str] = frozenset()
    unsplit: frozenset[str] = frozenset()


NO_RULES = WordRules()


def with_rules(kinds: dict[str, int], rules: WordRules) -> dict[str, int]:
    """The word parts under the municipality's rules; ``kinds`` stays as it is."""
    found = dict(kinds)
    for word in rules.parts:
        for form in _forms_of(word):
            found[form] = found.get(form, 0) & ~SILENT | HEAD | MODIFIER
    for word in rules.never_parts:
        for form in _forms_of(word):
            found[form] = found.get(form, 0) & WHOLE
    for word in rules.unsplit:
        for form in _forms_of(word):
            found[form] = found.get(form, 0) | WHOLE
    return found


def _forms_of(word: str) -> Iterator[str]:
    """With endings; a short word with an ending is mostly another word (Rat, Rate)."""
    longer = len(word) >= SHORTEST_UNLISTED
    yield from (word + ending for ending in ((*ENDINGS, "n", "s") if longer else ("", "s")))


def word_parts(cache_dir: Path | None) -> dict[str, int]:
    """Each word part with what it may be: HEAD (last part), MODIFIER (any other), SILENT (cuts, but
    is no lexeme of its own), WHOLE (as a word of its own it is no compound).

    From the file in ``cache_dir`` (made on first use), else built in memory in some seconds.
    """
    if cache_dir is None:
        return build(read_nouns(), package_lists())
    kept = cache_dir / f"word-parts-{_digest()}.txt"
    if not kept.exists():
        _keep(kept, _packed(build(read_nouns(), package_lists())))
    return _unpacked(kept.read_text("utf-8"))


def package_lists() -> Lists:
    """The text files beside this module; missing feminine nouns come in all their forms."""
    found = {name: frozenset(listed(name)) for name in LIST_NAMES}
    nouns = found.pop("feminines")
    found["heads"] |= nouns | {f"{noun}en" for noun in nouns}
    found["shortened"] |= {f"{noun}s" for noun in nouns}
    return Lists(**found)


def listed(name: str) -> Iterator[str]:
    text = (WORD_LISTS / f"{name}.txt").read_text("utf-8")
    for line in text.splitlines():
        for word in line.split("#")[0].split():
            yield from (
                fold(word.rstrip("+")) + end for end in (ENDINGS if word[-1] == "+" else ("",))
            )


def read_nouns() -> list[Noun]:
    """All usable entries of german-nouns."""
    folded = lru_cache(maxsize=None)(fold)
    with _dictionary().open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        genders = [i for i, name in enumerate(header) if name.startswith("genus")]
        plurals = [i for i, name in enumerate(header) if name.startswith("nominativ plural")]
        # Not the old dative (dem Zuge): it cuts zuge|wiesen, and nobody writes it in compounds.
        forms = [i for i, name in enumerate(header) if i > 6 and name != "dativ singular*"]
        columns = Columns(genders, plurals, [0, *forms])
        return [noun for row in rows if (noun := _noun(row, columns, folded))]


def _noun(row: list[str], columns: Columns, folded: Callable[[str], str]) -> Noun | None:
    kinds = set(row[1].split(","))
    if kinds & REFUSED or not row[0].isalpha():
        return None
    return Noun(
        lemma=folded(row[0]),
        genders=frozenset(row[i] for i in columns.genders if row[i]),
        plurals=frozenset(folded(row[i]) for i in columns.plurals if row[i]),
        forms=frozenset(folded(form) for form in {row[i] for i in columns.forms} if form.isalpha()),
        is_name=bool(kinds & NAMES),
    )


def _dictionary() -> Path:
    spec = find_spec("german_nouns")
    for folder in (spec and spec.submodule_search_locations) or ():
        return Path(folder) / "nouns.csv"
    raise ModuleNotFoundError("german-nouns", name="german_nouns")


def build(nouns: list[Noun], lists: Lists) -> dict[str, int]:
    """Sort the dictionary into parts and whole words."""
    common = [noun for noun in nouns if not noun.is_name]
    modifiers = frozenset(_modifiers(common, lists)) | lists.modifiers
    by_lemma: dict[str, list[Noun]] = {}
    for noun in common:
        if noun.lemma in _usable_forms(noun, lists):
            by_lemma.setdefault(noun.lemma, []).append(noun)
    units = [
        noun
        for noun in common
        if noun.lemma in lists.unsplit or not _is_compound(noun, by_lemma, modifiers, lists.heads)
    ]
    return _sorted_in(units, [noun for noun in nouns if noun.is_name], lists)


def _sorted_in(units: list[Noun], names: list[Noun], lists: Lists) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for word in (w for noun in units for w in _usable_forms(noun, lists)):
        kinds[word] = HEAD | MODIFIER
    for word in lists.heads:
        kinds[word] = HEAD | MODIFIER
    for word in _modifiers(units, lists):
        kinds.setdefault(word, MODIFIER)
    for word in {noun.lemma for noun in names} - lists.never_parts:
        if len(word) >= SHORTEST_UNLISTED:
            kinds.setdefault(word, MODIFIER | SILENT)
    for word in lists.modifiers:
        kinds[word] = kinds.get(word, 0) & HEAD | MODIFIER | SILENT
    whole = {form for noun in [*units, *names] for form in noun.forms} | lists.unsplit
    for word in whole:
        if len(word) >= SHORTEST_COMPOUND:
            kinds[word] = kinds.get(word, 0) | WHOLE
    return kinds


def _usable_forms(noun: Noun, lists: Lists) -> frozenset[str]:
    """The forms of a noun that may be parts: long enough, or of a listed short noun."""
    if noun.lemma in lists.short_parts:
        return noun.forms - lists.never_parts
    if noun.lemma in lists.never_parts or len(noun.lemma) < SHORTEST_UNLISTED:
        return frozenset()
    return frozenset(
        w for w in noun.forms - lists.never_parts if SHORTEST_UNLISTED <= len(w) <= LONGEST_UNIT
    )


def _modifiers(nouns: Iterable[Noun], lists: Lists) -> Iterator[str]:
    """First parts that are looked for themselves: every form, Versicherungs-, Schul- (Schule)."""
    yield from lists.shortened
    for noun in nouns:
        forms = _usable_forms(noun, lists)
        yield from forms
        if "f" in noun.genders and noun.lemma in forms and noun.lemma[-1] not in "aeios":
            yield noun.lemma + "s"


def _is_compound(
    noun: Noun, by_lemma: dict[str, list[Noun]], modifiers: frozenset[str], heads: frozenset[str]
) -> bool:
    word = noun.lemma
    for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        before, last = word[:cut], word[cut:]
        candidates = by_lemma.get(last, ())
        fits = last in heads or any(_agrees(noun, head, before) for head in candidates)
        if fits and _joins(before, modifiers):
            return True
    return False


def _joins(word: str, modifiers: frozenset[str]) -> bool:
    """Whether a beginning consists of first parts only: Flächen|nutzungs-."""
    if word in modifiers:
        return True
    return any(
        word[:cut] in modifiers and _joins(word[cut:], modifiers)
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    )


def _agrees(compound: Noun, head: Noun, before: str) -> bool:
    """German compounds take gender and plural from their last part: Antwort is no kind of Wort."""
    if compound.genders and head.genders and not compound.genders & head.genders:
        return False
    if not compound.plurals or not head.plurals:
        return True
    return any(before + plural in compound.plurals for plural in head.plurals)


def _digest() -> str:
    """Changes with the dictionary's size and every list, so that no stale file is read."""
    seen = hashlib.sha256(f"{LAYOUT} {_dictionary().stat().st_size}".encode())
    for words in (sorted(listed(name)) for name in LIST_NAMES):
        seen.update(" ".join(words).encode())
    return seen.hexdigest()[:12]


def _packed(kinds: dict[str, int]) -> str:
    groups: dict[int, list[str]] = {}
    for word, kind in kinds.items():
        groups.setdefault(kind, []).append(word)
    return "\n".join(f"{kind} {' '.join(sorted(words))}" for kind, words in sorted(groups.items()))


def _unpacked(text: str) -> dict[str, int]:
    kinds: dict[str, int] = {}
    for line in text.split("\n"):
        kind, _space, words = line.partition(" ")
        kinds.update(dict.fromkeys(words.split(" "), int(kind)))
    return kinds


def _keep(target: Path, text: str) -> None:
    """Write to the side and rename: processes that build at the same time do not disturb."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(target)
