"""The sealer: chains committed entries under a keyed digest, behind the writers, never before them.

It reads below the oldest running transaction: every one with a smaller number has ended, so the
rows it sees there are final and no later row can appear among them. Writers take no lock and wait for
nothing; one advisory lock keeps two sealers apart (docs/adr/0003-audit-seal.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from goettingen_ecm.audit import canonical
from goettingen_ecm.audit.canonical import FIRST_MAC, Seal
from goettingen_ecm.operations import clock

BATCH = 5000
SEALER_LOCK = 0x65636D_61756469

_LAST = "SELECT seq, entry_id, txid::text, chain_mac FROM audit_auditseal ORDER BY seq DESC LIMIT 1"
# Below the horizon every transaction that can write into this database has ended. It is the
# snapshot's oldest running transaction, leaving aside those of other databases of the server.
_HORIZON = """
WITH snap AS MATERIALIZED (SELECT pg_current_snapshot() AS s),
running AS (SELECT pg_snapshot_xip(s) AS id FROM snap),
own AS (
  SELECT id FROM running WHERE NOT EXISTS (
    SELECT 1 FROM pg_stat_activity a
    WHERE a.backend_xid = xid(running.id) AND a.datname <> current_database())
)
SELECT coalesce((SELECT id FROM own ORDER BY id LIMIT 1), pg_snapshot_xmax(s))::text,
  pg_snapshot_xmax(s)::text
FROM snap
"""
_SELECT = f"""
SELECT e.id, e.txid::text, to_char({canonical.ENTRY_MONTH}, 'YYYY-MM'), {canonical.ENTRY_SELECT}
FROM audit_auditentry e
"""  # noqa: S608 - constants only
_NEXT = f"""
{_SELECT} WHERE e.txid < %s::xid8 AND (e.txid, e.id) > (%s::xid8, %s)
ORDER BY e.txid, e.id LIMIT %s
"""
# After a dump was restored into a new cluster its transaction numbers start low again: what came
# with the dump is committed for certain, what is new counts from the new cluster's beginning.
_NEXT_AFTER_RESTORE = f"""
{_SELECT} WHERE (e.txid < %s::xid8 OR e.txid >= %s::xid8)
  AND NOT EXISTS (SELECT 1 FROM audit_auditseal s WHERE s.entry_id = e.id)
ORDER BY e.txid >= %s::xid8 DESC, e.txid, e.id LIMIT %s
"""  # noqa: S608 - constants only
_KNOWN = "SELECT entry_id FROM audit_auditseal WHERE entry_id = ANY(%s)"
_COPY = (
    "COPY audit_auditseal (seq, entry_id, txid, sealed_at, month, entry_hash, chain_mac) FROM STDIN"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the last seal's number and digest, and the entry it stands for."""

    seq: int = 0
    entry_id: int = 0
    txid: str = "0"
    chain_mac: bytes = FIRST_MAC


def seal_entries(*, using: str = DEFAULT_DB_ALIAS, batch: int = BATCH) -> int:
    """Seal all entries whose transactions have ended; returns how many.

    Returns 0 at once while another sealer is at work. Must not run inside a transaction.
    """
    sealed = 0
    position: Head | None = None
    while True:
        durable = transaction.atomic(using=using, durable=True)
        with durable, connections[using].cursor() as cursor:
            if not take_lock(cursor):
                return sealed
            position, taken, written = _seal_batch(cursor, position, batch)
        sealed += written
        if taken < batch:
            return sealed


def take_lock(cursor: Any) -> bool:
    """Become the only sealer until the end of this transaction; False when there is one."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
    return bool(cursor.fetchone()[0])


def chain_head(cursor: Any) -> Head:
    """The last link, or the beginning of an empty chain."""
    cursor.execute(_LAST)
    row = cursor.fetchone()
    return Head(row[0], row[1], row[2], bytes(row[3])) if row else Head()


def _seal_batch(cursor: Any, position: Head | None, batch: int) -> tuple[Head, int, int]:
    """Seal the next rows behind ``position`` (default: the head); position, rows seen, sealed."""
    head = chain_head(cursor)
    rows = _next_rows(cursor, position or head, batch)
    if not rows:
        return position or head, 0, 0
    fresh = _without_known(cursor, rows)
    _write(cursor, head, fresh)
    last = rows[-1]
    return Head(head.seq + len(fresh), last[0], last[1]), len(rows), len(fresh)


def _next_rows(cursor: Any, position: Head, batch: int) -> list[tuple[Any, ...]]:
    cursor.execute(_HORIZON)
    horizon, future = cursor.fetchone()
    if int(position.txid) >= int(future):
        cursor.execute(_NEXT_AFTER_RESTORE, [horizon, future, future, batch])
    else:
        cursor.execute(_NEXT, [horizon, position.txid, position.entry_id, batch])
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _without_known(cursor: Any, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Numbers of a former cluster can come round a second time; a seal is given once."""
    cursor.execute(_KNOWN, [[row[0] for row in rows]])
    known = {row[0] for row in cursor.fetchall()}
    fresh = []
    for row in rows:
        if row[0] not in known:
            known.add(row[0])
            fresh.append(row)
    return fresh


def _write(cursor: Any, head: Head, rows: Sequence[tuple[Any, ...]]) -> None:
    now = clock.now()
    sealed_us = str(canonical.microseconds(now))
    previous = head.chain_mac
    with cursor.copy(_COPY) as copy:
        for seq, row in enumerate(rows, start=head.seq + 1):
            entry_id, txid, month, *values = row
            digest = canonical.entry_hash(values)
            link = Seal(seq, entry_id, txid, sealed_us, month, digest, b"")
            previous = link.expected_mac(previous)
            copy.write_row((seq, entry_id, txid, now, f"{month}-01", digest, previous))
