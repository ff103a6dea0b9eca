"""Writing audit entries: INSERT only, in the caller's transaction, one statement however many.

No entry holds personal values: ids, the action's key, names of fields, digests, a chosen reason.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.types.json import Jsonb

from goettingen_ecm.audit import keys
from goettingen_ecm.audit.choices import Outcome
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation

SEARCH_IN_PROTECTED_CIRCLE = "audit.search.protected"
WEB = "web"

_COPY = (
    "COPY audit_auditentry (recorded_at, action, actor_id, on_behalf_of_id, system, operation_id,"
    " object_type, object_id, object_uuid, fields, digests, purpose, outcome, session_digest,"
    " channel) FROM STDIN"
)
# One statement: the mark decides, so that two requests of one session write one entry.
_READ = """
WITH wanted AS (
  SELECT * FROM unnest(%s::text[], %s::bigint[], %s::uuid[])
    AS w (object_type, object_id, object_uuid)
), mark AS (
  INSERT INTO audit_auditreadmark (actor_id, object_type, object_id, session_digest, hour)
  SELECT %s, object_type, object_id, %s, %s FROM wanted
  ON CONFLICT DO NOTHING
  RETURNING object_type, object_id
)
INSERT INTO audit_auditentry (recorded_at, action, actor_id, on_behalf_of_id, operation_id,
  object_type, object_id, object_uuid, purpose, session_digest, channel)
SELECT %s, %s, %s, %s, %s, object_type, object_id, object_uuid, %s, %s, %s
FROM mark JOIN wanted USING (object_type, object_id)
"""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One entry to write. ``action`` is a registered key, ``purpose`` a chosen reason or legal
    ground, ``digests`` holds checksums by name; none of them ever a personal value."""

    action: str
    actor_id: int | None = None
    on_behalf_of_id: int | None = None
    system: str = ""
    operation_id: int | None = None
    object_type: str = ""
    object_id: int | None = None
    object_uuid: UUID | None = None
    fields: Sequence[str] = ()
    digests: Mapping[str, Any] = field(default_factory=dict)
    purpose: str = ""
    outcome: str = Outcome.OK
    session_digest: bytes | None = None
    channel: str = ""

    @classmethod
    def of(cls, operation: Operation, action: str, **values: Any) -> "AuditRecord":
        """A record of what happened in ``operation``: actor, substitution, system are its own."""
        return cls(
            action=action,
            actor_id=operation.actor_id,
            on_behalf_of_id=operation.on_behalf_of_id,
            system=operation.system,
            operation_id=operation.pk,
            **values,
        )


@dataclass(frozen=True, slots=True)
class ReadObject:
    """What was read: the model's label (``records.document``), its id and public uuid."""

    object_type: str
    object_id: int
    object_uuid: UUID | None = None


def record(entries: Sequence[AuditRecord], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Write the entries in the caller's transaction: one COPY for one or a thousand.

    Raises ValueError for a field name that is no name (a value would not be one).
    """
    if not entries:
        return
    now = clock.now()
    rows = [_row(entry, now) for entry in entries]
    with connections[using].cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


def _row(entry: AuditRecord, now: datetime) -> tuple[Any, ...]:
    return (
        now,
        entry.action,
        entry.actor_id,
        entry.on_behalf_of_id,
        entry.system,
        entry.operation_id,
        entry.object_type,
        entry.object_id,
        entry.object_uuid,
        _field_names(entry.fields),
        Jsonb(entry.digests) if entry.digests else "{}",
        entry.purpose,
        str(entry.outcome),
        entry.session_digest,
        entry.channel,
    )


def _field_names(names: Sequence[str]) -> list[str] | str:
    for name in names:
        if not name.replace(".", "_").isidentifier():
            raise ValueError("audit takes names of fields, never values")
    return list(names) or "{}"


def record_reads(
    action: str,
    objects: Sequence[ReadObject],
    *,
    actor_id: int,
    session_key: str,
    on_behalf_of_id: int | None = None,
    operation_id: int | None = None,
    purpose: str = "",
    channel: str = WEB,
    using: str = DEFAULT_DB_ALIAS,
) -> int:
    """Log that a person read the objects, once per person, object and session-hour.

    Returns how many entries were written. Needs no transaction of the caller.
    """
    now = clock.now()
    session = session_digest(session_key)
    unique = {(one.object_type, one.object_id): one.object_uuid for one in objects}
    types, ids = [key[0] for key in unique], [key[1] for key in unique]
    mark = [session, now.replace(minute=0, second=0, microsecond=0)]
    who = [now, action, actor_id, on_behalf_of_id, operation_id, purpose, session, channel]
    values: list[Any] = [types, ids, list(unique.values()), actor_id, *mark, *who]
    with connections[using].cursor() as cursor:
        cursor.execute(_READ, values)
        return int(cursor.rowcount)


def record_read(action: str, one: ReadObject, **values: Any) -> bool:
    """``record_reads`` for one object; True when this read was logged now, False when before."""
    return record_reads(action, [one], **values) == 1


def record_search(
    query: str,
    *,
    actor_id: int,
    session_key: str,
    circles: Collection[str],
    hits: int,
    channel: str = WEB,
    using: str = DEFAULT_DB_ALIAS,
) -> bool:
    """Log a search that reached into protected circles (Sozial, Steuer, …); else write nothing.

    The words are kept as a keyed digest only: an auditor who suspects a name can compare, nobody
    can read it back. True when an entry was written.
    """
    if not circles:
        return False
    digests = {"query": query_digest(query), "hits": hits, "circles": sorted(circles)}
    entry = AuditRecord(
        action=SEARCH_IN_PROTECTED_CIRCLE,
        actor_id=actor_id,
        digests=digests,
        session_digest=session_digest(session_key),
        channel=channel,
    )
    record([entry], using=using)
    return True


def session_digest(session_key: str) -> bytes:
    """16 bytes that tell sessions apart without being usable as a session key."""
    return keys.digest(keys.SESSION, session_key.encode())[:16]


def query_digest(query: str) -> str:
    """The keyed digest (hex) of a search, blind to case and spacing."""
    return keys.digest(keys.QUERY, " ".join(query.casefold().split()).encode()).hex()
