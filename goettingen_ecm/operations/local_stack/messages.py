"""``python -m …local_stack.messages``: compile translations with Babel, no gettext tools needed."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR


def compile_messages(folder: Path = PROJECT_DIR / "locale") -> int:
    """Compile every .po file that is newer than its .mo; returns how many were written."""
    written = 0
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target)
            written += 1
    return written


def _compile(source: Path, target: Path) -> None:
    with source.open("rb") as reading:
        catalog = read_po(reading)
    with target.open("wb") as writing:
        write_mo(writing, catalog)


if __name__ == "__main__":
    compile_messages()
