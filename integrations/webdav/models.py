"""Shares of documents and matters over WebDAV, their locks and dead properties."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models import Document, Matter


class DavShare(models.Model):
    """A Freigabe: one person's secret address of one document or one matter.

    Only a digest of the secret is kept. ``session_mark`` names the login it was made in: it ends
    with that login, at ``until``, or at ``ended_at``, whichever comes first.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    token_digest = models.BinaryField(_("Prüfsumme"), max_length=32, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Person")
    )
    session_mark = models.CharField(_("Anmeldung"), max_length=40, db_index=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", verbose_name=_("Dokument")
    )
    matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, related_name="+", verbose_name=_("Vorgang")
    )
    created_at = models.DateTimeField(_("angelegt"))
    until = models.DateTimeField(_("gilt bis"), db_index=True)
    ended_at = models.DateTimeField(_("beendet"), null=True)

    class Meta:
        verbose_name = _("Freigabe zur Bearbeitung")
        verbose_name_plural = _("Freigaben zur Bearbeitung")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(document__isnull=True) ^ models.Q(matter__isnull=True),
                name="share_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    def is_open(self, moment: datetime) -> bool:
        """Whether its address is answered at ``moment``."""
        return self.ended_at is None and self.until > moment


class DavLock(models.Model):
    """A lock of an editor (RFC 4918 section 6); ``path`` is relative to its share.

    ``document``: the lock is that of a document, by whatever path; ``made_check_out`` says that
    the Bearbeitungssperre was taken for it and ends with it. ``owner`` is the client's own XML.
    """

    token = models.CharField(_("Kennzeichen"), max_length=80, unique=True)
    share = models.ForeignKey(
        DavShare, models.CASCADE, related_name="locks", verbose_name=_("Freigabe")
    )
    path = models.CharField(_("Pfad"), max_length=1000)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", verbose_name=_("Dokument")
    )
    made_check_out = models.BooleanField(_("mit Bearbeitungssperre"), default=False)
    scope = models.CharField(_("Art"), max_length=10)
    depth = models.CharField(_("Tiefe"), max_length=10)
    owner = models.BinaryField(_("Besitzer"), max_length=4000)
    timeout = models.PositiveIntegerField(_("Dauer in Sekunden"))
    expires_at = models.DateTimeField(_("läuft ab"), db_index=True)

    class Meta:
        verbose_name = _("Sperre eines Programms")
        verbose_name_plural = _("Sperren von Programmen")

    def __str__(self) -> str:
        return f"{self.share_id} {self.path}"


class DavProperty(models.Model):
    """A dead property an editor has set (RFC 4918 section 4), as XML; it goes with its share."""

    share = models.ForeignKey(
        DavShare, models.CASCADE, related_name="properties", verbose_name=_("Freigabe")
    )
    path = models.CharField(_("Pfad"), max_length=1000)
    name = models.CharField(_("Name"), max_length=300)
    value = models.TextField(_("Wert"))

    class Meta:
        verbose_name = _("Eigenschaft eines Programms")
        verbose_name_plural = _("Eigenschaften von Programmen")
        constraints = [
            models.UniqueConstraint(fields=["share", "path", "name"], name="dav_property_once")
        ]

    def __str__(self) -> str:
        return f"{self.share_id} {self.path} {self.name}"
