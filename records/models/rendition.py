"""Darstellungen: a PDF made from an Office file, once for each content (requirement Q3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.choices import RenditionState
from records.models.blob import Blob


class Rendition(models.Model):
    """The PDF of an Office file, or what became of the attempt to make it; also the work queue.

    A worker takes a waiting row by moving ``due_at`` ahead and counting ``attempts``, so that a
    killed worker's row comes back. The source is never changed.
    """

    source = models.OneToOneField(
        Blob,
        models.CASCADE,
        primary_key=True,
        related_name="rendition",
        verbose_name=_("Original"),
    )
    pdf = models.ForeignKey(
        Blob, models.PROTECT, null=True, related_name="+", verbose_name=_("Darstellung")
    )
    state = models.CharField(
        _("Stand"), max_length=10, choices=RenditionState.choices, default=RenditionState.WAITING
    )
    problem = models.CharField(_("Auffälligkeit"), max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    due_at = models.DateTimeField(_("fällig"))
    made_at = models.DateTimeField(_("erzeugt"), null=True)

    class Meta:
        verbose_name = _("Darstellung")
        verbose_name_plural = _("Darstellungen")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state=RenditionState.WAITING),
                name="rendition_waiting",
            )
        ]

    def __str__(self) -> str:
        return str(self.source_id)
