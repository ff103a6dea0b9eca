"""Identical copies of documents: which document was made from which (requirements A10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Document


class DocumentCopy(models.Model):
    """``copy`` began with the files of one version of ``origin``; from then on each lives alone."""

    copy = models.OneToOneField(
        Document, models.PROTECT, related_name="copied_from", verbose_name=_("Kopie")
    )
    origin = models.ForeignKey(
        Document, models.PROTECT, related_name="copies", verbose_name=_("Original")
    )
    origin_version = models.PositiveIntegerField(_("Fassung des Originals"))
    operation_id = models.BigIntegerField(_("Bedienschritt"), db_index=True)

    objects = models.Manager()

    class Meta:
        verbose_name = _("Kopie eines Dokuments")
        verbose_name_plural = _("Kopien von Dokumenten")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(copy=models.F("origin")), name="copy_of_another"
            )
        ]

    def __str__(self) -> str:
        return f"{self.origin_id} → {self.copy_id}"
