"""One unambiguous byte string per entry and per seal: what the digests are taken over.

Every column is read as text that PostgreSQL writes the same way whatever the session's time zone,
date style or bytea format is. Absent (NULL) columns are left out, so that a column added later
does not change the digests of older rows.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from goettingen_ecm.audit import keys

ENTRY_COLUMNS: dict[str, str] = {
    "id": "e.id::text",
    "txid": "e.txid::text",
    "recorded_at": "trunc(extract(epoch FROM e.recorded_at) * 1000000)::text",
    "action": "e.action",
    "actor_id": "e.actor_id::text",
    "on_behalf_of_id": "e.on_behalf_of_id::text",
    "system": "e.system",
    "operation_id": "e.operation_id::text",
    "object_type": "e.object_type",
    "object_id": "e.object_id::text",
    "object_uuid": "e.object_uuid::text",
    "fields": "e.fields::text",
    "digests": "e.digests::text",
    "purpose": "e.purpose",
    "outcome": "e.outcome",
    "session_digest": "encode(e.session_digest, 'hex')",
    "channel": "e.channel",
}
ENTRY_SELECT = ", ".join(ENTRY_COLUMNS.values())
ENTRY_MONTH = "date_trunc('month', e.recorded_at, 'UTC') AT TIME ZONE 'UTC'"
SEAL_SELECT = (
    "s.seq, s.entry_id, s.txid::text, trunc(extract(epoch FROM s.sealed_at) * 1000000)::text,"
    " to_char(s.month, 'YYYY-MM'), s.entry_hash, s.chain_mac"
)
FIRST_MAC = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EntryText = Sequence[str | None]
_ENTRY_NAMES = tuple(f"{name}=".encode() for name in ENTRY_COLUMNS)
_RECORDED_AT = tuple(ENTRY_COLUMNS).index("recorded_at")


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment, exact."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def encode_entry(values: EntryText) -> bytes:
    """``name=length:bytes;`` per present column, in the order of ENTRY_COLUMNS; injective."""
    parts = [b"entry1;"]
    for name, value in zip(_ENTRY_NAMES, values, strict=True):
        if value is not None:
            raw = value.encode()
            parts.append(b"%b%d:%b;" % (name, len(raw), raw))
    return b"".join(parts)


def entry_hash(values: EntryText) -> bytes:
    """The keyed digest of one entry's columns, read through ENTRY_SELECT."""
    return hmac.digest(keys.key_for(keys.ENTRY), encode_entry(values), "sha256")


def recorded_microseconds(values: EntryText) -> str:
    """The entry's time as microseconds since 1970, as text (it may read "Infinity")."""
    return values[_RECORDED_AT] or ""


@dataclass(frozen=True, slots=True)
class Seal:
    """A link as read through SEAL_SELECT; ``sealed_us`` is microseconds since 1970 as text."""

    seq: int
    entry_id: int
    txid: str
    sealed_us: str
    month: str
    entry_hash: bytes
    chain_mac: bytes

    def expected_mac(self, previous: bytes) -> bytes:
        """The ``chain_mac`` this link must carry behind a link with ``previous``."""
        head = f"seal1;{self.seq};{self.entry_id};{self.txid};{self.sealed_us};{self.month};"
        content = head.encode() + bytes(self.entry_hash) + previous
        return hmac.digest(keys.key_for(keys.CHAIN), content, "sha256")
