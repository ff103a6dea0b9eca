"""Before the first table: what the owner creates, the application role may use.

Runs before Django's own tables so that every table of the schema falls under it. Audit takes
UPDATE and DELETE away again for its own tables.
"""

from django.conf import settings
from django.db import migrations

ROLE = settings.DATABASE_APP_ROLE

GRANT = f"""
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') AND current_user <> '{ROLE}' THEN
    GRANT USAGE ON SCHEMA public TO {ROLE};
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO {ROLE};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
      GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {ROLE};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {ROLE};
  END IF;
END $$
"""
REVOKE = f"""
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') AND current_user <> '{ROLE}' THEN
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {ROLE};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {ROLE};
  END IF;
END $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    run_before = [("contenttypes", "0001_initial")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
