"""Break-glass (Notzugriff) and the yearly review of rights (requirements S3)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit, User
from records.models.case_file import CaseFile


class EmergencyAccess(models.Model):
    """Somebody opened a file of the own office without a right, for a time and with a reason.

    The sight itself is an ordinary release of the file (``CaseFileUserGrant``); this row is what
    data protection and the unit's head look at.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="emergency_accesses", verbose_name=_("Akte")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("Person"))
    reason = models.CharField(_("Begründung"), max_length=500)
    granted_at = models.DateTimeField(_("eröffnet"))
    valid_until = models.DateTimeField(_("gültig bis"))
    ended_at = models.DateTimeField(_("beendet"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("geprüft am"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("geprüft von"),
    )

    class Meta:
        verbose_name = _("Notzugriff")
        verbose_name_plural = _("Notzugriffe")
        indexes = [
            models.Index(fields=["-granted_at", "-id"], name="emergency_newest"),
            models.Index(
                fields=["valid_until"],
                condition=models.Q(ended_at__isnull=True),
                name="emergency_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_file_id}: {self.user_id}"


class RightsReview(models.Model):
    """One look at the releases of a unit's files: who looked, when, how many stayed and went."""

    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        related_name="rights_reviews",
        verbose_name=_("Organisationseinheit"),
    )
    reviewed_at = models.DateTimeField(_("geprüft am"))
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("geprüft von")
    )
    kept = models.PositiveIntegerField(_("bestätigt"), default=0)
    withdrawn = models.PositiveIntegerField(_("beendet"), default=0)

    class Meta:
        verbose_name = _("Rechteprüfung")
        verbose_name_plural = _("Rechteprüfungen")
        indexes = [models.Index(fields=["unit", "-reviewed_at"], name="rights_review_unit")]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.reviewed_at:%d.%m.%Y}"
