"""Sets letters as PDF/A with typst: only the fonts typst brings, German hyphenation, tagged."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import typst

TEMPLATES = Path(__file__).with_name("templates")
PDF_STANDARD: Final = "a-2b"
BATCH = 40
# Batches under way for each process: enough to keep it busy, few enough to keep memory flat.
AHEAD = 3


@dataclass(frozen=True, slots=True)
class PdfOrder:
    """A letter to set: its JSON source, the day it claims to be made, the file to write."""

    path: Path
    source: str
    day: date
    grey: bool = False


@dataclass(frozen=True, slots=True)
class PdfFile:
    """A file that was written: SHA-256 and size in bytes."""

    path: Path
    sha256: bytes
    size: int


def render(source: str, day: date, *, grey: bool = False) -> bytes:
    """The PDF of a letter's JSON; the same bytes for the same input."""
    made = _compiler().compile(
        format="pdf",
        sys_inputs={"letter": source, "print": "grey" if grey else "colour"},
        pdf_standards=[PDF_STANDARD],
        timestamp=datetime.combine(day, time(9), UTC),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    return made


def write_pdfs(orders: Iterable[PdfOrder], processes: int) -> Iterator[PdfFile]:
    """Set and write the letters in their order; ``processes`` = 1 stays in this process."""
    if processes == 1:
        yield from (_write(order) for order in orders)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: list[Future[list[PdfFile]]] = []
        for batch in _batches(orders):
            waiting.append(pool.submit(_write_batch, batch))
            if len(waiting) > processes * AHEAD:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()


def _batches(orders: Iterable[PdfOrder]) -> Iterator[list[PdfOrder]]:
    source = iter(orders)
    while batch := list(islice(source, BATCH)):
        yield batch


def _write_batch(orders: Sequence[PdfOrder]) -> list[PdfFile]:
    return [_write(order) for order in orders]


def _write(order: PdfOrder) -> PdfFile:
    content = render(order.source, order.day, grey=order.grey)
    order.path.write_bytes(content)
    return PdfFile(order.path, hashlib.sha256(content).digest(), len(content))


@cache
def _compiler() -> typst.Compiler:
    # System fonts are ignored: the same bytes on every machine, also on one without fonts.
    return typst.Compiler(
        TEMPLATES / "letter.typ",
        root=TEMPLATES,
        font_paths=typst.Fonts(include_system_fonts=False),
        ignore_system_fonts=True,
    )
