"""Who has asked for the paper part of a file, who has it, and until when (Ausleihe)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.models.case_file import CaseFile
from records.models.history import history

OUT = models.Q(handed_out_at__isnull=False, ended_at=None)
WAITING = models.Q(handed_out_at=None, ended_at=None)


class PaperLoan(models.Model):
    """A request and the loan it became; ended by the return, or by taking the request back.

    Ended ones stay as evidence of where the paper was.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="paper_loans", verbose_name=_("Akte")
    )
    borrower = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("angefordert von")
    )
    purpose = models.CharField(_("Zweck"), max_length=200, blank=True)
    requested_at = models.DateTimeField(_("angefordert am"))
    handed_out_at = models.DateTimeField(_("ausgegeben am"), null=True, blank=True)
    handed_out_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ausgegeben von"),
    )
    due_on = models.DateField(_("zurück bis"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("erinnert am"), null=True, blank=True)
    ended_at = models.DateTimeField(_("zurück am"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("zurückgenommen von"),
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager()
    history = history()

    class Meta:
        verbose_name = _("Ausleihe des Papierteils")
        verbose_name_plural = _("Ausleihen von Papierteilen")
        constraints = [
            models.UniqueConstraint(fields=["case_file"], condition=OUT, name="paper_out_once"),
            models.UniqueConstraint(
                fields=["case_file", "borrower"], condition=WAITING, name="paper_asked_once"
            ),
            models.CheckConstraint(
                condition=models.Q(handed_out_at=None, handed_out_by=None, due_on=None)
                | models.Q(
                    handed_out_at__isnull=False,
                    handed_out_by__isnull=False,
                    due_on__isnull=False,
                ),
                name="paper_handed_out_with_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=models.Q(ended_at=None), name="paper_loan_due"
            ),
            models.Index(fields=["case_file", "requested_at"], name="paper_loan_file"),
        ]

    def __str__(self) -> str:
        return f"{self.case_file_id}: {self.borrower_id}"
