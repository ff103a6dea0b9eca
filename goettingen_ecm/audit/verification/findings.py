"""What a verification finds, and its German lines."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from goettingen_ecm.audit.choices import FindingKind


@dataclass(frozen=True, slots=True)
class Finding:
    """One manipulation, named. ``first``/``last`` number entries, seals or anchors by ``kind``;
    ``month`` is ``YYYY-MM``."""

    kind: FindingKind
    text: str
    first: int | None = None
    last: int | None = None
    month: str | None = None


@dataclass(slots=True)
class Report:
    """The result of one run. ``notices`` are worth a look but prove no manipulation."""

    entries: int = 0
    seals: int = 0
    anchors: int = 0
    findings: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.findings

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"ok": self.ok, **asdict(self)}


class Ranges:
    """Numbers in the order they come, neighbours merged: a million removed rows are one range."""

    def __init__(self) -> None:
        self._ranges: list[list[int]] = []
        self.count = 0

    def add(self, first: int, last: int | None = None) -> None:
        end = first if last is None else last
        self.count += end - first + 1
        if self._ranges and self._ranges[-1][1] == first - 1:
            self._ranges[-1][1] = end
        else:
            self._ranges.append([first, end])

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((first, last) for first, last in sorted(self._ranges))

    def __bool__(self) -> bool:
        return bool(self._ranges)

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self._ranges)

    def last(self) -> int:
        return max((last for _first, last in self._ranges), default=0)


def span(first: int, last: int) -> str:
    """``7`` or ``7 bis 12 (6)``."""
    return str(first) if first == last else f"{first} bis {last} ({last - first + 1})"
