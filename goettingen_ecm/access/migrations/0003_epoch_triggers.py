"""Whatever changes rights ages the epoch, in the same transaction and without waiting.

A function takes a row no other transaction holds; statement triggers call it for every table that
decides who may see what. ``records`` adds triggers for its grants.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION access_age_epoch() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE access_accessepoch SET token = gen_random_uuid()
   WHERE id = (SELECT id FROM access_accessepoch ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1);
  IF NOT FOUND THEN
    INSERT INTO access_accessepoch (token) VALUES (gen_random_uuid());
  END IF;
END $$;
CREATE FUNCTION access_age_epoch_by_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM access_age_epoch();
  RETURN NULL;
END $$;
"""
NO_FUNCTION = "DROP FUNCTION access_age_epoch_by_trigger(); DROP FUNCTION access_age_epoch();"

TABLES = (
    "accounts_membership",
    "accounts_orgunit",
    "accounts_unitrole",
    "access_accessscope",
)


def trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER age_epoch AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION access_age_epoch_by_trigger()",
        f"DROP TRIGGER age_epoch ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0002_everyone"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION, NO_FUNCTION), *map(trigger, TABLES)]
