"""How a German name sounds: Kölner Phonetik of each of its words (library cologne-phonetics)."""

import cologne_phonetics

from goettingen_ecm.accounts.models import din5007_key

WORDS = 20
CODE_CHARS = 60


def sounds(name: str) -> list[str]:
    """The codes of the words: ``Meier-Schulz`` is 67 and 85; none for what has no Latin letters."""
    coded = cologne_phonetics.encode(din5007_key(name))
    return list(dict.fromkeys(code[:CODE_CHARS] for _word, code in coded if code))[:WORDS]


def sound_keys(circle: str, name: str) -> list[str]:
    """The codes with the circle before them, so that the index itself keeps circles apart."""
    return [f"{circle}:{code}" for code in sounds(name)]
