"""What the application may do beyond INSERT and SELECT, each as a narrow function of the owner.

Both run with the owner's rights (SECURITY DEFINER) and a fixed search path: creating the monthly
partitions ahead, and forgetting read marks that no longer matter.
"""

from django.conf import settings
from django.db import migrations

ROLE = settings.DATABASE_APP_ROLE

# Rows of a month that were caught by the default partition move into the new one. The lock time-out
# keeps readers from queueing behind a long query; the next run tries again, months ahead of need.
CREATE_PARTITIONS = f"""
CREATE FUNCTION audit_create_partitions(first date, months int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
SET timezone = 'UTC' AS $$
DECLARE
  start date;
  part text;
  made int := 0;
BEGIN
  IF months NOT BETWEEN 1 AND 120 THEN
    RAISE EXCEPTION 'months must be between 1 and 120';
  END IF;
  FOR step IN 0 .. months - 1 LOOP
    start := (date_trunc('month', first::timestamp) + make_interval(months => step))::date;
    part := 'audit_auditentry_' || to_char(start, 'YYYY_MM');
    CONTINUE WHEN to_regclass('public.' || part) IS NOT NULL;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.audit_auditentry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    LOCK TABLE public.audit_auditentry_other IN ACCESS EXCLUSIVE MODE;
    EXECUTE format(
      'WITH moved AS (DELETE FROM public.audit_auditentry_other'
      '  WHERE recorded_at >= %L AND recorded_at < %L RETURNING *)'
      ' INSERT INTO public.%I SELECT * FROM moved', start, start + interval '1 month', part);
    EXECUTE format(
      'ALTER TABLE public.audit_auditentry ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
      part, start::timestamptz, (start + interval '1 month')::timestamptz);
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') AND current_user <> '{ROLE}' THEN
      EXECUTE format('REVOKE ALL ON public.%I FROM {ROLE}', part);
    END IF;
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION audit_create_partitions(date, int) FROM PUBLIC;
"""

PRUNE_READ_MARKS = """
CREATE FUNCTION audit_prune_read_marks() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH gone AS (
    DELETE FROM public.audit_auditreadmark WHERE hour < now() - interval '2 days' RETURNING 1
  ) SELECT count(*) FROM gone
$$;
REVOKE ALL ON FUNCTION audit_prune_read_marks() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_tables")]
    operations = [
        migrations.RunSQL(CREATE_PARTITIONS, "DROP FUNCTION audit_create_partitions(date, int)"),
        migrations.RunSQL(PRUNE_READ_MARKS, "DROP FUNCTION audit_prune_read_marks()"),
    ]
