"""Laws by abbreviation and by name: VwGO is the Verwaltungsgerichtsordnung (data/law_names.txt).

Only queries are widened; documents keep the words they have.
"""

from functools import lru_cache

from records.analysis.lexemes import stem, word_pieces
from records.analysis.vocabulary import WORD_LISTS


def other_names(lexeme: str) -> tuple[str, ...]:
    """The lexemes of a law's other names: baunvo for baunutzungsverordn and back."""
    return _names().get(lexeme, ())


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in (WORD_LISTS / "law_names.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            short, long = (stem("".join(word_pieces(name))) for name in line.split())
            found[short] = (*found.get(short, ()), long)
            found[long] = (*found.get(long, ()), short)
    return found
