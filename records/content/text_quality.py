"""Is a text layer language, or the debris of a font without a usable character map?"""

import math
import re
from collections.abc import Mapping


# Letter frequencies (percent) of German and English prose.
def _frequencies(letters: str, percents: str) -> dict[str, float]:
    return dict(zip(letters, map(float, percents.split()), strict=True))


_GERMAN = _frequencies(
    "enisratdhulcgmobwfkzpvjyxq",
    "17.4 9.8 7.6 7.3 7.0 6.5 6.2 5.1 4.8 4.4 3.4 3.1 3.0 "
    "2.5 2.5 1.9 1.9 1.7 1.2 1.1 0.8 0.7 0.3 0.05 0.05 0.02",
)
_ENGLISH = _frequencies(
    "etaoinshrdlcumwfgypbvkjxqz",
    "12.7 9.1 8.2 7.5 7.0 6.7 6.3 6.1 6.0 4.3 4.0 2.8 2.8 "
    "2.4 2.4 2.2 2.0 2.0 1.9 1.5 1.0 0.8 0.15 0.15 0.1 0.07",
)
_COMMON = frozenset(
    [
        "der",
        "die",
        "das",
        "und",
        "oder",
        "in",
        "im",
        "von",
        "des",
        "dem",
        "den",
        "ein",
        "eine",
        "einer",
        "eines",
        "zu",
        "zur",
        "zum",
        "mit",
        "für",
        "auf",
        "ist",
        "nicht",
        "nach",
        "bei",
        "an",
        "am",
        "als",
        "auch",
        "es",
        "wird",
        "werden",
        "sind",
        "über",
        "sich",
        "bitte",
        "nr",
        "the",
        "of",
        "and",
        "to",
        "for",
        "is",
        "a",
        "on",
        "with",
        "by",
        "or",
        "le",
        "la",
        "les",
        "de",
        "et",
        "du",
        "el",
        "en",
        "y",
    ]
)
_SAMPLE = 20_000
_MIN_LETTERS = 80
_ENOUGH_LATIN = 0.5
# Real pages of forms, laws and invoices in seven languages lie above 0.8, shifted fonts below 0.5.
_LIKENESS = 0.62
_COMMON_SHARE = 0.1
_UNMAPPED_SHARE = 0.2
_UNMAPPED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
_WORD = re.compile(r"[^\W\d_]+")


def is_garbage(text: str) -> bool:
    """Whether most of the text is unreadable. Short texts and other scripts get the benefit."""
    sample = text[:_SAMPLE]
    visible = len(sample) - sample.count(" ") - sample.count("\n")
    if visible > _MIN_LETTERS and len(_UNMAPPED.findall(sample)) > visible * _UNMAPPED_SHARE:
        return True
    counts = _letter_counts(sample)
    latin = sum(counts.values())
    if latin < _MIN_LETTERS or latin < visible * _ENOUGH_LATIN:
        return False
    likeness = max(_cosine(counts, _GERMAN), _cosine(counts, _ENGLISH))
    return likeness < _LIKENESS and _common_share(sample) < _COMMON_SHARE


def _letter_counts(sample: str) -> dict[str, int]:
    lowered = sample.lower()
    return {letter: lowered.count(letter) for letter in _GERMAN}


def _cosine(counts: Mapping[str, int], language: Mapping[str, float]) -> float:
    product = sum(counts[letter] * share for letter, share in language.items())
    lengths = math.hypot(*counts.values()) * math.hypot(*language.values())
    return product / lengths if lengths else 0.0


def _common_share(sample: str) -> float:
    words = _WORD.findall(sample.lower())
    return sum(word in _COMMON for word in words) / len(words) if words else 0.0
