"""Writing anchors: after sealing, when something changed, at most one a minute."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from goettingen_ecm.audit.anchors import NO_MAC, Anchor, AnchorStore
from goettingen_ecm.audit.choices import AnchorKind
from goettingen_ecm.audit.sealing import SEALER_LOCK, Head, chain_head, take_lock
from goettingen_ecm.operations import clock

logger = logging.getLogger(__name__)

INTERVAL = timedelta(minutes=1)

_LAST = (
    "SELECT number, encode(mac, 'hex'), sealed, written_at FROM audit_auditanchor"
    " ORDER BY number DESC LIMIT 1"
)
_REGISTER = "INSERT INTO audit_auditanchor (number, written_at, kind, sealed, mac)"
_MONTHS = (
    "SELECT to_char(month, 'YYYY-MM'), count(*) FROM audit_auditseal"
    " WHERE seq > %s AND seq <= %s GROUP BY 1"
)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The anchor a new one follows, as the files or the register know it."""

    number: int = 0
    mac: str = NO_MAC
    sealed: int = 0
    written_at: datetime | None = None


def write_anchor_if_due(
    *, force: bool = False, using: str = DEFAULT_DB_ALIAS, store: AnchorStore | None = None
) -> Anchor | None:
    """Anchor the chain's head when it moved; None when nothing is due or a sealer is at work.

    ``force`` ignores the minute. Raises OSError when the folder cannot be written: sealing is not
    undone by that, the next run tries again.
    """
    store = store or AnchorStore()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if not take_lock(cursor):
            return None
        head, last = chain_head(cursor), _predecessor(cursor, store)
        if head.seq < last.sealed:
            logger.error("audit chain ends at %s, anchored was %s", head.seq, last.sealed)
        if head.seq <= last.sealed or not (force or _minute_over(last)):
            return None
        return _write(cursor, store, AnchorKind.SEAL, head, last, {})


def write_special_anchor(
    kind: AnchorKind,
    details: Mapping[str, Any],
    *,
    using: str = DEFAULT_DB_ALIAS,
    store: AnchorStore | None = None,
) -> Anchor:
    """Anchor a decision (retention, restore) at once, waiting for a running sealer."""
    store = store or AnchorStore()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
        head, last = chain_head(cursor), _predecessor(cursor, store)
        if kind == AnchorKind.RESTORE:
            last = replace(last, sealed=_last_anchored_below(store, head.seq))
        return _write(cursor, store, kind, head, last, details)


def effective(anchors: list[Anchor]) -> list[Anchor]:
    """Anchors in order of their number without those a declared restore made void."""
    valid: list[Anchor] = []
    for anchor in sorted(anchors, key=lambda one: one.number):
        if anchor.kind == AnchorKind.RESTORE:
            valid = [one for one in valid if one.sealed <= anchor.sealed]
        valid.append(anchor)
    return valid


def _last_anchored_below(store: AnchorStore, seq: int) -> int:
    known = [line.anchor for line in store.lines() if line.anchor and line.anchor.is_authentic()]
    return max((one.sealed for one in effective(known) if one.sealed <= seq), default=0)


def _minute_over(last: Predecessor) -> bool:
    return last.written_at is None or clock.now() - last.written_at >= INTERVAL


def _predecessor(cursor: Any, store: AnchorStore) -> Predecessor:
    """The later of register and files: either may have lost its end."""
    in_files = store.last()
    cursor.execute(_LAST)
    row = cursor.fetchone()
    registered = Predecessor(*row) if row else Predecessor()
    if in_files is None or in_files.number <= registered.number:
        return registered
    for line in store.lines():
        if line.anchor and line.anchor.number > registered.number and line.anchor.is_authentic():
            _register(cursor, line.anchor)
    moment = datetime.fromisoformat(in_files.written_at)
    return Predecessor(in_files.number, in_files.mac, in_files.sealed, moment)


def _write(
    cursor: Any,
    store: AnchorStore,
    kind: AnchorKind,
    head: Head,
    last: Predecessor,
    details: Mapping[str, Any],
) -> Anchor:
    cursor.execute(_MONTHS, [last.sealed, head.seq])
    draft = Anchor(
        number=last.number + 1,
        written_at=clock.now().isoformat(),
        kind=kind.value,
        sealed=head.seq,
        head=head.chain_mac.hex(),
        previous=last.mac,
        months=dict(cursor.fetchall()),
        details=dict(details),
    )
    anchor = replace(draft, mac=draft.signature())
    _register(cursor, anchor)
    # The file last: when it fails, the register's row is rolled back with the transaction.
    store.append(anchor)
    return anchor


def _register(cursor: Any, anchor: Anchor) -> None:
    values = [anchor.number, anchor.written_at, anchor.kind, anchor.sealed, anchor.mac]
    cursor.execute(f"{_REGISTER} VALUES (%s, %s, %s, %s, decode(%s, 'hex'))", values)
