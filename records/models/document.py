"""Documents, immutable versions, their components."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.models import AccessScope
from goettingen_ecm.access.querysets import ScopedQuerySet
from records.choices import ComponentKind, Direction, DocumentStatus
from records.models.blob import Blob
from records.models.case_file import CaseFile, Matter
from records.models.history import history


class DocumentType(models.Model):
    """A kind of document (Antrag, Bescheid …) for forms, lists and search."""

    code = models.SlugField(_("Kürzel"), max_length=60, unique=True)
    name = models.CharField(_("Bezeichnung"), max_length=120)

    class Meta:
        verbose_name = _("Dokumenttyp")
        verbose_name_plural = _("Dokumenttypen")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A document in a matter. Facts of the current version are kept beside it for lists.

    ``sort_date`` = receipt, else letter, else filing date: the partition key of search.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="documents", verbose_name=_("Akte")
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, related_name="documents", verbose_name=_("Vorgang")
    )
    title = models.CharField(_("Betreff"), max_length=500)
    direction = models.CharField(_("Richtung"), max_length=10, choices=Direction.choices)
    document_type = models.ForeignKey(
        DocumentType,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Dokumenttyp"),
    )
    letter_date = models.DateField(_("Schreibendatum"), null=True, blank=True)
    received_on = models.DateField(_("Posteingang"), null=True, blank=True)
    dispatched_on = models.DateField(_("Postausgang"), null=True, blank=True)
    filed_at = models.DateTimeField(_("abgelegt"))
    sort_date = models.DateField(_("Datum"))
    foreign_reference = models.CharField(_("fremdes Zeichen"), max_length=120, blank=True)
    status = models.CharField(
        _("Stand"), max_length=12, choices=DocumentStatus.choices, default=DocumentStatus.VALID
    )
    is_final = models.BooleanField(_("endgültig"), default=False)
    version_number = models.PositiveIntegerField(_("Fassung"), default=1)
    mime_type = models.CharField(_("Dateityp"), max_length=120, blank=True)
    page_count = models.PositiveIntegerField(_("Seiten"), null=True, blank=True)
    problem = models.CharField(_("Auffälligkeit"), max_length=40, blank=True)
    indexed_at = models.DateTimeField(_("durchsuchbar seit"), null=True, blank=True)
    scope = models.ForeignKey(
        AccessScope, models.PROTECT, related_name="+", verbose_name=_("Zugriffsbereich")
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = ScopedQuerySet.as_manager()
    history = history(excluded_fields=["indexed_at", "page_count", "mime_type", "problem"])

    class Meta:
        verbose_name = _("Dokument")
        verbose_name_plural = _("Dokumente")
        indexes = [
            models.Index(fields=["case_file", "-sort_date", "-id"], name="document_case_file"),
            models.Index(fields=["matter", "-sort_date", "-id"], name="document_matter"),
            models.Index(fields=["-sort_date", "-id"], name="document_recent"),
            models.Index(fields=["scope", "-sort_date", "-id"], name="document_scope_recent"),
            models.Index(
                fields=["id"],
                condition=models.Q(indexed_at__isnull=True),
                name="document_not_indexed",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """A Fassung: immutable; ``foreign_version`` makes a repeated delivery recognisable (K1)."""

    document = models.ForeignKey(
        Document, models.PROTECT, related_name="versions", verbose_name=_("Dokument")
    )
    number = models.PositiveIntegerField(_("Fassung"))
    foreign_version = models.CharField(_("Fassung im Fachverfahren"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("angelegt"))
    created_by_id = models.BigIntegerField(_("angelegt von"), null=True)
    created_by_system = models.CharField(_("angelegt durch"), max_length=80, blank=True)
    comment = models.CharField(_("Anmerkung"), max_length=300, blank=True)
    is_draft = models.BooleanField(_("Entwurf"), default=False, db_default=False)
    operation_id = models.BigIntegerField(_("Bedienschritt"), null=True)

    class Meta:
        verbose_name = _("Fassung")
        verbose_name_plural = _("Fassungen")
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["document", "foreign_version"],
                condition=~models.Q(foreign_version=""),
                name="foreign_version_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"


class Component(models.Model):
    """A Bestandteil of a version: main document, attachment, data, rendition or delivered index."""

    version = models.ForeignKey(
        DocumentVersion, models.PROTECT, related_name="components", verbose_name=_("Fassung")
    )
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    kind = models.CharField(_("Art"), max_length=15, choices=ComponentKind.choices)
    blob = models.ForeignKey(
        Blob, models.PROTECT, related_name="components", verbose_name=_("Datei")
    )
    file_name = models.CharField(_("Dateiname"), max_length=255)

    class Meta:
        verbose_name = _("Bestandteil")
        verbose_name_plural = _("Bestandteile")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="component_position_once")
        ]

    def __str__(self) -> str:
        return self.file_name
