import uuid

from django.db import migrations, models
from django.db.models.constraints import Deferrable

SAME_CODE = "UPDATE {table} SET lineage = md5('records.lineage ' || code)::uuid"
"""Until now entries of different versions were the same one by their code."""

IN_FORCE = "UPDATE records_fileplan SET files_followed_on = valid_from WHERE valid_from <= now()"
"""Files of versions that came into force before stay where they are."""

TABLES = ("records_fileplanentry", "records_historicalfileplanentry")


def lineage(**options: bool) -> models.UUIDField:
    return models.UUIDField(
        default=uuid.uuid4, editable=False, verbose_name="Kennung aller Fassungen", **options
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_staff_imports"),
        ("records", "0025_misfilings"),
    ]

    operations = [
        migrations.AddField(
            model_name="fileplan",
            name="files_followed_on",
            field=models.DateField(editable=False, null=True, verbose_name="Akten nachgezogen am"),
        ),
        migrations.RunSQL(IN_FORCE, migrations.RunSQL.noop),
        migrations.AddField("fileplanentry", "lineage", lineage(null=True)),
        migrations.AddField("historicalfileplanentry", "lineage", lineage(null=True)),
        migrations.RunSQL([SAME_CODE.format(table=t) for t in TABLES], migrations.RunSQL.noop),
        migrations.AlterField("fileplanentry", "lineage", lineage()),
        migrations.AlterField("historicalfileplanentry", "lineage", lineage()),
        migrations.AddConstraint(
            model_name="fileplanentry",
            constraint=models.UniqueConstraint(
                fields=("lineage", "plan"), name="plan_entry_lineage_once"
            ),
        ),
        migrations.RemoveConstraint(model_name="fileplanentry", name="plan_entry_code_once"),
        migrations.AddConstraint(
            model_name="fileplanentry",
            constraint=models.UniqueConstraint(
                deferrable=Deferrable.IMMEDIATE,
                fields=("plan", "code"),
                name="plan_entry_code_once",
            ),
        ),
    ]
