"""Files by content: original bytes that never change."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.choices import BlobState, BlobStorage, TextState


class Blob(models.Model):
    """One content, one row: SHA-256 (32 bytes), size in bytes, and what was found out about it.

    ``database`` storage is for small machine data (delivered indexes): one row is cheaper than a
    file with fsync.
    """

    sha256 = models.BinaryField(_("Prüfsumme"), max_length=32, unique=True)
    size = models.BigIntegerField(_("Größe in Bytes"))
    storage = models.CharField(
        _("Ablageort"), max_length=10, choices=BlobStorage.choices, default=BlobStorage.FILES
    )
    state = models.CharField(
        _("Stand"), max_length=10, choices=BlobState.choices, default=BlobState.STORED
    )
    mime_type = models.CharField(_("Dateityp"), max_length=120, blank=True)
    page_count = models.PositiveIntegerField(_("Seiten"), null=True)
    problem = models.CharField(_("Auffälligkeit"), max_length=40, blank=True)
    text_state = models.CharField(
        _("Text"), max_length=10, choices=TextState.choices, default=TextState.PENDING
    )
    created_at = models.DateTimeField(_("gespeichert"))

    class Meta:
        verbose_name = _("Datei")
        verbose_name_plural = _("Dateien")

    def __str__(self) -> str:
        return bytes(self.sha256).hex()[:12]


class BlobContent(models.Model):
    """The bytes of a blob with ``database`` storage."""

    blob = models.OneToOneField(
        Blob, models.CASCADE, primary_key=True, related_name="content", verbose_name=_("Datei")
    )
    data = models.BinaryField(_("Inhalt"))

    class Meta:
        verbose_name = _("Dateiinhalt")
        verbose_name_plural = _("Dateiinhalte")

    def __str__(self) -> str:
        return str(self.blob_id)
