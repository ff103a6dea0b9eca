"""A person changes the unit on a day: what ends, who takes over, the way back (requirements S1)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import Membership, UnitRole, User
from goettingen_ecm.operations.models import Operation


class StaffMove(models.Model):
    """Old roles, releases and substitutions end before ``first_day``, the new role begins on it.

    Their days are set when the move is planned, so that rights change at midnight whatever runs;
    files, follow-ups and locks are handed over on the day (``carried_out_at``). ``former`` keeps the
    ends that stood there before, by table and id; ``handed_over`` the ids that went to the successor.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="moves", verbose_name=_("Person"))
    unit_role = models.ForeignKey(
        UnitRole, models.PROTECT, related_name="+", verbose_name=_("neue Rolle")
    )
    first_day = models.DateField(_("erster Tag"))
    successor = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("Übergabe an")
    )
    membership = models.ForeignKey(
        Membership, models.SET_NULL, null=True, related_name="+", verbose_name=_("Mitgliedschaft")
    )
    former = models.JSONField(_("frühere Enden"), default=dict)
    handed_over = models.JSONField(_("übergeben"), default=dict)
    operation = models.ForeignKey(
        Operation, models.PROTECT, null=True, related_name="+", verbose_name=_("Bedienschritt")
    )
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("geplant von")
    )
    created_at = models.DateTimeField(_("geplant am"))
    carried_out_at = models.DateTimeField(_("übergeben am"), null=True)
    withdrawn_at = models.DateTimeField(_("zurückgenommen am"), null=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("zurückgenommen von")
    )

    class Meta:
        verbose_name = _("Umsetzung")
        verbose_name_plural = _("Umsetzungen")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(carried_out_at=None, withdrawn_at=None),
                name="staff_move_one_planned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["first_day"],
                condition=models.Q(carried_out_at=None, withdrawn_at=None),
                name="staff_move_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.unit_role}"
