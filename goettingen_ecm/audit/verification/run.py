"""One verification from the anchors' files to the last row, streamed in one snapshot."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.utils.translation import gettext as _

from goettingen_ecm.audit import canonical
from goettingen_ecm.audit.anchors import AnchorStore
from goettingen_ecm.audit.canonical import FIRST_MAC, Seal
from goettingen_ecm.audit.choices import FindingKind
from goettingen_ecm.audit.sealing import chain_head
from goettingen_ecm.audit.verification.anchor_check import AnchorBook, check_anchors
from goettingen_ecm.audit.verification.chain_check import ChainCheck
from goettingen_ecm.audit.verification.entry_check import EntryCheck, entries_of
from goettingen_ecm.audit.verification.findings import Finding, Report, span
from goettingen_ecm.audit.verification.structure import check_structure
from goettingen_ecm.audit.verification.unsealed import GRACE, check_unsealed
from goettingen_ecm.operations import clock

CHUNK = 5000
_SEALS = f"""
SELECT {canonical.SEAL_SELECT} FROM audit_auditseal s WHERE s.seq > %s ORDER BY s.seq LIMIT %s
"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Start:
    """Where the chain is taken up: at its beginning, or at the last anchor before ``since``."""

    seq: int = 0
    mac: bytes = FIRST_MAC


def verify(
    *,
    since: datetime | None = None,
    using: str = DEFAULT_DB_ALIAS,
    store: AnchorStore | None = None,
) -> Report:
    """Check entries, seals and anchors; every manipulation is named in ``Report.findings``.

    With ``since`` (aware) only what was sealed after the last anchor before it. Reads in one
    snapshot, blocks nobody; memory does not grow with the number of entries. On a replica it
    reports what has not arrived yet as missing: run it on the primary.
    """
    # Anchors first: the snapshot is younger, so it holds everything they promise.
    lines = list((store or AnchorStore()).lines())
    with _snapshot(using) as cursor:
        if broken := check_structure(cursor):
            return Report(findings=broken)
        book = check_anchors(cursor, lines)
        return _examine(cursor, book, since)


@contextmanager
def _snapshot(using: str) -> Iterator[Any]:
    """A cursor in one snapshot; inside a caller's transaction it is the caller's."""
    connection = connections[using]
    outermost = not connection.in_atomic_block
    with transaction.atomic(using=using), connection.cursor() as cursor:
        # Freshly filled partitions have no statistics: compiling would cost more than it saves.
        cursor.execute("SET LOCAL jit = off")
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield cursor


def _examine(cursor: Any, book: AnchorBook, since: datetime | None) -> Report:
    start = _start(book, since)
    chain = ChainCheck(book.anchors, start.seq, start.mac)
    entries = EntryCheck(book.dropped_until())
    seals, uncovered = 0, _Uncovered(book.sealed)
    for chunk in _chunks(cursor, start.seq):
        found = entries_of(cursor, chunk)
        for seal in chunk:
            seals += 1
            uncovered.feed(seal)
            if chain.feed(seal):
                entries.feed(seal, found.get(seal.entry_id, ()))
    findings = [*book.findings, *chain.finish(book.sealed), *entries.findings()]
    findings += uncovered.findings()
    seals_lost = bool(chain.missing or chain.bad or chain.last_seq < book.sealed)
    findings += check_unsealed(
        cursor, chain_head(cursor), since=since, explained=entries.changed, seals_lost=seals_lost
    )
    notices = [*book.notices, *entries.notices()]
    return Report(entries.checked, seals, len(book.anchors), _once_per_month(findings), notices)


def _start(book: AnchorBook, since: datetime | None) -> Start:
    if since is None:
        return Start()
    before = [one for one in book.anchors if datetime.fromisoformat(one.written_at) < since]
    last = max(before, key=lambda one: one.sealed, default=None)
    return Start(last.sealed, bytes.fromhex(last.head)) if last else Start()


def _chunks(cursor: Any, seq: int) -> Iterator[list[Seal]]:
    while True:
        cursor.execute(_SEALS, [seq, CHUNK])
        rows = cursor.fetchall()
        if not rows:
            return
        yield [Seal(*row) for row in rows]
        seq = rows[-1][0]


class _Uncovered:
    """Seals that should have an anchor by now: somebody removed it, or it was never written."""

    def __init__(self, sealed: int) -> None:
        self.sealed = sealed
        self.limit = canonical.microseconds(clock.now() - GRACE)
        self.first: int | None = None
        self.last = 0

    def feed(self, seal: Seal) -> None:
        if seal.seq > self.sealed and seal.sealed_us.isdigit() and int(seal.sealed_us) < self.limit:
            self.first = self.first or seal.seq
            self.last = seal.seq

    def findings(self) -> list[Finding]:
        if self.first is None:
            return []
        text = _("Kein Anker deckt Siegel {span}: Anker entfernt oder nie geschrieben.")
        text = text.format(span=span(self.first, self.last))
        return [Finding(FindingKind.ANCHOR_REMOVED, text, self.first, self.last)]


def _once_per_month(findings: list[Finding]) -> list[Finding]:
    """A month lost with its seals and entries is named once."""
    seen: set[str | None] = set()
    kept = []
    for one in findings:
        if one.kind == FindingKind.MONTH_DROPPED and one.month in seen:
            continue
        if one.kind == FindingKind.MONTH_DROPPED:
            seen.add(one.month)
        kept.append(one)
    return kept
