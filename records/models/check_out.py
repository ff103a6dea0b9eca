"""The Bearbeitungssperre: who works on a document, until when (requirement W8)."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.document import Document


class CheckOut(models.Model):
    """At most one per document; the row goes when the lock is given back.

    An expired one blocks nobody (``is_in_force``) and is replaced by the next. What happened is
    told by the audit, what was saved by the versions.
    """

    document = models.OneToOneField(
        Document,
        models.PROTECT,
        primary_key=True,
        related_name="check_out",
        verbose_name=_("Dokument"),
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="check_outs",
        verbose_name=_("in Bearbeitung durch"),
    )
    since = models.DateTimeField(_("seit"))
    until = models.DateTimeField(_("bis"))
    version_number = models.PositiveIntegerField(_("entnommene Fassung"))
    release_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Freigabe erbeten von"),
    )
    release_asked_at = models.DateTimeField(_("Freigabe erbeten am"), null=True)
    taken_from = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("übernommen von"),
    )

    class Meta:
        verbose_name = _("Bearbeitungssperre")
        verbose_name_plural = _("Bearbeitungssperren")

    def __str__(self) -> str:
        return f"{self.document_id} {self.holder_id}"

    def is_in_force(self, moment: datetime) -> bool:
        """Whether others may not change the document at ``moment``."""
        return self.until > moment
