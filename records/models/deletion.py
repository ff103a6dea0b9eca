"""Löschvorschläge: one person proposes, another decides (requirements W11); the proof that stays."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.choices import DeletionDecision, DeletionGround
from records.models.document import Document


class DeletionProposal(models.Model):
    """A document somebody wants gone, and what became of that; never removed itself.

    After the deletion it is the tombstone: who, when, on what ground, how much; no title, no
    content. ``proposed_for``: whom the proposer stood in for, who may not decide either.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(
        Document, models.PROTECT, related_name="deletions", verbose_name=_("Dokument")
    )
    ground = models.CharField(_("Rechtsgrund"), max_length=16, choices=DeletionGround.choices)
    reason = models.CharField(_("Begründung"), max_length=300)
    proposed_at = models.DateTimeField(_("vorgeschlagen am"))
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("vorgeschlagen von")
    )
    proposed_for = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("vorgeschlagen in Vertretung von"),
    )
    decision = models.CharField(
        _("Entscheidung"), max_length=16, choices=DeletionDecision.choices, blank=True
    )
    decision_reason = models.CharField(_("Begründung der Entscheidung"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("entschieden am"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entschieden von"),
    )
    retention_checked = models.BooleanField(
        _("Aufbewahrungspflicht geprüft"), default=False, db_default=False
    )
    files_removed = models.PositiveIntegerField(_("gelöschte Dateien"), null=True, blank=True)

    objects = models.Manager()

    class Meta:
        verbose_name = _("Löschvorschlag")
        verbose_name_plural = _("Löschvorschläge")
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="deletion_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["document"], condition=Q(decided_at=None), name="deletion_open_once"
            ),
            models.CheckConstraint(
                condition=~Q(decision=DeletionDecision.DELETED)
                | ~Q(decided_by=models.F("proposed_by")) & Q(retention_checked=True),
                name="deletion_by_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.ground}"
