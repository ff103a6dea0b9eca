"""That the people of a unit were trained: the one step of a roll-out the system cannot see itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit, User


class UnitTraining(models.Model):
    """A training held for a unit, as somebody in charge has noted it."""

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="trainings", verbose_name=_("Organisationseinheit")
    )
    held_on = models.DateField(_("gehalten am"))
    noted_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("vermerkt von")
    )
    noted_at = models.DateTimeField(_("vermerkt am"))

    class Meta:
        verbose_name = _("Schulung")
        verbose_name_plural = _("Schulungen")
        constraints = [
            models.UniqueConstraint(fields=["unit", "held_on"], name="unit_training_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.held_on:%d.%m.%Y}"
