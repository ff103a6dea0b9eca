"""What an editor has saved while its document is still open: one Arbeitsstand per document."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.blob import Blob
from records.models.document import Document


class WorkingCopy(models.Model):
    """The newest saved state of a document in work; it becomes one Fassung when the work ends.

    ``base_number`` is the Fassung the editor was given. ``problem`` says why the state could not
    become a Fassung yet (rights gone, file closed); it is tried again after ``retry_after``.
    """

    document = models.OneToOneField(
        Document,
        models.PROTECT,
        primary_key=True,
        related_name="working_copy",
        verbose_name=_("Dokument"),
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("in Bearbeitung durch"),
    )
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+", verbose_name=_("Datei"))
    base_number = models.PositiveIntegerField(_("Grundlage"))
    saved_at = models.DateTimeField(_("gespeichert am"))
    problem = models.CharField(_("Hindernis"), max_length=300, blank=True)
    retry_after = models.DateTimeField(_("erneut ab"), null=True)

    class Meta:
        verbose_name = _("Arbeitsstand")
        verbose_name_plural = _("Arbeitsstände")

    def __str__(self) -> str:
        return f"{self.document_id} {self.holder_id}"
