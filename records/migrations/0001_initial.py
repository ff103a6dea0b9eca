import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.search
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import records.models.file_plan


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0003_epoch_triggers"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "sort_date",
                        "document_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("sort_date", models.DateField()),
                ("document_id", models.BigIntegerField()),
                ("case_file_id", models.BigIntegerField()),
                (
                    "acl",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
                (
                    "deny",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("tsv", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "verbose_name": "Sucheintrag",
                "verbose_name_plural": "Sucheinträge",
                "db_table": "records_searchentry",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Blob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sha256",
                    models.BinaryField(max_length=32, unique=True, verbose_name="Prüfsumme"),
                ),
                ("size", models.BigIntegerField(verbose_name="Größe in Bytes")),
                (
                    "storage",
                    models.CharField(
                        choices=[("files", "Dateisystem"), ("database", "Datenbank")],
                        default="files",
                        max_length=10,
                        verbose_name="Ablageort",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("stored", "gespeichert"), ("deleting", "wird entfernt")],
                        default="stored",
                        max_length=10,
                        verbose_name="Stand",
                    ),
                ),
                (
                    "mime_type",
                    models.CharField(blank=True, max_length=120, verbose_name="Dateityp"),
                ),
                ("page_count", models.PositiveIntegerField(null=True, verbose_name="Seiten")),
                (
                    "problem",
                    models.CharField(blank=True, max_length=40, verbose_name="Auffälligkeit"),
                ),
                (
                    "text_state",
                    models.CharField(
                        choices=[
                            ("pending", "wird gelesen"),
                            ("ok", "lesbar"),
                            ("empty", "ohne Text"),
                            ("garbage", "Textebene unbrauchbar"),
                            ("none", "kein Text vorgesehen"),
                            ("failed", "nicht lesbar"),
                        ],
                        default="pending",
                        max_length=10,
                        verbose_name="Text",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="gespeichert")),
            ],
            options={
                "verbose_name": "Datei",
                "verbose_name_plural": "Dateien",
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="Kennung"
                    ),
                ),
                ("title", models.CharField(max_length=500, verbose_name="Betreff")),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("eingang", "Eingang"),
                            ("ausgang", "Ausgang"),
                            ("intern", "intern"),
                        ],
                        max_length=10,
                        verbose_name="Richtung",
                    ),
                ),
                (
                    "letter_date",
                    models.DateField(blank=True, null=True, verbose_name="Schreibendatum"),
                ),
                (
                    "received_on",
                    models.DateField(blank=True, null=True, verbose_name="Posteingang"),
                ),
                (
                    "dispatched_on",
                    models.DateField(blank=True, null=True, verbose_name="Postausgang"),
                ),
                ("filed_at", models.DateTimeField(verbose_name="abgelegt")),
                ("sort_date", models.DateField(verbose_name="Datum")),
                (
                    "foreign_reference",
                    models.CharField(blank=True, max_length=120, verbose_name="fremdes Zeichen"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("gueltig", "gültig"),
                            ("entwurf", "Entwurf"),
                            ("ungueltig", "vom Fachverfahren für ungültig erklärt"),
                            ("storniert", "storniert"),
                            ("fehlablage", "Fehlablage"),
                        ],
                        default="gueltig",
                        max_length=12,
                        verbose_name="Stand",
                    ),
                ),
                ("is_final", models.BooleanField(default=False, verbose_name="endgültig")),
                ("version_number", models.PositiveIntegerField(default=1, verbose_name="Fassung")),
                (
                    "mime_type",
                    models.CharField(blank=True, max_length=120, verbose_name="Dateityp"),
                ),
                (
                    "page_count",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="Seiten"),
                ),
                (
                    "problem",
                    models.CharField(blank=True, max_length=40, verbose_name="Auffälligkeit"),
                ),
                (
                    "indexed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="durchsuchbar seit"),
                ),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "Dokument",
                "verbose_name_plural": "Dokumente",
            },
        ),
        migrations.CreateModel(
            name="DocumentType",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="Kürzel")),
                ("name", models.CharField(max_length=120, verbose_name="Bezeichnung")),
            ],
            options={
                "verbose_name": "Dokumenttyp",
                "verbose_name_plural": "Dokumenttypen",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="FilePlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(max_length=30, unique=True, verbose_name="Kurzbezeichnung"),
                ),
                ("title", models.CharField(max_length=200, verbose_name="Bezeichnung")),
                ("valid_from", models.DateField(verbose_name="gültig ab")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="gültig bis")),
                (
                    "number_scheme",
                    models.CharField(
                        default="{entry}-{number:04d}/{year}",
                        max_length=100,
                        validators=[records.models.file_plan.check_number_scheme],
                        verbose_name="Schema der Sachakten",
                    ),
                ),
                (
                    "case_scheme",
                    models.CharField(
                        default="{entry}-{key}",
                        max_length=100,
                        validators=[records.models.file_plan.check_case_scheme],
                        verbose_name="Schema der Fallakten",
                    ),
                ),
            ],
            options={
                "verbose_name": "Aktenplan",
                "verbose_name_plural": "Aktenpläne",
            },
        ),
        migrations.CreateModel(
            name="BlobContent",
            fields=[
                (
                    "blob",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="content",
                        serialize=False,
                        to="records.blob",
                        verbose_name="Datei",
                    ),
                ),
                ("data", models.BinaryField(verbose_name="Inhalt")),
            ],
            options={
                "verbose_name": "Dateiinhalt",
                "verbose_name_plural": "Dateiinhalte",
            },
        ),
        migrations.CreateModel(
            name="CaseFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="Kennung"
                    ),
                ),
                (
                    "aktenzeichen",
                    models.CharField(max_length=120, unique=True, verbose_name="Aktenzeichen"),
                ),
                ("title", models.CharField(max_length=500, verbose_name="Betreff")),
                (
                    "sort_key",
                    models.CharField(
                        editable=False, max_length=200, verbose_name="Sortierschlüssel"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("sachakte", "Sachakte"), ("fallakte", "Fallakte")],
                        default="sachakte",
                        max_length=10,
                        verbose_name="Art",
                    ),
                ),
                ("file_type", models.CharField(blank=True, max_length=60, verbose_name="Aktentyp")),
                (
                    "confidentiality",
                    models.CharField(
                        choices=[
                            ("offen", "offen"),
                            ("intern", "intern"),
                            ("vertraulich", "vertraulich"),
                        ],
                        default="intern",
                        max_length=12,
                        verbose_name="Vertraulichkeitsstufe",
                    ),
                ),
                (
                    "circle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "kein besonderer Kreis"),
                            ("sozial", "Sozialgeheimnis"),
                            ("steuer", "Steuergeheimnis"),
                            ("owi", "Ordnungswidrigkeiten"),
                            ("personal", "Personal"),
                        ],
                        max_length=10,
                        verbose_name="Berechtigungskreis",
                    ),
                ),
                (
                    "medium",
                    models.CharField(
                        choices=[
                            ("elektronisch", "elektronisch"),
                            ("hybrid", "hybrid"),
                            ("papier", "Papier"),
                        ],
                        default="elektronisch",
                        max_length=12,
                        verbose_name="Medium",
                    ),
                ),
                (
                    "paper_location",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="Verbleib des Papierteils"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("bearbeitung", "in Bearbeitung"),
                            ("abgeschlossen", "abgeschlossen"),
                            ("aufbewahrung", "in Aufbewahrung"),
                            ("aussonderungsreif", "aussonderungsreif"),
                            ("angeboten", "angeboten"),
                            ("bewertet", "bewertet"),
                            ("abgegeben", "abgegeben"),
                            ("vernichtet", "vernichtet"),
                        ],
                        default="bearbeitung",
                        max_length=20,
                        verbose_name="Stand",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="angelegt am")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="z. d. A. am")),
                (
                    "retention_years",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Aufbewahrungsfrist in Jahren"
                    ),
                ),
                (
                    "retention_end",
                    models.DateField(blank=True, null=True, verbose_name="Aufbewahrungsende"),
                ),
                (
                    "disposition",
                    models.CharField(
                        choices=[
                            ("A", "archivwürdig"),
                            ("B", "zu bewerten"),
                            ("V", "zu vernichten"),
                        ],
                        default="B",
                        max_length=1,
                        verbose_name="Aussonderungsart",
                    ),
                ),
                (
                    "business_data",
                    models.JSONField(blank=True, default=dict, verbose_name="Fachdaten"),
                ),
                ("remark", models.TextField(blank=True, verbose_name="Bemerkung")),
                ("last_activity_at", models.DateTimeField(verbose_name="zuletzt geändert")),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "case_worker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Sachbearbeitung",
                    ),
                ),
                (
                    "lead_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="case_files",
                        to="accounts.orgunit",
                        verbose_name="Federführung",
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.accessscope",
                        verbose_name="Zugriffsbereich",
                    ),
                ),
            ],
            options={
                "verbose_name": "Akte",
                "verbose_name_plural": "Akten",
            },
        ),
        migrations.CreateModel(
            name="DocumentText",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="records.document",
                        verbose_name="Dokument",
                    ),
                ),
                ("version_number", models.PositiveIntegerField(verbose_name="Fassung")),
                ("text", models.TextField(verbose_name="Text")),
                ("offsets", models.BinaryField(verbose_name="Fundstellen")),
                (
                    "analyser_version",
                    models.PositiveSmallIntegerField(verbose_name="Stand der Analyse"),
                ),
            ],
            options={
                "verbose_name": "Dokumenttext",
                "verbose_name_plural": "Dokumenttexte",
            },
        ),
        migrations.AddField(
            model_name="document",
            name="case_file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="records.casefile",
                verbose_name="Akte",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="scope",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.accessscope",
                verbose_name="Zugriffsbereich",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="document_type",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.documenttype",
                verbose_name="Dokumenttyp",
            ),
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="Fassung")),
                (
                    "foreign_version",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="Fassung im Fachverfahren"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="angelegt")),
                ("created_by_id", models.BigIntegerField(null=True, verbose_name="angelegt von")),
                (
                    "created_by_system",
                    models.CharField(blank=True, max_length=80, verbose_name="angelegt durch"),
                ),
                ("comment", models.CharField(blank=True, max_length=300, verbose_name="Anmerkung")),
                ("operation_id", models.BigIntegerField(null=True, verbose_name="Bedienschritt")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="records.document",
                        verbose_name="Dokument",
                    ),
                ),
            ],
            options={
                "verbose_name": "Fassung",
                "verbose_name_plural": "Fassungen",
            },
        ),
        migrations.CreateModel(
            name="Component",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, verbose_name="Reihenfolge"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("haupt", "Hauptdokument"),
                            ("anlage", "Anlage"),
                            ("strukturdaten", "Strukturdaten"),
                            ("darstellung", "Darstellung"),
                            ("index", "gelieferter Index"),
                        ],
                        max_length=15,
                        verbose_name="Art",
                    ),
                ),
                ("file_name", models.CharField(max_length=255, verbose_name="Dateiname")),
                (
                    "blob",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="components",
                        to="records.blob",
                        verbose_name="Datei",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="components",
                        to="records.documentversion",
                        verbose_name="Fassung",
                    ),
                ),
            ],
            options={
                "verbose_name": "Bestandteil",
                "verbose_name_plural": "Bestandteile",
            },
        ),
        migrations.CreateModel(
            name="FilePlanEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ancestors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, editable=False, size=None
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="Kennzeichen")),
                ("title", models.CharField(max_length=500, verbose_name="Bezeichnung")),
                ("description", models.TextField(blank=True, verbose_name="Erläuterung")),
                (
                    "sort_key",
                    models.CharField(
                        editable=False, max_length=250, verbose_name="Sortierschlüssel"
                    ),
                ),
                (
                    "retention_years",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Aufbewahrungsfrist in Jahren"
                    ),
                ),
                (
                    "retention_permanent",
                    models.BooleanField(default=False, verbose_name="unbefristet aufbewahren"),
                ),
                (
                    "transfer_years",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Transferfrist in Jahren"
                    ),
                ),
                (
                    "disposition",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("A", "archivwürdig"),
                            ("B", "zu bewerten"),
                            ("V", "zu vernichten"),
                        ],
                        max_length=1,
                        verbose_name="Aussonderungsart",
                    ),
                ),
                (
                    "confidentiality",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("offen", "offen"),
                            ("intern", "intern"),
                            ("vertraulich", "vertraulich"),
                        ],
                        max_length=12,
                        verbose_name="Vertraulichkeitsstufe",
                    ),
                ),
                (
                    "circle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "kein besonderer Kreis"),
                            ("sozial", "Sozialgeheimnis"),
                            ("steuer", "Steuergeheimnis"),
                            ("owi", "Ordnungswidrigkeiten"),
                            ("personal", "Personal"),
                        ],
                        max_length=10,
                        verbose_name="Berechtigungskreis",
                    ),
                ),
                (
                    "required_data",
                    models.JSONField(blank=True, default=list, verbose_name="Pflicht-Fachdaten"),
                ),
                (
                    "allowed_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="zulässige Dokumenttypen",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        default=10000, verbose_name="Akten je Eintrag höchstens"
                    ),
                ),
                ("locked", models.BooleanField(default=False, verbose_name="gesperrt")),
                (
                    "retired_on",
                    models.DateField(blank=True, null=True, verbose_name="stillgelegt am"),
                ),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.orgunit",
                        verbose_name="Federführung",
                    ),
                ),
                (
                    "overflow_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="overflows",
                        to="records.fileplanentry",
                        verbose_name="Fortsetzung von",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="records.fileplanentry",
                        verbose_name="übergeordneter Eintrag",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="records.fileplan",
                        verbose_name="Aktenplan",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="predecessors",
                        to="records.fileplanentry",
                        verbose_name="Nachfolger",
                    ),
                ),
            ],
            options={
                "verbose_name": "Aktenplaneintrag",
                "verbose_name_plural": "Aktenplaneinträge",
            },
        ),
        migrations.AddField(
            model_name="casefile",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="case_files",
                to="records.fileplanentry",
                verbose_name="Aktenplaneintrag",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalCaseFile",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "operation_id",
                    models.BigIntegerField(db_index=True, null=True, verbose_name="Bedienschritt"),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_index=True, default=uuid.uuid4, editable=False, verbose_name="Kennung"
                    ),
                ),
                (
                    "aktenzeichen",
                    models.CharField(db_index=True, max_length=120, verbose_name="Aktenzeichen"),
                ),
                ("title", models.CharField(max_length=500, verbose_name="Betreff")),
                (
                    "sort_key",
                    models.CharField(
                        editable=False, max_length=200, verbose_name="Sortierschlüssel"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("sachakte", "Sachakte"), ("fallakte", "Fallakte")],
                        default="sachakte",
                        max_length=10,
                        verbose_name="Art",
                    ),
                ),
                ("file_type", models.CharField(blank=True, max_length=60, verbose_name="Aktentyp")),
                (
                    "confidentiality",
                    models.CharField(
                        choices=[
                            ("offen", "offen"),
                            ("intern", "intern"),
                            ("vertraulich", "vertraulich"),
                        ],
                        default="intern",
                        max_length=12,
                        verbose_name="Vertraulichkeitsstufe",
                    ),
                ),
                (
                    "circle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "kein besonderer Kreis"),
                            ("sozial", "Sozialgeheimnis"),
                            ("steuer", "Steuergeheimnis"),
                            ("owi", "Ordnungswidrigkeiten"),
                            ("personal", "Personal"),
                        ],
                        max_length=10,
                        verbose_name="Berechtigungskreis",
                    ),
                ),
                (
                    "medium",
                    models.CharField(
                        choices=[
                            ("elektronisch", "elektronisch"),
                            ("hybrid", "hybrid"),
                            ("papier", "Papier"),
                        ],
                        default="elektronisch",
                        max_length=12,
                        verbose_name="Medium",
                    ),
                ),
                (
                    "paper_location",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="Verbleib des Papierteils"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("bearbeitung", "in Bearbeitung"),
                            ("abgeschlossen", "abgeschlossen"),
                            ("aufbewahrung", "in Aufbewahrung"),
                            ("aussonderungsreif", "aussonderungsreif"),
                            ("angeboten", "angeboten"),
                            ("bewertet", "bewertet"),
                            ("abgegeben", "abgegeben"),
                            ("vernichtet", "vernichtet"),
                        ],
                        default="bearbeitung",
                        max_length=20,
                        verbose_name="Stand",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="angelegt am")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="z. d. A. am")),
                (
                    "retention_years",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Aufbewahrungsfrist in Jahren"
                    ),
                ),
                (
                    "retention_end",
                    models.DateField(blank=True, null=True, verbose_name="Aufbewahrungsende"),
                ),
                (
                    "disposition",
                    models.CharField(
                        choices=[
                            ("A", "archivwürdig"),
                            ("B", "zu bewerten"),
                            ("V", "zu vernichten"),
                        ],
                        default="B",
                        max_length=1,
                        verbose_name="Aussonderungsart",
                    ),
                ),
                (
                    "business_data",
                    models.JSONField(blank=True, default=dict, verbose_name="Fachdaten"),
                ),
                ("remark", models.TextField(blank=True, verbose_name="Bemerkung")),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "history_id",
                    models.BigAutoField(editable=False, primary_key=True, serialize=False),
                ),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case_worker",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Sachbearbeitung",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.fileplanentry",
                        verbose_name="Aktenplaneintrag",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.orgunit",
                        verbose_name="Federführung",
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="access.accessscope",
                        verbose_name="Zugriffsbereich",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical Akte",
                "verbose_name_plural": "historical Akten",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalFilePlanEntry",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "ancestors",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, editable=False, size=None
                    ),
                ),
                (
                    "operation_id",
                    models.BigIntegerField(db_index=True, null=True, verbose_name="Bedienschritt"),
                ),
                ("code", models.CharField(max_length=60, verbose_name="Kennzeichen")),
                ("title", models.CharField(max_length=500, verbose_name="Bezeichnung")),
                ("description", models.TextField(blank=True, verbose_name="Erläuterung")),
                (
                    "sort_key",
                    models.CharField(
                        editable=False, max_length=250, verbose_name="Sortierschlüssel"
                    ),
                ),
                (
                    "retention_years",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Aufbewahrungsfrist in Jahren"
                    ),
                ),
                (
                    "retention_permanent",
                    models.BooleanField(default=False, verbose_name="unbefristet aufbewahren"),
                ),
                (
                    "transfer_years",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Transferfrist in Jahren"
                    ),
                ),
                (
                    "disposition",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("A", "archivwürdig"),
                            ("B", "zu bewerten"),
                            ("V", "zu vernichten"),
                        ],
                        max_length=1,
                        verbose_name="Aussonderungsart",
                    ),
                ),
                (
                    "confidentiality",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("offen", "offen"),
                            ("intern", "intern"),
                            ("vertraulich", "vertraulich"),
                        ],
                        max_length=12,
                        verbose_name="Vertraulichkeitsstufe",
                    ),
                ),
                (
                    "circle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "kein besonderer Kreis"),
                            ("sozial", "Sozialgeheimnis"),
                            ("steuer", "Steuergeheimnis"),
                            ("owi", "Ordnungswidrigkeiten"),
                            ("personal", "Personal"),
                        ],
                        max_length=10,
                        verbose_name="Berechtigungskreis",
                    ),
                ),
                (
                    "required_data",
                    models.JSONField(blank=True, default=list, verbose_name="Pflicht-Fachdaten"),
                ),
                (
                    "allowed_types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="zulässige Dokumenttypen",
                    ),
                ),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        default=10000, verbose_name="Akten je Eintrag höchstens"
                    ),
                ),
                ("locked", models.BooleanField(default=False, verbose_name="gesperrt")),
                (
                    "retired_on",
                    models.DateField(blank=True, null=True, verbose_name="stillgelegt am"),
                ),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "history_id",
                    models.BigAutoField(editable=False, primary_key=True, serialize=False),
                ),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "lead_unit",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.orgunit",
                        verbose_name="Federführung",
                    ),
                ),
                (
                    "overflow_of",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.fileplanentry",
                        verbose_name="Fortsetzung von",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.fileplanentry",
                        verbose_name="übergeordneter Eintrag",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.fileplan",
                        verbose_name="Aktenplan",
                    ),
                ),
                (
                    "successor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.fileplanentry",
                        verbose_name="Nachfolger",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical Aktenplaneintrag",
                "verbose_name_plural": "historical Aktenplaneinträge",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalParty",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "operation_id",
                    models.BigIntegerField(db_index=True, null=True, verbose_name="Bedienschritt"),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_index=True, default=uuid.uuid4, editable=False, verbose_name="Kennung"
                    ),
                ),
                (
                    "circle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "kein besonderer Kreis"),
                            ("sozial", "Sozialgeheimnis"),
                            ("steuer", "Steuergeheimnis"),
                            ("owi", "Ordnungswidrigkeiten"),
                            ("personal", "Personal"),
                        ],
                        max_length=10,
                        verbose_name="Berechtigungskreis",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "natürliche Person"), ("organisation", "Organisation")],
                        default="person",
                        max_length=15,
                        verbose_name="Art",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="Vorname"),
                ),
                (
                    "birth_date",
                    models.DateField(blank=True, null=True, verbose_name="Geburtsdatum"),
                ),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="Anschrift")),
                (
                    "sort_key",
                    models.CharField(
                        editable=False, max_length=200, verbose_name="Sortierschlüssel"
                    ),
                ),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "history_id",
                    models.BigAutoField(editable=False, primary_key=True, serialize=False),
                ),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical Beteiligte",
                "verbose_name_plural": "historical Beteiligte",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Matter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="Kennung"
                    ),
                ),
                ("title", models.CharField(max_length=500, verbose_name="Betreff")),
                (
                    "matter_type",
                    models.CharField(blank=True, max_length=60, verbose_name="Vorgangstyp"),
                ),
                (
                    "period_from",
                    models.DateField(blank=True, null=True, verbose_name="Zeitraum von"),
                ),
                (
                    "period_until",
                    models.DateField(blank=True, null=True, verbose_name="Zeitraum bis"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("bearbeitung", "in Bearbeitung"),
                            ("abgeschlossen", "abgeschlossen"),
                            ("aufbewahrung", "in Aufbewahrung"),
                            ("aussonderungsreif", "aussonderungsreif"),
                            ("angeboten", "angeboten"),
                            ("bewertet", "bewertet"),
                            ("abgegeben", "abgegeben"),
                            ("vernichtet", "vernichtet"),
                        ],
                        default="bearbeitung",
                        max_length=20,
                        verbose_name="Stand",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="angelegt am")),
                (
                    "narrow_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="beschränkt auf Gruppen",
                    ),
                ),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "case_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matters",
                        to="records.casefile",
                        verbose_name="Akte",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="records.matter",
                        verbose_name="übergeordneter Vorgang",
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.accessscope",
                        verbose_name="Zugriffsbereich",
                    ),
                ),
            ],
            options={
                "verbose_name": "Vorgang",
                "verbose_name_plural": "Vorgänge",
            },
        ),
        migrations.CreateModel(
            name="HistoricalMatter",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "operation_id",
                    models.BigIntegerField(db_index=True, null=True, verbose_name="Bedienschritt"),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_index=True, default=uuid.uuid4, editable=False, verbose_name="Kennung"
                    ),
                ),
                ("title", models.CharField(max_length=500, verbose_name="Betreff")),
                (
                    "matter_type",
                    models.CharField(blank=True, max_length=60, verbose_name="Vorgangstyp"),
                ),
                (
                    "period_from",
                    models.DateField(blank=True, null=True, verbose_name="Zeitraum von"),
                ),
                (
                    "period_until",
                    models.DateField(blank=True, null=True, verbose_name="Zeitraum bis"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("bearbeitung", "in Bearbeitung"),
                            ("abgeschlossen", "abgeschlossen"),
                            ("aufbewahrung", "in Aufbewahrung"),
                            ("aussonderungsreif", "aussonderungsreif"),
                            ("angeboten", "angeboten"),
                            ("bewertet", "bewertet"),
                            ("abgegeben", "abgegeben"),
                            ("vernichtet", "vernichtet"),
                        ],
                        default="bearbeitung",
                        max_length=20,
                        verbose_name="Stand",
                    ),
                ),
                ("opened_on", models.DateField(verbose_name="angelegt am")),
                (
                    "narrow_to",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        blank=True,
                        null=True,
                        size=None,
                        verbose_name="beschränkt auf Gruppen",
                    ),
                ),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "history_id",
                    models.BigAutoField(editable=False, primary_key=True, serialize=False),
                ),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case_file",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.casefile",
                        verbose_name="Akte",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="access.accessscope",
                        verbose_name="Zugriffsbereich",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.matter",
                        verbose_name="übergeordneter Vorgang",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical Vorgang",
                "verbose_name_plural": "historical Vorgänge",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalDocument",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "operation_id",
                    models.BigIntegerField(db_index=True, null=True, verbose_name="Bedienschritt"),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        db_index=True, default=uuid.uuid4, editable=False, verbose_name="Kennung"
                    ),
                ),
                ("title", models.CharField(max_length=500, verbose_name="Betreff")),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("eingang", "Eingang"),
                            ("ausgang", "Ausgang"),
                            ("intern", "intern"),
                        ],
                        max_length=10,
                        verbose_name="Richtung",
                    ),
                ),
                (
                    "letter_date",
                    models.DateField(blank=True, null=True, verbose_name="Schreibendatum"),
                ),
                (
                    "received_on",
                    models.DateField(blank=True, null=True, verbose_name="Posteingang"),
                ),
                (
                    "dispatched_on",
                    models.DateField(blank=True, null=True, verbose_name="Postausgang"),
                ),
                ("filed_at", models.DateTimeField(verbose_name="abgelegt")),
                ("sort_date", models.DateField(verbose_name="Datum")),
                (
                    "foreign_reference",
                    models.CharField(blank=True, max_length=120, verbose_name="fremdes Zeichen"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("gueltig", "gültig"),
                            ("entwurf", "Entwurf"),
                            ("ungueltig", "vom Fachverfahren für ungültig erklärt"),
                            ("storniert", "storniert"),
                            ("fehlablage", "Fehlablage"),
                        ],
                        default="gueltig",
                        max_length=12,
                        verbose_name="Stand",
                    ),
                ),
                ("is_final", models.BooleanField(default=False, verbose_name="endgültig")),
                ("version_number", models.PositiveIntegerField(default=1, verbose_name="Fassung")),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "history_id",
                    models.BigAutoField(editable=False, primary_key=True, serialize=False),
                ),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.TextField(null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "case_file",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.casefile",
                        verbose_name="Akte",
                    ),
                ),
                (
                    "document_type",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.documenttype",
                        verbose_name="Dokumenttyp",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "scope",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="access.accessscope",
                        verbose_name="Zugriffsbereich",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="records.matter",
                        verbose_name="Vorgang",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical Dokument",
                "verbose_name_plural": "historical Dokumente",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.AddField(
            model_name="document",
            name="matter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="documents",
                to="records.matter",
                verbose_name="Vorgang",
            ),
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="Jahr")),
                ("last", models.PositiveIntegerField(default=0, verbose_name="zuletzt vergeben")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counters",
                        to="records.fileplanentry",
                        verbose_name="Aktenplaneintrag",
                    ),
                ),
            ],
            options={
                "verbose_name": "Zähler",
                "verbose_name_plural": "Zähler",
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="Kennung"
                    ),
                ),
                (
                    "circle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "kein besonderer Kreis"),
                            ("sozial", "Sozialgeheimnis"),
                            ("steuer", "Steuergeheimnis"),
                            ("owi", "Ordnungswidrigkeiten"),
                            ("personal", "Personal"),
                        ],
                        max_length=10,
                        verbose_name="Berechtigungskreis",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "natürliche Person"), ("organisation", "Organisation")],
                        default="person",
                        max_length=15,
                        verbose_name="Art",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="Vorname"),
                ),
                (
                    "birth_date",
                    models.DateField(blank=True, null=True, verbose_name="Geburtsdatum"),
                ),
                ("address", models.CharField(blank=True, max_length=300, verbose_name="Anschrift")),
                (
                    "sort_key",
                    models.CharField(
                        editable=False, max_length=200, verbose_name="Sortierschlüssel"
                    ),
                ),
                ("row_version", models.PositiveIntegerField(default=1, editable=False)),
            ],
            options={
                "verbose_name": "Beteiligte",
                "verbose_name_plural": "Beteiligte",
                "indexes": [
                    models.Index(fields=["circle", "sort_key", "birth_date"], name="party_circle")
                ],
            },
        ),
        migrations.CreateModel(
            name="Participation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=80, verbose_name="Rolle")),
                (
                    "case_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="records.casefile",
                        verbose_name="Akte",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="participations",
                        to="records.party",
                        verbose_name="Beteiligte",
                    ),
                ),
            ],
            options={
                "verbose_name": "Beteiligung",
                "verbose_name_plural": "Beteiligungen",
            },
        ),
        migrations.CreateModel(
            name="PlanEntryGroupGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cause", models.CharField(blank=True, max_length=200, verbose_name="Anlass")),
                ("granted_by_id", models.BigIntegerField(null=True, verbose_name="erteilt von")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="gültig bis")),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_grants",
                        to="records.fileplanentry",
                        verbose_name="Aktenplaneintrag",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group"),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                    ),
                ),
            ],
            options={
                "verbose_name": "Zugriffsdefinition (Gruppe)",
                "verbose_name_plural": "Zugriffsdefinitionen (Gruppe)",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanEntryUserGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cause", models.CharField(blank=True, max_length=200, verbose_name="Anlass")),
                ("granted_by_id", models.BigIntegerField(null=True, verbose_name="erteilt von")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="gültig bis")),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="user_grants",
                        to="records.fileplanentry",
                        verbose_name="Aktenplaneintrag",
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "Zugriffsdefinition (Person)",
                "verbose_name_plural": "Zugriffsdefinitionen (Person)",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SpecialistSystem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="Kürzel")),
                ("name", models.CharField(max_length=100, verbose_name="Name")),
                (
                    "circle",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "kein besonderer Kreis"),
                            ("sozial", "Sozialgeheimnis"),
                            ("steuer", "Steuergeheimnis"),
                            ("owi", "Ordnungswidrigkeiten"),
                            ("personal", "Personal"),
                        ],
                        max_length=10,
                        verbose_name="Berechtigungskreis",
                    ),
                ),
                (
                    "branch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.fileplanentry",
                        verbose_name="Zweig des Aktenplans",
                    ),
                ),
                (
                    "technical_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="technische Kennung",
                    ),
                ),
            ],
            options={
                "verbose_name": "Fachverfahren",
                "verbose_name_plural": "Fachverfahren",
            },
        ),
        migrations.CreateModel(
            name="ExternalKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mandant", models.CharField(max_length=40, verbose_name="Mandant")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("akte", "Akte"),
                            ("vorgang", "Vorgang"),
                            ("dokument", "Dokument"),
                        ],
                        max_length=10,
                        verbose_name="Art",
                    ),
                ),
                ("value", models.CharField(max_length=200, verbose_name="Schlüssel")),
                (
                    "case_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_keys",
                        to="records.casefile",
                        verbose_name="Akte",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_keys",
                        to="records.document",
                        verbose_name="Dokument",
                    ),
                ),
                (
                    "matter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_keys",
                        to="records.matter",
                        verbose_name="Vorgang",
                    ),
                ),
                (
                    "system",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.specialistsystem",
                        verbose_name="Fachverfahren",
                    ),
                ),
            ],
            options={
                "verbose_name": "fremder Schlüssel",
                "verbose_name_plural": "fremde Schlüssel",
            },
        ),
        migrations.CreateModel(
            name="CaseFileExclusion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="Grund")),
                (
                    "case_file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exclusions",
                        to="records.casefile",
                        verbose_name="Akte",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Person",
                    ),
                ),
            ],
            options={
                "verbose_name": "Ausschluss",
                "verbose_name_plural": "Ausschlüsse",
                "constraints": [
                    models.UniqueConstraint(fields=("case_file", "user"), name="exclusion_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseFileGroupGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cause", models.CharField(blank=True, max_length=200, verbose_name="Anlass")),
                ("granted_by_id", models.BigIntegerField(null=True, verbose_name="erteilt von")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="gültig bis")),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_grants",
                        to="records.casefile",
                        verbose_name="Akte",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="auth.group"),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                    ),
                ),
            ],
            options={
                "verbose_name": "Freigabe für eine Gruppe",
                "verbose_name_plural": "Freigaben für Gruppen",
                "abstract": False,
                "unique_together": {("group", "permission", "content_object")},
            },
        ),
        migrations.CreateModel(
            name="CaseFileUserGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("cause", models.CharField(blank=True, max_length=200, verbose_name="Anlass")),
                ("granted_by_id", models.BigIntegerField(null=True, verbose_name="erteilt von")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="gültig bis")),
                (
                    "content_object",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="user_grants",
                        to="records.casefile",
                        verbose_name="Akte",
                    ),
                ),
                (
                    "permission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to="auth.permission"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "Freigabe für eine Person",
                "verbose_name_plural": "Freigaben für Personen",
                "abstract": False,
                "unique_together": {("user", "permission", "content_object")},
            },
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.UniqueConstraint(
                fields=("document", "number"), name="version_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="documentversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("foreign_version", ""), _negated=True),
                fields=("document", "foreign_version"),
                name="foreign_version_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="component",
            constraint=models.UniqueConstraint(
                fields=("version", "position"), name="component_position_once"
            ),
        ),
        migrations.AddIndex(
            model_name="fileplanentry",
            index=models.Index(fields=["parent", "sort_key"], name="plan_entry_branch"),
        ),
        migrations.AddConstraint(
            model_name="fileplanentry",
            constraint=models.UniqueConstraint(
                fields=("plan", "code"), name="plan_entry_code_once"
            ),
        ),
        migrations.AddIndex(
            model_name="casefile",
            index=models.Index(fields=["-last_activity_at", "-id"], name="case_file_recent"),
        ),
        migrations.AddIndex(
            model_name="casefile",
            index=models.Index(fields=["entry", "sort_key", "id"], name="case_file_entry"),
        ),
        migrations.AddIndex(
            model_name="casefile",
            index=models.Index(
                fields=["scope", "-last_activity_at", "-id"], name="case_file_scope_recent"
            ),
        ),
        migrations.AddIndex(
            model_name="casefile",
            index=models.Index(
                fields=["scope", "aktenzeichen", "id"], name="case_file_scope_number"
            ),
        ),
        migrations.AddIndex(
            model_name="casefile",
            index=models.Index(fields=["scope", "sort_key", "id"], name="case_file_scope_title"),
        ),
        migrations.AddIndex(
            model_name="casefile",
            index=models.Index(fields=["sort_key", "id"], name="case_file_title"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["case_file", "opened_on", "id"], name="matter_case_file"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                fields=["case_file", "-sort_date", "-id"], name="document_case_file"
            ),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["matter", "-sort_date", "-id"], name="document_matter"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["-sort_date", "-id"], name="document_recent"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["scope", "-sort_date", "-id"], name="document_scope_recent"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("indexed_at__isnull", True)),
                fields=["id"],
                name="document_not_indexed",
            ),
        ),
        migrations.AddConstraint(
            model_name="numbercounter",
            constraint=models.UniqueConstraint(
                fields=("entry", "year"), name="counter_entry_year_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="participation",
            constraint=models.UniqueConstraint(
                fields=("case_file", "party", "role"), name="participation_once"
            ),
        ),
        migrations.AlterUniqueTogether(
            name="planentrygroupgrant",
            unique_together={("group", "permission", "content_object")},
        ),
        migrations.AlterUniqueTogether(
            name="planentryusergrant",
            unique_together={("user", "permission", "content_object")},
        ),
        migrations.AddIndex(
            model_name="externalkey",
            index=models.Index(fields=["value"], name="external_key_value"),
        ),
        migrations.AddConstraint(
            model_name="externalkey",
            constraint=models.UniqueConstraint(
                fields=("system", "mandant", "kind", "value"), name="external_key_once"
            ),
        ),
    ]
