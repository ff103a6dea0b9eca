"""What can be wrong with a file, and how it is said to a clerk."""

from enum import StrEnum


class Problem(StrEnum):
    """Codes kept with a blob; the file itself is stored untouched in every case."""

    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    EMPTY = "empty"
    CRASHED = "crashed"
    TIMEOUT = "timeout"
    UNSUPPORTED = "unsupported"


_TEXTS = {
    Problem.ENCRYPTED: "Die Datei ist mit einem Kennwort geschützt. Sie liegt unverändert in der "
    "Akte; Vorschau und Volltextsuche sind nicht möglich.",
    Problem.BROKEN: "Die Datei ist beschädigt und lässt sich nicht öffnen. Sie liegt unverändert "
    "in der Akte; bitte den Absender um eine neue Fassung.",
    Problem.TOO_LARGE: "Die Datei ist zu groß für Vorschau und Volltextsuche. Sie liegt "
    "unverändert in der Akte.",
    Problem.BOMB: "Die Datei würde sich beim Öffnen auf eine unvertretbare Größe entpacken und "
    "wird deshalb nicht geöffnet.",
    Problem.EMPTY: "Die Datei ist leer (0 Bytes).",
    Problem.CRASHED: "Die Datei hat das Leseprogramm zum Absturz gebracht und wird nicht mehr "
    "geöffnet. Sie liegt unverändert in der Akte.",
    Problem.TIMEOUT: "Die Prüfung der Datei hat zu lange gedauert und wurde abgebrochen. Sie "
    "liegt unverändert in der Akte.",
    Problem.UNSUPPORTED: "Dieser Dateityp ist unbekannt. Die Datei liegt unverändert in der Akte; "
    "Vorschau und Volltextsuche sind nicht möglich.",
}

UNREADABLE_TEXT = "Die Datei konnte nicht gelesen werden (fehlt oder keine Leserechte)."
NOT_REACHED_TEXT = "Die Datei wurde noch nicht geprüft: Die Zeit für diesen Stapel war um."


def explain(problem: Problem | None, detail: str = "") -> str:
    """A plain German sentence for a problem; sizes behind it are named, technical details not."""
    if problem is None:
        return ""
    told = detail and problem in (Problem.BOMB, Problem.TOO_LARGE)
    return f"{_TEXTS[problem]} ({detail})" if told else _TEXTS[problem]
