"""Fehlablagen: documents that lie in the wrong place and are shown to nobody until decided."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.choices import DocumentStatus, MisfilingDecision, MisfilingReason
from records.models.case_file import CaseFile
from records.models.document import Document


class Misfiling(models.Model):
    """Somebody marked a document as filed in the wrong place; data protection decides.

    ``note`` may say what kind of data it is: it is read by data protection and the
    Fachadministration only and stands in no history and no audit entry.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="misfilings", verbose_name=_("Dokument")
    )
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="+", verbose_name=_("gefunden in Akte")
    )
    reason = models.CharField(_("Grund"), max_length=20, choices=MisfilingReason.choices)
    note = models.CharField(_("Anmerkung"), max_length=200, blank=True)
    former_status = models.CharField(
        _("Stand davor"), max_length=12, choices=DocumentStatus.choices
    )
    marked_at = models.DateTimeField(_("gekennzeichnet am"))
    marked_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("gekennzeichnet von")
    )
    decision = models.CharField(
        _("Entscheidung"), max_length=20, choices=MisfilingDecision.choices, blank=True
    )
    decision_reason = models.CharField(_("Begründung"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("entschieden am"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entschieden von"),
    )

    objects = models.Manager()

    class Meta:
        verbose_name = _("Fehlablage")
        verbose_name_plural = _("Fehlablagen")
        indexes = [models.Index(fields=["-marked_at", "-id"], name="misfiling_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["document"],
                condition=models.Q(decided_at__isnull=True),
                name="misfiling_open_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.reason}"
