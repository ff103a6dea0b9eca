"""A substitution decides who may see what: writing one ages the epoch of rights."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0003_epoch_triggers"), ("accounts", "0002_substitutions")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER age_epoch AFTER INSERT OR UPDATE OR DELETE ON accounts_substitution "
            "FOR EACH STATEMENT EXECUTE FUNCTION access_age_epoch_by_trigger()",
            "DROP TRIGGER age_epoch ON accounts_substitution",
        )
    ]
