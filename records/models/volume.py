"""Volumes (Bände): a file that has grown too thick is continued in the next one (requirements A1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.case_file import CaseFile


class Volume(models.Model):
    """A case file that continues another; the first volume is the file itself and has no row."""

    case_file = models.OneToOneField(
        CaseFile, models.PROTECT, related_name="volume", verbose_name=_("Akte")
    )
    first = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="further_volumes", verbose_name=_("Band 1")
    )
    number = models.PositiveSmallIntegerField(_("Nummer des Bandes"))

    class Meta:
        verbose_name = _("Band")
        verbose_name_plural = _("Bände")
        constraints = [
            models.UniqueConstraint(fields=["first", "number"], name="volume_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__gte=2) & ~models.Q(case_file=models.F("first")),
                name="volume_continues_another_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} Bd. {self.number}"
