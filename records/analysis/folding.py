"""One spelling for every way of writing a German word."""

import re
import unicodedata

_SPECIAL = str.maketrans(
    {
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ſ": "s", "æ": "ae", "œ": "oe", "ø": "oe",
        "å": "a", "\u00ad": None, "\u200b": None, "\u2010": "-", "\u2011": "-", "\u2013": "-",
    }
)  # fmt: skip
_LINE_END_HYPHEN = re.compile(r"[-\u2010\u00ad]\s*\n\s*")


def fold(text: str) -> str:
    """Lower case, compatibility forms (ligatures, long s), umlauts as two letters, no accents.

    A hyphen at a line's end is taken out: ``Grund-\\nsicherung`` becomes ``grundsicherung``.
    """
    if text.isascii():
        return _joined(text.lower())
    normal = unicodedata.normalize("NFKC", text).lower().translate(_SPECIAL)
    bare = unicodedata.normalize("NFKD", normal)
    return _joined("".join(c for c in bare if not unicodedata.combining(c)))


def _joined(text: str) -> str:
    return _LINE_END_HYPHEN.sub("", text) if "\n" in text else text
