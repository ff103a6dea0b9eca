"""Are the tables what the migrations made? A view or a swapped column would deceive every query."""

from typing import Any

from django.utils.translation import gettext as _

from goettingen_ecm.audit.choices import FindingKind
from goettingen_ecm.audit.verification.findings import Finding

ENTRY_TYPES = {
    "id": "bigint",
    "txid": "xid8",
    "recorded_at": "timestamp with time zone",
    "action": "text",
    "actor_id": "bigint",
    "on_behalf_of_id": "bigint",
    "system": "text",
    "operation_id": "bigint",
    "object_type": "text",
    "object_id": "bigint",
    "object_uuid": "uuid",
    "fields": "text[]",
    "digests": "jsonb",
    "purpose": "text",
    "outcome": "text",
    "session_digest": "bytea",
    "channel": "text",
}
SEAL_TYPES = {
    "seq": "bigint",
    "entry_id": "bigint",
    "txid": "xid8",
    "sealed_at": "timestamp with time zone",
    "month": "date",
    "entry_hash": "bytea",
    "chain_mac": "bytea",
}
ANCHOR_TYPES = {
    "number": "bigint",
    "written_at": "timestamp with time zone",
    "kind": "text",
    "sealed": "bigint",
    "mac": "bytea",
}
# relkind: p = partitioned table, r = table.
EXPECTED = {
    "audit_auditentry": ("p", ENTRY_TYPES),
    "audit_auditseal": ("r", SEAL_TYPES),
    "audit_auditanchor": ("r", ANCHOR_TYPES),
}
_COLUMNS = """
SELECT c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.oid = ANY(ARRAY(SELECT to_regclass(name)::oid FROM unnest(%s::text[]) AS t (name)))
  AND a.attnum > 0 AND NOT a.attisdropped
"""


def check_structure(cursor: Any) -> list[Finding]:
    """One finding per table that is missing or has other columns."""
    cursor.execute(_COLUMNS, [list(EXPECTED)])
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for table, kind, column, type_name in cursor.fetchall():
        found.setdefault(table, (kind, {}))[1][column] = type_name
    return [_finding(table) for table, wanted in EXPECTED.items() if found.get(table) != wanted]


def _finding(table: str) -> Finding:
    text = _("Die Tabelle {table} fehlt oder hat andere Spalten als vorgesehen.")
    return Finding(FindingKind.STRUCTURE, text.format(table=table))
