"""Numbers a file has borne before: found and opened by them for life (requirements A6, A9)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.case_file import CaseFile


class FormerNumber(models.Model):
    """An aktenzeichen that leads to the file it belonged to; never given to another file."""

    number = models.CharField(_("Aktenzeichen"), max_length=120, unique=True)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="former_numbers", verbose_name=_("Akte")
    )
    replaced_at = models.DateTimeField(_("ersetzt am"))

    class Meta:
        verbose_name = _("früheres Aktenzeichen")
        verbose_name_plural = _("frühere Aktenzeichen")

    def __str__(self) -> str:
        return self.number
