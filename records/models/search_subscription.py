"""Which saved searches tell their person by mail that there is something new."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.choices import MailRhythm
from records.models.saved_view import SavedView


class SearchSubscription(models.Model):
    """``counted_document_id``: up to this document the new hits have been told or counted as none,
    on ``counted_on``. Without a row nothing is ever sent."""

    search = models.OneToOneField(
        SavedView,
        models.CASCADE,
        primary_key=True,
        related_name="subscription",
        verbose_name=_("gespeicherte Suche"),
    )
    rhythm = models.CharField(_("Rhythmus"), max_length=12, choices=MailRhythm.choices)
    with_substitutions = models.BooleanField(_("auch aus Vertretungen"), default=False)
    counted_document_id = models.BigIntegerField(_("gezählt bis Dokument"))
    counted_on = models.DateField(_("gezählt am"))

    class Meta:
        verbose_name = _("Benachrichtigung zu einer Suche")
        verbose_name_plural = _("Benachrichtigungen zu Suchen")

    def __str__(self) -> str:
        return str(self.search_id)
