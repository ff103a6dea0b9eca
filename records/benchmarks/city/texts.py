"""Texts of made-up documents: the same seed and number give the same words."""

from collections.abc import Sequence
from random import Random

from records.benchmarks.city.words import FIRST_NAMES, LAST_NAMES, WordList

WORDS = 300
# Shares of the words: of all texts, of the field of work, of the file, numbers, names.
COMMON, DOMAIN, FILE, NUMBERS, NAMES = 135, 108, 38, 15, 4
FILE_WORDS = 12
SENTENCE = 14
TYPES = (
    "Antrag",
    "Bescheid",
    "Schreiben",
    "Vermerk",
    "Nachweis",
    "Widerspruch",
    "Anhörung",
    "Rechnung",
)


def file_words(rng: Random, domain: WordList) -> list[str]:
    """What a file is about: rare words that come back in its documents."""
    return rng.choices(domain.words, k=FILE_WORDS)


def person(rng: Random) -> str:
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"


def text(rng: Random, common: WordList, domain: WordList, own: Sequence[str], name: str) -> str:
    """300 words in sentences."""
    words = common.draw(rng, COMMON) + domain.draw(rng, DOMAIN) + rng.choices(own, k=FILE)
    words += [str(rng.randrange(100, 10_000_000)) for _ in range(NUMBERS)]
    rng.shuffle(words)
    names = [*name.split(), *(rng.choice(LAST_NAMES) for _ in range(NAMES - 2))]
    for place, one in enumerate(names):
        words.insert(place * WORDS // NAMES, one)
    sentences = (words[n : n + SENTENCE] for n in range(0, len(words), SENTENCE))
    return "\n".join(f"{' '.join(sentence)}." for sentence in sentences)
