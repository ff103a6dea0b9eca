"""How a person wants to see a list: saved views and the columns of the list without a view."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.choices import ListPage


class SavedView(models.Model):
    """Filters, order and columns of a list under a name, as the words of an address.

    The row without a name holds the columns the person sees when no view is chosen. Of a saved
    search ``seen_document_id`` is the newest document there was at the last look.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("Person"))
    page = models.CharField(_("Liste"), max_length=20, choices=ListPage.choices)
    name = models.CharField(_("Name der Ansicht"), max_length=60, blank=True)
    query = models.CharField(_("Adresse"), max_length=1000, blank=True)
    seen_document_id = models.BigIntegerField(_("gesehen bis Dokument"), null=True, editable=False)

    class Meta:
        verbose_name = _("gespeicherte Ansicht")
        verbose_name_plural = _("gespeicherte Ansichten")
        constraints = [
            models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_view_once")
        ]

    def __str__(self) -> str:
        return self.name
