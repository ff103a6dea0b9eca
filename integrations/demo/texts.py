"""Other people's texts as the body of letters: make_delivery --texts DIR."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

from integrations.demo.composing import BodySource

SUFFIXES = (".txt", ".md")
WORDS = 300
LONGEST_PARAGRAPH = 4_000


def texts_from(folder: Path) -> BodySource:
    """Bodies of about 300 words, taken from the .txt and .md files below ``folder``.

    Raises ValueError in German if there is not a single paragraph.
    """
    paragraphs = [text for path in _files(folder) for text in _paragraphs(path)]
    if not paragraphs:
        raise ValueError(f"{folder} enthält keine Texte ({', '.join(SUFFIXES)}).")

    def body(rng: Random) -> Sequence[str]:
        start = rng.randrange(len(paragraphs))
        return _some(paragraphs, start)

    return body


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and path.is_file())


def _paragraphs(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    parts = (" ".join(part.split())[:LONGEST_PARAGRAPH] for part in text.split("\n\n"))
    return [part for part in parts if part]


def _some(paragraphs: Sequence[str], start: int) -> list[str]:
    """Paragraphs from ``start`` on, round the end, until there are enough words."""
    chosen: list[str] = []
    words = 0
    for offset in range(len(paragraphs)):
        paragraph = paragraphs[(start + offset) % len(paragraphs)]
        chosen.append(paragraph)
        words += len(paragraph.split())
        if words >= WORDS:
            break
    return chosen
