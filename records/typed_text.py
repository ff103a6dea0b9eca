"""Text as people type or paste it, without characters nobody sees.

Pasted text brings direction marks that turn a title around, zero-width spaces that hide it from
the search, and control characters no archive message takes (xdomea is XML 1.0).
"""

import unicodedata

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})


def has_unseen(text: str) -> bool:
    """True when cleaning takes out more than blanks and line ends."""
    return any(_is_unseen(c) for c in text if not c.isspace())


def clean_line(text: str) -> str:
    """One line: runs of blanks and line ends become one blank, unseen characters go."""
    return " ".join("".join(c for c in text if c.isspace() or not _is_unseen(c)).split())


def clean_paragraphs(text: str) -> str:
    """Lines stay lines; unseen characters go, tabs stay."""
    lines = (
        "".join(c for c in line if c == "\t" or not _is_unseen(c)) for line in text.splitlines()
    )
    return "\n".join(line.rstrip() for line in lines).strip()


def _is_unseen(char: str) -> bool:
    return unicodedata.category(char) in UNSEEN
