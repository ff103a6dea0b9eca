"""Scopes and the epoch of rights."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AccessEpoch",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("token", models.UUIDField(default=uuid.uuid4, verbose_name="Stand")),
            ],
            options={
                "verbose_name": "Rechtestand",
                "verbose_name_plural": "Rechtestände",
            },
        ),
        migrations.CreateModel(
            name="AccessScope",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                (
                    "allow",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None, verbose_name="Berechtigte"
                    ),
                ),
                (
                    "deny",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        default=list,
                        size=None,
                        verbose_name="ausgeschlossene Personen",
                    ),
                ),
                (
                    "digest",
                    models.BinaryField(max_length=32, unique=True, verbose_name="Prüfsumme"),
                ),
            ],
            options={
                "verbose_name": "Zugriffsbereich",
                "verbose_name_plural": "Zugriffsbereiche",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["allow"], name="access_scope_allow"
                    )
                ],
            },
        ),
    ]
