"""The PDF of an Akteneinsicht: time and memory of binding many pages of many documents."""

import resource
import time
from pathlib import Path

import typst

from records import blob_store
from records.benchmarks.intake_costs import PAPER
from records.content.sandbox import Sandbox
from records.services.inspection_pdfs import BINDING

PAGES_EACH = 10
SOURCE = PAPER + "\n#pagebreak() #lorem(300)" * (PAGES_EACH - 2)


def measure(pages: int) -> dict[str, float]:
    """Seconds, and MB of the largest child, for ``pages`` in documents of ten pages each."""
    made = typst.compile(SOURCE.encode())
    if not isinstance(made, bytes):
        raise TypeError("typst returned no single PDF")
    count = max(1, pages // PAGES_EACH)
    staged = [blob_store.stage_chunks([made, b"\n%% %d" % n]) for n in range(count)]
    try:
        seconds = _bind([str(one.path) for one in staged])
    finally:
        blob_store.discard(staged)
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"inspection_seconds": seconds, "inspection_mb": largest}


def _bind(paths: list[str]) -> float:
    """Each document is counted first, as the service does, then all are bound."""
    start = time.perf_counter()
    with Sandbox() as counter, Sandbox(BINDING) as binder:
        parts: list[tuple[str, None, int]] = []
        for path in paths:
            parts.append((path, None, counter.bindable_pages(Path(path))))
        marks = [(f"Dokument {n}", n * PAGES_EACH) for n in range(len(parts))]
        order = {"parts": parts, "number": "1", "title": "x", "bookmarks": marks, "links": []}
        binder.bind(Path(paths[0]), order)
    return time.perf_counter() - start
