"""Akteneinsicht: who looks into a file, on which ground, what is shown and what is held back."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.choices import InspectionState
from records.models.blob import Blob
from records.models.case_file import CaseFile
from records.models.document import Document
from records.models.party import Party


class InspectionBasis(models.Model):
    """A legal ground as an office has released it: an Anhaltspunkt with source, never advice."""

    name = models.CharField(_("Vorschrift"), max_length=120, unique=True)
    hint = models.CharField(_("Anhaltspunkt"), max_length=400, blank=True)
    source = models.CharField(_("Quelle"), max_length=300)
    as_of = models.DateField(_("Stand"))
    released_by = models.CharField(_("freigegeben durch"), max_length=120)
    released_on = models.DateField(_("freigegeben am"))
    valid_until = models.DateField(_("anzubieten bis"), null=True, blank=True)

    class Meta:
        verbose_name = _("Grundlage der Akteneinsicht")
        verbose_name_plural = _("Grundlagen der Akteneinsicht")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Inspection(models.Model):
    """One request to see a file and the PDF made for it.

    ``ground`` is the wording at the time of the request; ``requester`` is who asks, also when
    ``party`` says which Beteiligte that is.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="inspections", verbose_name=_("Akte")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, related_name="+", verbose_name=_("Beteiligte")
    )
    requester = models.CharField(_("Wer Einsicht verlangt"), max_length=200)
    basis = models.ForeignKey(
        InspectionBasis, models.PROTECT, null=True, related_name="+", verbose_name=_("Vorschrift")
    )
    ground = models.CharField(_("Grundlage"), max_length=200)
    requested_on = models.DateField(_("beantragt am"))
    due_on = models.DateField(_("Einsicht bis"), null=True)
    fee_note = models.CharField(_("Vermerk zu Kosten"), max_length=300, blank=True)
    state = models.CharField(
        _("Stand"),
        max_length=10,
        choices=InspectionState.choices,
        default=InspectionState.WAITING,
    )
    problem = models.CharField(_("Hindernis"), max_length=300, blank=True)
    pdf = models.ForeignKey(
        Blob, models.PROTECT, null=True, related_name="+", verbose_name=_("Einsichts-PDF")
    )
    page_count = models.PositiveIntegerField(_("Blätter"), null=True)
    made_at = models.DateTimeField(_("erstellt am"), null=True)
    granted_on = models.DateField(_("Einsicht gewährt am"), null=True)
    granted_to = models.CharField(_("Einsicht gewährt an"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("angelegt"))
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("angelegt von")
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager()

    class Meta:
        verbose_name = _("Akteneinsicht")
        verbose_name_plural = _("Akteneinsichten")
        indexes = [
            models.Index(fields=["case_file", "-created_at", "-id"], name="inspection_of_file"),
            models.Index(
                fields=["due_on", "id"],
                condition=models.Q(granted_on__isnull=True),
                name="inspection_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_file_id}: {self.ground}"


class InspectionDocument(models.Model):
    """A document of the request in the version of that moment: shown, or held back and why.

    ``first_page`` counts Blätter from 1; ``gaps`` names the parts a placeholder stands for.
    """

    inspection = models.ForeignKey(
        Inspection, models.CASCADE, related_name="documents", verbose_name=_("Akteneinsicht")
    )
    position = models.PositiveIntegerField(_("Reihenfolge"))
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="+", verbose_name=_("Dokument")
    )
    version_number = models.PositiveIntegerField(_("Fassung"))
    withheld = models.BooleanField(_("zurückgehalten"), default=False)
    reason = models.CharField(_("Grund"), max_length=200, blank=True)
    first_page = models.PositiveIntegerField(_("ab Blatt"), null=True)
    page_count = models.PositiveIntegerField(_("Blätter"), null=True)
    gaps = models.JSONField(_("nicht darstellbar"), default=list)

    class Meta:
        verbose_name = _("Dokument einer Akteneinsicht")
        verbose_name_plural = _("Dokumente einer Akteneinsicht")
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "document"], name="inspection_document_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id}/{self.position}"
