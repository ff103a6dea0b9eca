"""Explicit grants decide who may see what: writing one ages the epoch of rights."""

from django.db import migrations

TABLES = (
    "records_planentrygroupgrant",
    "records_planentryusergrant",
    "records_casefilegroupgrant",
    "records_casefileusergrant",
)


def trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER age_epoch AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION access_age_epoch_by_trigger()",
        f"DROP TRIGGER age_epoch ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0002_search_partitions"),
        ("access", "0003_epoch_triggers"),
    ]
    operations = [*map(trigger, TABLES)]
