"""The audit tables: entries by month, seals, the register of anchors, read marks."""

from django.db import migrations

ENTRIES = """
CREATE TABLE audit_auditentry (
  id bigint GENERATED ALWAYS AS IDENTITY,
  txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  recorded_at timestamptz NOT NULL,
  action text NOT NULL,
  actor_id bigint,
  on_behalf_of_id bigint,
  system text NOT NULL DEFAULT '',
  operation_id bigint,
  object_type text NOT NULL DEFAULT '',
  object_id bigint,
  object_uuid uuid,
  fields text[] NOT NULL DEFAULT '{}',
  digests jsonb NOT NULL DEFAULT '{}',
  purpose text NOT NULL DEFAULT '',
  outcome text NOT NULL DEFAULT 'ok',
  session_digest bytea,
  channel text NOT NULL DEFAULT '',
  PRIMARY KEY (id, recorded_at),
  CONSTRAINT audit_entry_time CHECK (recorded_at > '1900-01-01Z' AND recorded_at < '2200-01-01Z')
) PARTITION BY RANGE (recorded_at);
CREATE INDEX audit_entry_transaction ON audit_auditentry (txid, id);
CREATE INDEX audit_entry_object ON audit_auditentry (object_type, object_id, recorded_at, id);
CREATE INDEX audit_entry_actor ON audit_auditentry (actor_id, recorded_at)
  WHERE actor_id IS NOT NULL;
CREATE TABLE audit_auditentry_other PARTITION OF audit_auditentry DEFAULT;
"""

SEALS = """
CREATE TABLE audit_auditseal (
  seq bigint PRIMARY KEY,
  entry_id bigint NOT NULL,
  txid xid8 NOT NULL,
  sealed_at timestamptz NOT NULL,
  month date NOT NULL,
  entry_hash bytea NOT NULL,
  chain_mac bytea NOT NULL
);
CREATE UNIQUE INDEX audit_seal_entry ON audit_auditseal (entry_id);
"""

ANCHORS = """
CREATE TABLE audit_auditanchor (
  number bigint PRIMARY KEY,
  written_at timestamptz NOT NULL,
  kind text NOT NULL,
  sealed bigint NOT NULL,
  mac bytea NOT NULL
);
"""

# Losing marks in a crash costs at most one repeated entry, so they need no write-ahead log.
READ_MARKS = """
CREATE UNLOGGED TABLE audit_auditreadmark (
  actor_id bigint NOT NULL,
  object_type text NOT NULL,
  object_id bigint NOT NULL,
  session_digest bytea NOT NULL,
  hour timestamptz NOT NULL,
  PRIMARY KEY (actor_id, object_type, object_id, session_digest, hour)
);
CREATE INDEX audit_read_mark_hour ON audit_auditreadmark (hour);
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_models")]
    operations = [
        migrations.RunSQL(ENTRIES, "DROP TABLE audit_auditentry"),
        migrations.RunSQL(SEALS, "DROP TABLE audit_auditseal"),
        migrations.RunSQL(ANCHORS, "DROP TABLE audit_auditanchor"),
        migrations.RunSQL(READ_MARKS, "DROP TABLE audit_auditreadmark"),
    ]
