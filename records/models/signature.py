"""What the check of a file's electronic signatures found (requirements S6)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.choices import SignatureState
from records.models.blob import Blob


class SignatureReport(models.Model):
    """One report per content: it holds for every document, mail or Eingang with these bytes.

    ``signatures`` is a list of findings (records.content.signatures.Finding as JSON). The row
    goes with its blob: a deleted document's signers are not known any more.
    """

    blob = models.OneToOneField(
        Blob,
        models.CASCADE,
        primary_key=True,
        related_name="signature_report",
        verbose_name=_("Datei"),
    )
    state = models.CharField(
        _("Stand"),
        max_length=10,
        choices=SignatureState.choices,
        default=SignatureState.WAITING,
    )
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    due_at = models.DateTimeField(_("fällig"))
    checked_at = models.DateTimeField(_("geprüft am"), null=True)
    problem = models.CharField(_("Auffälligkeit"), max_length=200, blank=True)
    signatures = models.JSONField(_("Unterschriften"), default=list)

    class Meta:
        verbose_name = _("Signaturprüfung")
        verbose_name_plural = _("Signaturprüfungen")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(state=SignatureState.WAITING),
                name="signature_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.blob_id} {self.state}"
