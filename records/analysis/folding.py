"""One spelling for every way of writing a German word."""

import re
import unicodedata

# Umlauts become two letters, as people without a German keyboard write them.
_LETTERS = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "a",
        "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    }
)  # fmt: skip
# Soft hyphen, zero-width characters, PDFium's mark of a hyphen at a line's end.
INVISIBLE = "\u00ad\u200b-\u200d\u2060\ufeff\ufffe\x02"
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def fold(word: str) -> str:
    """Lower case, compatibility forms (ligatures, long s), ä to ae, ß to ss, no accents."""
    if word.isascii():
        return word.lower() if word.isprintable() else _INVISIBLE.sub("", word).lower()
    return _bare(_bare(_INVISIBLE.sub("", word)))


def _bare(text: str) -> str:
    # Composed first (a + two dots is ä), umlauts next, and only then every other accent goes.
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    parted = unicodedata.normalize("NFKD", composed.translate(_LETTERS))
    return "".join(c for c in parted if not unicodedata.combining(c)).translate(_LETTERS)


def storable(text: str) -> str:
    """The text as PostgreSQL takes it: NUL and lone surrogates replaced one for one."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


def umlauts_reduced(folded: str) -> str:
    """A folded beginning of a word in the spelling of the stems: ae to a, as the stemmer does."""
    return _TWO_LETTERS.sub(lambda match: match.group()[0], folded)


# Not between vowels (Feuer, neue) and not after q: the rule of the Snowball stemmer.
_TWO_LETTERS = re.compile("ae|oe|(?<![aeiouyq])ue")
