"""Löschsperren: what must not be destroyed for now, and why (requirements R6)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.choices import HoldKind
from records.models.case_file import CaseFile, Matter
from records.models.history import history


class Hold(models.Model):
    """Stops every timer-driven step for a file, or for one matter and with it its file.

    Lifted ones stay as evidence; several may stand beside each other.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="holds", verbose_name=_("Akte")
    )
    matter = models.ForeignKey(
        Matter,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="holds",
        verbose_name=_("Vorgang"),
    )
    kind = models.CharField(_("Anlass"), max_length=16, choices=HoldKind.choices)
    reason = models.CharField(_("Grund"), max_length=500)
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("verantwortlich")
    )
    review_on = models.DateField(_("zu überprüfen am"))
    placed_at = models.DateTimeField(_("gesetzt am"))
    placed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("gesetzt von")
    )
    lifted_at = models.DateTimeField(_("aufgehoben am"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("aufgehoben von"),
    )
    lift_reason = models.CharField(_("Grund der Aufhebung"), max_length=500, blank=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager()
    history = history()

    class Meta:
        verbose_name = _("Löschsperre")
        verbose_name_plural = _("Löschsperren")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None, lift_reason="")
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False)
                & ~models.Q(lift_reason=""),
                name="hold_lifted_with_reason",
            )
        ]
        indexes = [
            models.Index(
                fields=["case_file"], condition=models.Q(lifted_at=None), name="hold_standing"
            ),
            models.Index(
                fields=["owner", "review_on"],
                condition=models.Q(lifted_at=None),
                name="hold_due_for_review",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reason}"
