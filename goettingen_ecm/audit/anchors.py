"""Signed anchors in files outside PostgreSQL: how far the chain reached, when, and its head.

Anchors chain among themselves. A line is JSON signed with HMAC-SHA256; files hold 10,000 lines
each, named by their first number, and are only ever appended to. Copy the folder elsewhere: an
anchor on another machine is what a cut chain cannot argue with.
"""

import hmac
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from django.conf import settings

from goettingen_ecm.audit import keys

PER_FILE = 10_000
PATTERN = "anchors-*.jsonl"
NO_MAC = "0" * 64


@dataclass(frozen=True, slots=True)
class Anchor:
    """``sealed`` seals existed and the last one's digest was ``head``; ``months`` counts the
    seals since the anchor before by the month of their entries. ``details`` of a retention anchor:
    month, entries, reason; of a restore anchor: reason."""

    number: int
    written_at: str
    kind: str
    sealed: int
    head: str
    previous: str
    months: Mapping[str, int] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    mac: str = ""

    def signature(self) -> str:
        """The mac (hex) this anchor must carry."""
        content = {name: value for name, value in self.as_dict().items() if name != "mac"}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return keys.digest(keys.ANCHOR, text.encode()).hex()

    def is_authentic(self) -> bool:
        """True when the mac was made with our key over exactly this content."""
        return hmac.compare_digest(self.signature(), self.mac)

    def as_dict(self) -> dict[str, Any]:
        """All fields by name, ready for JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


@dataclass(frozen=True, slots=True)
class AnchorLine:
    """One line of a file; ``anchor`` is None when the line cannot be read."""

    path: Path
    line: int
    anchor: Anchor | None


class AnchorStore:
    """The folder of anchor files."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(settings.AUDIT_ANCHOR_DIR)

    def lines(self) -> Iterator[AnchorLine]:
        """Every line in order; an absent folder has none."""
        for path in sorted(self.folder.glob(PATTERN)):
            yield from _lines_of(path)

    def last(self) -> Anchor | None:
        """The authentic anchor with the highest number in the newest file, None without one."""
        paths = sorted(self.folder.glob(PATTERN))
        found = [line.anchor for path in paths[-1:] for line in _lines_of(path) if line.anchor]
        authentic = [anchor for anchor in found if anchor.is_authentic()]
        return max(authentic, key=lambda anchor: anchor.number, default=None)

    def append(self, anchor: Anchor) -> None:
        """Write one line and wait until it is on the disk. Raises OSError."""
        first = (anchor.number - 1) // PER_FILE * PER_FILE + 1
        path = self.folder / f"anchors-{first:010d}.jsonl"
        text = json.dumps(anchor.as_dict(), sort_keys=True, ensure_ascii=False) + "\n"
        if not path.exists():
            self._create(path)
        with path.open("r+b") as handle:
            handle.write(_line_break_if_torn(handle) + text.encode())
            handle.flush()
            os.fsync(handle.fileno())

    def _create(self, path: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o640)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _line_break_if_torn(handle: Any) -> bytes:
    """Go to the end; a line torn by a power cut must not swallow the next one."""
    if handle.seek(0, os.SEEK_END) == 0:
        return b""
    handle.seek(-1, os.SEEK_END)
    return b"" if handle.read(1) == b"\n" else b"\n"


def _lines_of(path: Path) -> Iterator[AnchorLine]:
    content = path.read_text(encoding="utf-8", errors="replace")
    for number, text in enumerate(content.split("\n"), start=1):
        if text:
            yield AnchorLine(path, number, _parse(text))


def _parse(text: str) -> Anchor | None:
    try:
        values = json.loads(text)
        anchor = Anchor(**values)
    except (ValueError, TypeError):
        return None
    return anchor if _has_types(anchor) else None


def _has_types(anchor: Anchor) -> bool:
    numbers = all(type(value) is int for value in (anchor.number, anchor.sealed))
    words = (anchor.written_at, anchor.kind, anchor.head, anchor.previous, anchor.mac)
    maps = isinstance(anchor.months, dict) and isinstance(anchor.details, dict)
    counts = maps and all(type(count) is int for count in anchor.months.values())
    return numbers and counts and all(isinstance(word, str) for word in words)
