"""Words of the municipality that say how compounds are taken apart."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.operations.models import Job, Operation
from records.choices import CompoundRule


class CompoundWord(models.Model):
    """One rule of the word list. A rule ends by ``is_active``; its word never changes.

    ``followed_at``: the documents follow the rule as it stood then (``changed_at`` of that moment);
    ``job`` analyses or has analysed them anew.
    """

    word = models.CharField(_("Wort"), max_length=40)
    folded = models.CharField(_("Suchform"), max_length=40, unique=True, editable=False)
    rule = models.CharField(_("Regel"), max_length=12, choices=CompoundRule.choices)
    is_active = models.BooleanField(_("gilt"), default=True)
    changed_at = models.DateTimeField(_("geändert am"), editable=False)
    followed_at = models.DateTimeField(_("Stand der Dokumente"), null=True, editable=False)
    operation = models.ForeignKey(
        Operation,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("letzte Änderung"),
    )
    job = models.ForeignKey(
        Job,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("Neuanalyse"),
    )

    class Meta:
        verbose_name = _("Wort der Wortliste")
        verbose_name_plural = _("Wortliste der Suche")
        ordering = ["folded"]

    def __str__(self) -> str:
        return self.word
