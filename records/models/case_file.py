"""Case files (eAkten), matters (Vorgänge), foreign keys of specialist systems."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.models import AccessScope
from goettingen_ecm.access.querysets import ScopedQuerySet
from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.accounts.models import OrgUnit, User
from records.choices import (
    CaseFileKind,
    CaseFileStatus,
    Confidentiality,
    DispositionType,
    ExternalKeyKind,
    MatterStatus,
    Medium,
    RetentionStart,
)
from records.models.file_plan import FilePlanEntry
from records.models.history import history


class SpecialistSystem(models.Model):
    """A Fachverfahren: its connector, its circle, the technical user that files for it."""

    code = models.SlugField(_("Kürzel"), max_length=40, unique=True)
    name = models.CharField(_("Name"), max_length=100)
    circle = models.CharField(
        _("Berechtigungskreis"), max_length=10, choices=Circle.choices, blank=True
    )
    technical_user = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("technische Kennung")
    )
    branch = models.ForeignKey(
        FilePlanEntry,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Zweig des Aktenplans"),
    )

    class Meta:
        verbose_name = _("Fachverfahren")
        verbose_name_plural = _("Fachverfahren")

    def __str__(self) -> str:
        return self.name


class CaseFile(models.Model):
    """An eAkte. The uuid is its name in URLs and messages for life (requirements A13)."""

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    aktenzeichen = models.CharField(_("Aktenzeichen"), max_length=120, unique=True)
    title = models.CharField(_("Betreff"), max_length=500)
    sort_key = models.CharField(_("Sortierschlüssel"), max_length=200, editable=False)
    kind = models.CharField(
        _("Art"), max_length=10, choices=CaseFileKind.choices, default=CaseFileKind.SUBJECT
    )
    file_type = models.CharField(_("Aktentyp"), max_length=60, blank=True)
    entry = models.ForeignKey(
        FilePlanEntry, models.PROTECT, related_name="case_files", verbose_name=_("Aktenplaneintrag")
    )
    lead_unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="case_files", verbose_name=_("Federführung")
    )
    case_worker = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Sachbearbeitung"),
    )
    confidentiality = models.CharField(
        _("Vertraulichkeitsstufe"),
        max_length=12,
        choices=Confidentiality.choices,
        default=Confidentiality.INTERNAL,
    )
    circle = models.CharField(
        _("Berechtigungskreis"), max_length=10, choices=Circle.choices, blank=True
    )
    medium = models.CharField(
        _("Medium"), max_length=12, choices=Medium.choices, default=Medium.ELECTRONIC
    )
    paper_location = models.CharField(_("Verbleib des Papierteils"), max_length=200, blank=True)
    status = models.CharField(
        _("Stand"), max_length=20, choices=CaseFileStatus.choices, default=CaseFileStatus.ACTIVE
    )
    opened_on = models.DateField(_("angelegt am"))
    closed_on = models.DateField(_("z. d. A. am"), null=True, blank=True)
    retention_years = models.PositiveSmallIntegerField(
        _("Aufbewahrungsfrist in Jahren"), null=True, blank=True
    )
    retention_permanent = models.BooleanField(_("unbefristet aufbewahren"), default=False)
    transfer_years = models.PositiveSmallIntegerField(
        _("Transferfrist in Jahren"), null=True, blank=True
    )
    retention_start = models.CharField(
        _("Beginn der Aufbewahrungsfrist"),
        max_length=16,
        choices=RetentionStart.choices,
        default=RetentionStart.YEAR_END,
    )
    retention_rule = models.CharField(_("Fristenregel"), max_length=60, blank=True)
    retention_event_on = models.DateField(_("fristauslösendes Ereignis am"), null=True, blank=True)
    retention_from = models.DateField(_("Fristbeginn"), null=True, blank=True)
    transfer_end = models.DateField(_("Transferende"), null=True, blank=True)
    retention_end = models.DateField(_("Aufbewahrungsende"), null=True, blank=True)
    disposition = models.CharField(
        _("Aussonderungsart"),
        max_length=1,
        choices=DispositionType.choices,
        default=DispositionType.APPRAISE,
    )
    business_data = models.JSONField(_("Fachdaten"), default=dict, blank=True)
    remark = models.TextField(_("Bemerkung"), blank=True)
    scope = models.ForeignKey(
        AccessScope, models.PROTECT, related_name="+", verbose_name=_("Zugriffsbereich")
    )
    last_activity_at = models.DateTimeField(_("zuletzt geändert"))
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()
    history = history(excluded_fields=["last_activity_at"])

    class Meta:
        verbose_name = _("Akte")
        verbose_name_plural = _("Akten")
        indexes = [
            models.Index(fields=["-last_activity_at", "-id"], name="case_file_recent"),
            models.Index(fields=["entry", "sort_key", "id"], name="case_file_entry"),
            models.Index(
                fields=["scope", "-last_activity_at", "-id"], name="case_file_scope_recent"
            ),
            models.Index(fields=["scope", "aktenzeichen", "id"], name="case_file_scope_number"),
            models.Index(fields=["scope", "sort_key", "id"], name="case_file_scope_title"),
            models.Index(fields=["sort_key", "id"], name="case_file_title"),
        ]

    def __str__(self) -> str:
        return f"{self.aktenzeichen} {self.title}"


class CaseFileExclusion(models.Model):
    """A person kept out of a file (befangen, own case, accused): the deny list (glossary)."""

    case_file = models.ForeignKey(
        CaseFile, models.CASCADE, related_name="exclusions", verbose_name=_("Akte")
    )
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("Person"))
    reason = models.CharField(_("Grund"), max_length=200)

    class Meta:
        verbose_name = _("Ausschluss")
        verbose_name_plural = _("Ausschlüsse")
        constraints = [models.UniqueConstraint(fields=["case_file", "user"], name="exclusion_once")]

    def __str__(self) -> str:
        return f"{self.case_file_id}: {self.user_id}"


class Matter(models.Model):
    """A Vorgang inside a case file; its scope may only narrow the file's."""

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="matters", verbose_name=_("Akte")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("übergeordneter Vorgang"),
    )
    title = models.CharField(_("Betreff"), max_length=500)
    matter_type = models.CharField(_("Vorgangstyp"), max_length=60, blank=True)
    period_from = models.DateField(_("Zeitraum von"), null=True, blank=True)
    period_until = models.DateField(_("Zeitraum bis"), null=True, blank=True)
    status = models.CharField(
        _("Stand"), max_length=20, choices=MatterStatus.choices, default=MatterStatus.ACTIVE
    )
    opened_on = models.DateField(_("angelegt am"))
    closed_on = models.DateField(_("z. d. A. am"), null=True, blank=True)
    transfer_end = models.DateField(_("Transferende"), null=True, blank=True)
    retention_end = models.DateField(_("Aufbewahrungsende"), null=True, blank=True)
    narrow_to = ArrayField(
        models.IntegerField(), null=True, blank=True, verbose_name=_("beschränkt auf Gruppen")
    )
    scope = models.ForeignKey(
        AccessScope, models.PROTECT, related_name="+", verbose_name=_("Zugriffsbereich")
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("Vorgang")
        verbose_name_plural = _("Vorgänge")
        indexes = [models.Index(fields=["case_file", "opened_on", "id"], name="matter_case_file")]

    def __str__(self) -> str:
        return self.title


class ExternalKey(models.Model):
    """A foreign key of a specialist system: how connectors and deep links find our objects."""

    system = models.ForeignKey(
        SpecialistSystem, models.PROTECT, related_name="+", verbose_name=_("Fachverfahren")
    )
    mandant = models.CharField(_("Mandant"), max_length=40)
    kind = models.CharField(_("Art"), max_length=10, choices=ExternalKeyKind.choices)
    value = models.CharField(_("Schlüssel"), max_length=200)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="external_keys", verbose_name=_("Akte")
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, related_name="external_keys", verbose_name=_("Vorgang")
    )
    document = models.ForeignKey(
        "records.Document",
        models.PROTECT,
        null=True,
        related_name="external_keys",
        verbose_name=_("Dokument"),
    )

    class Meta:
        verbose_name = _("fremder Schlüssel")
        verbose_name_plural = _("fremde Schlüssel")
        constraints = [
            models.UniqueConstraint(
                fields=["system", "mandant", "kind", "value"], name="external_key_once"
            )
        ]
        indexes = [models.Index(fields=["value"], name="external_key_value")]

    def __str__(self) -> str:
        return f"{self.system_id}/{self.mandant}/{self.kind}/{self.value}"
