"""What the desk keeps of a person: what news they read, what they told us about a page."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User


class NewsRead(models.Model):
    """Up to which news a person has read "Was ist neu"."""

    user = models.OneToOneField(User, models.CASCADE, verbose_name=_("Person"))
    heading = models.CharField(_("gelesene Neuigkeit"), max_length=200)

    class Meta:
        verbose_name = _("gelesene Neuigkeit")
        verbose_name_plural = _("gelesene Neuigkeiten")

    def __str__(self) -> str:
        return self.heading


class Feedback(models.Model):
    """What a person says about a page; read by the Fachadministration."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("Person"))
    page = models.CharField(_("Seite"), max_length=60, blank=True)
    text = models.TextField(_("Rückmeldung"), max_length=4000)
    created_at = models.DateTimeField(_("eingegangen"))
    answered = models.BooleanField(_("bearbeitet"), default=False)

    class Meta:
        verbose_name = _("Rückmeldung")
        verbose_name_plural = _("Rückmeldungen")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.text[:60]
