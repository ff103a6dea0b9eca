"""What Django knows of the audit tables; the tables themselves follow in SQL."""

import django.contrib.postgres.fields
from django.db import migrations, models

import goettingen_ecm.audit.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("operations", "0001_privileges")]

    operations = [
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                (
                    "number",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="Ankernummer"
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="geschrieben")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("seal", "Versiegelung"),
                            ("retention", "Ende der Aufbewahrung"),
                            ("restore", "Wiederherstellung aus einer Sicherung"),
                        ],
                        verbose_name="Art",
                    ),
                ),
                ("sealed", models.BigIntegerField(verbose_name="Siegel bis dahin")),
                ("mac", models.BinaryField(verbose_name="Prüfsumme")),
            ],
            options={
                "verbose_name": "Anker",
                "verbose_name_plural": "Anker",
                "db_table": "audit_auditanchor",
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id",
                        "recorded_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("id", models.BigIntegerField(verbose_name="Nummer")),
                (
                    "txid",
                    goettingen_ecm.audit.models.TransactionIdField(verbose_name="Transaktion"),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="Zeitpunkt")),
                ("action", models.TextField(verbose_name="Handlung")),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="handelnde Person")),
                (
                    "on_behalf_of_id",
                    models.BigIntegerField(null=True, verbose_name="in Vertretung für"),
                ),
                ("system", models.TextField(verbose_name="System")),
                ("operation_id", models.BigIntegerField(null=True, verbose_name="Bedienschritt")),
                ("object_type", models.TextField(verbose_name="Art des Gegenstands")),
                ("object_id", models.BigIntegerField(null=True, verbose_name="Gegenstand")),
                (
                    "object_uuid",
                    models.UUIDField(null=True, verbose_name="Kennung des Gegenstands"),
                ),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None, verbose_name="geänderte Felder"
                    ),
                ),
                ("digests", models.JSONField(verbose_name="Prüfsummen")),
                ("purpose", models.TextField(verbose_name="Zweck")),
                (
                    "outcome",
                    models.TextField(
                        choices=[("ok", "ausgeführt"), ("refused", "verweigert")],
                        verbose_name="Ergebnis",
                    ),
                ),
                ("session_digest", models.BinaryField(null=True, verbose_name="Sitzung")),
                ("channel", models.TextField(verbose_name="Zugang")),
            ],
            options={
                "verbose_name": "Protokolleintrag",
                "verbose_name_plural": "Protokolleinträge",
                "db_table": "audit_auditentry",
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="AuditReadMark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "actor_id",
                        "object_type",
                        "object_id",
                        "session_digest",
                        "hour",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("actor_id", models.BigIntegerField(verbose_name="lesende Person")),
                ("object_type", models.TextField(verbose_name="Art des Gegenstands")),
                ("object_id", models.BigIntegerField(verbose_name="Gegenstand")),
                ("session_digest", models.BinaryField(verbose_name="Sitzung")),
                ("hour", models.DateTimeField(verbose_name="Stunde")),
            ],
            options={
                "verbose_name": "Lesemerker",
                "verbose_name_plural": "Lesemerker",
                "db_table": "audit_auditreadmark",
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "seq",
                    models.BigIntegerField(
                        primary_key=True, serialize=False, verbose_name="Siegelnummer"
                    ),
                ),
                ("entry_id", models.BigIntegerField(verbose_name="Eintrag")),
                (
                    "txid",
                    goettingen_ecm.audit.models.TransactionIdField(verbose_name="Transaktion"),
                ),
                ("sealed_at", models.DateTimeField(verbose_name="versiegelt")),
                ("month", models.DateField(verbose_name="Monat des Eintrags")),
                ("entry_hash", models.BinaryField(verbose_name="Prüfsumme des Eintrags")),
                ("chain_mac", models.BinaryField(verbose_name="Prüfsumme der Kette")),
            ],
            options={
                "verbose_name": "Siegel",
                "verbose_name_plural": "Siegel",
                "db_table": "audit_auditseal",
                "managed": False,
                "default_permissions": ("view",),
            },
        ),
    ]
