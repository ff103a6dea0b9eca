"""The application role writes and reads audit, it never changes or removes anything.

``id`` and ``txid`` of an entry cannot be chosen by the application: it may insert into the other
columns only. Partitions are reached through the parent alone.
"""

from django.conf import settings
from django.db import migrations

ROLE = settings.DATABASE_APP_ROLE

TABLES = (
    "audit_auditentry, audit_auditentry_other, audit_auditseal, audit_auditanchor,"
    " audit_auditreadmark"
)
READABLE = "audit_auditentry, audit_auditseal, audit_auditanchor, audit_auditreadmark"
WRITABLE = "audit_auditseal, audit_auditanchor, audit_auditreadmark"
ENTRY_COLUMNS = (
    "recorded_at, action, actor_id, on_behalf_of_id, system, operation_id, object_type, object_id,"
    " object_uuid, fields, digests, purpose, outcome, session_digest, channel"
)
FUNCTIONS = "audit_create_partitions(date, int), audit_prune_read_marks()"


def for_other_role(statements: str) -> str:
    """Runs where the application role exists and is not the owner itself (a one-role set-up)."""
    return f"""
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') AND current_user <> '{ROLE}' THEN
    {statements}
  END IF;
END $$
"""


GRANT = for_other_role(f"""
    REVOKE ALL ON {TABLES} FROM {ROLE};
    GRANT SELECT ON {READABLE} TO {ROLE};
    GRANT INSERT ({ENTRY_COLUMNS}) ON audit_auditentry TO {ROLE};
    GRANT INSERT ON {WRITABLE} TO {ROLE};
    GRANT EXECUTE ON FUNCTION {FUNCTIONS} TO {ROLE};
""")
REVOKE = for_other_role(f"""
    REVOKE ALL ON {TABLES} FROM {ROLE};
    REVOKE ALL ON FUNCTION {FUNCTIONS} FROM {ROLE};
""")
FIRST_MONTHS = "SELECT audit_create_partitions((now() AT TIME ZONE 'UTC')::date, 4)"


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_functions")]
    operations = [
        migrations.RunSQL(GRANT, REVOKE),
        migrations.RunSQL(FIRST_MONTHS, migrations.RunSQL.noop),
    ]
