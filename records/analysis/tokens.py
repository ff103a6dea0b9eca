"""Words, numbers and paragraphs with their place in the original text."""

import re
from collections.abc import Iterator

# "Grund-\nsicherung" is one word, "Haupt- und" two: the second half starts small and is no particle.
_HALF = r"[-\u2010]\s*\n\s*(?!(?:und|oder|bzw|sowie|als|bis)\b)[a-zäöüß][^\W\d_]*"
_WORD = rf"[^\W\d_]+(?:\u00ad\s*[^\W\d_]+|{_HALF})*"
# 32.10-0017/2026, 24.12.2026, GS-2026/0815: pieces joined without blanks, at least one digit.
_NUMBER = r"(?=[^\s]{0,40}\d)[^\W_]{1,40}(?:[./:\-][^\W_]{1,40}){1,12}"
_PARAGRAPH = r"§{1,2}\s{0,2}\d+[a-z]?(?:\s{0,2}(?:Abs\.?|Absatz)\s{0,2}\d+[a-z]?)?"
_MIXED = r"[^\W_]*\d[^\W_]*"
PARAGRAPH = re.compile(_PARAGRAPH)
TOKEN = re.compile(f"{_PARAGRAPH}|{_NUMBER}|{_MIXED}|{_WORD}")


def tokens(text: str) -> Iterator[re.Match[str]]:
    """Matches in order; ``match.span()`` are character offsets of the given text."""
    return TOKEN.finditer(text)
