"""The words "Meinten Sie" may offer: frequent words of the archive, no names."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SearchWord(models.Model):
    """A word as it is mostly written. The whole table is made anew by each count, so it holds
    nothing that is not in today's documents; ``documents`` and ``units`` are those of the sample."""

    folded = models.CharField(_("Suchform"), max_length=60, unique=True)
    word = models.CharField(_("Wort"), max_length=60)
    documents = models.PositiveIntegerField(_("Dokumente"))
    units = models.PositiveIntegerField(_("Einheiten"))
    counted_at = models.DateTimeField(_("gezählt am"))

    class Meta:
        verbose_name = _("häufiges Wort")
        verbose_name_plural = _("häufige Wörter")

    def __str__(self) -> str:
        return self.word
