"""Text as people type or paste it, without characters nobody sees.

Pasted text brings direction marks that turn a title around, zero-width spaces that hide it from
the search, and control characters no archive message takes (xdomea is XML 1.0).
"""

import unicodedata

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})
BREAKS = frozenset({"Zl", "Zp"})


def has_unseen(text: str) -> bool:
    """True when cleaning takes out more than blanks and line ends."""
    return any(_is_unseen(c) for c in text if not c.isspace())


def clean_line(text: str) -> str:
    """One line: runs of blanks and line ends become one blank, unseen characters go."""
    return " ".join("".join(c for c in text if c.isspace() or not _is_unseen(c)).split())


def clean_paragraphs(text: str) -> str:
    """Lines stay lines; everything else as in ``clean_line``, without folding blanks."""
    kept = (c for c in text if c in "\n\t" or (c.isspace() or not _is_unseen(c)) and c != "\r")
    return "".join("\n" if unicodedata.category(c) in BREAKS else c for c in kept).strip()


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in UNSEEN
