"""The vocabulary of a made-up city: nouns of the dictionary, compounds of the town hall, names.

How often a word comes is Zipf's law: the n-th most frequent word of a list has weight 1/n.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, product
from pathlib import Path
from random import Random

from records.analysis.vocabulary import read_nouns

SMALL_WORDS = [
    "der",
    "die",
    "das",
    "und",
    "in",
    "zu",
    "den",
    "von",
    "mit",
    "für",
    "auf",
    "ist",
    "im",
    "des",
    "dem",
    "ein",
    "eine",
    "nicht",
    "als",
    "auch",
    "wird",
    "nach",
    "an",
    "bei",
    "aus",
    "sich",
    "durch",
    "über",
    "oder",
    "werden",
    "sind",
    "hat",
    "sie",
    "wir",
    "ihnen",
    "ihre",
    "dass",
    "bis",
    "wurde",
    "kann",
    "zum",
    "zur",
    "am",
    "gegen",
]
HEADS = [
    "antrag",
    "bescheid",
    "verfahren",
    "gebühr",
    "satzung",
    "prüfung",
    "genehmigung",
    "anlage",
    "kosten",
    "frist",
    "amt",
    "stelle",
    "nachweis",
    "vertrag",
    "plan",
    "bericht",
    "beitrag",
    "leistung",
    "meldung",
    "erklärung",
    "verordnung",
    "aufsicht",
    "schutz",
]
MODIFIERS = [
    "bau",
    "steuer",
    "gewerbe",
    "sozial",
    "wohn",
    "abwasser",
    "straßen",
    "müll",
    "schul",
    "jugend",
    "kinder",
    "wald",
    "verkehrs",
    "lärm",
    "hunde",
    "grund",
    "denkmal",
    "umwelt",
    "feuerwehr",
    "friedhofs",
    "markt",
    "personal",
    "haushalts",
    "vergabe",
]
FIRST_NAMES = [
    "Anna",
    "Emma",
    "Mia",
    "Lena",
    "Marie",
    "Sophie",
    "Laura",
    "Julia",
    "Katrin",
    "Petra",
    "Sabine",
    "Monika",
    "Paul",
    "Jonas",
    "Lukas",
    "Felix",
    "Max",
    "Tim",
    "Jan",
    "Peter",
    "Thomas",
    "Michael",
    "Andreas",
    "Stefan",
    "Mehmet",
    "Ayşe",
    "Fatma",
    "Ali",
    "Olga",
    "Iwan",
    "Giulia",
    "Marek",
]
NAME_STEMS = [
    "Alt",
    "Berg",
    "Blum",
    "Brand",
    "Breit",
    "Burg",
    "Eich",
    "Feld",
    "Fried",
    "Gross",
    "Grün",
    "Hart",
    "Hau",
    "Heid",
    "Hein",
    "Hoch",
    "Holz",
    "Kalt",
    "Kauf",
    "Kirch",
    "Kraus",
    "Lang",
    "Lehm",
    "Licht",
    "Linden",
    "Mai",
    "Mühl",
    "Neu",
    "Nieder",
    "Ober",
    "Öster",
    "Rau",
    "Rein",
    "Rosen",
    "Rot",
    "Sand",
    "Schön",
    "Schwarz",
    "Sommer",
    "Stein",
    "Stock",
    "Tann",
    "Thal",
    "Vogel",
    "Wald",
    "Wasser",
    "Weiß",
    "Wester",
    "Wies",
    "Winter",
]
NAME_ENDINGS = [
    "mann",
    "meier",
    "müller",
    "berg",
    "hof",
    "hofer",
    "stein",
    "bach",
    "bauer",
    "feld",
    "er",
    "el",
    "inger",
    "haus",
    "holz",
    "horst",
    "kamp",
    "lein",
    "ner",
    "rath",
    "schmidt",
    "see",
    "städter",
    "thaler",
    "wald",
    "weg",
    "zahn",
]
FREQUENT_NAMES = "Müller Schmidt Weber Wagner Yılmaz Kaya Nowak Rossi Petrov Jäger Kühn Böhm Lüders"
LAST_NAMES = [
    *FREQUENT_NAMES.split(),
    *(stem + end for stem, end in product(NAME_STEMS, NAME_ENDINGS)),
]
DOMAINS = 24
DOMAIN_WORDS, DOMAIN_COMPOUNDS = 6_000, 240
COMMON_WORDS, COMMON_COMPOUNDS, FREQUENT = 20_000, 300, 150
SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class WordList:
    """Words and the cumulated weights of Zipf's law, the most frequent first."""

    words: Sequence[str]
    weights: Sequence[float]

    def draw(self, rng: Random, count: int) -> list[str]:
        return rng.choices(self.words, cum_weights=self.weights, k=count)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What every text uses, and what each field of work uses beside it."""

    common: WordList
    domains: Sequence[WordList]


def zipf(words: Sequence[str]) -> WordList:
    return WordList(words, list(accumulate(1 / rank for rank in range(1, len(words) + 1))))


@cache
def vocabulary(seed: int, texts: Path | None = None) -> Vocabulary:
    """The same seed gives the same words. ``texts``: words are taken from the .txt and .md files
    of a folder instead of the dictionary (ValueError when they are too few)."""
    rng = Random(seed)  # noqa: S311 - test data, no secret
    words = _words_of(texts) if texts else sorted({n.lemma.capitalize() for n in read_nouns()})
    compounds = [_compound(*parts) for parts in product(MODIFIERS, HEADS)]
    compounds += [_compound(*parts) for parts in product(MODIFIERS, MODIFIERS, HEADS)]
    rng.shuffle(words)
    rng.shuffle(compounds)
    known = [*HEADS, *compounds[:COMMON_COMPOUNDS], *words[FREQUENT:COMMON_WORDS]]
    rng.shuffle(known)
    common = zipf([*SMALL_WORDS, *words[:FREQUENT], *known])
    return Vocabulary(common, [_domain(rng, compounds, words) for _ in range(DOMAINS)])


def _compound(*parts: str) -> str:
    return "".join(parts).capitalize()


def _domain(rng: Random, compounds: Sequence[str], words: Sequence[str]) -> WordList:
    own = rng.sample(compounds, DOMAIN_COMPOUNDS)
    own += rng.sample(words, DOMAIN_WORDS - DOMAIN_COMPOUNDS)
    rng.shuffle(own)
    return zipf(own)


def _words_of(folder: Path) -> list[str]:
    found: set[str] = set()
    for path in sorted([*folder.rglob("*.txt"), *folder.rglob("*.md")]):
        text = path.read_text("utf-8", errors="replace")
        found.update(word for word in text.split() if word.isalpha() and len(word) >= SHORTEST_WORD)
    if len(found) < COMMON_WORDS:
        raise ValueError(f"{folder}: {len(found)} Wörter, gebraucht werden {COMMON_WORDS}.")
    return sorted(found)
