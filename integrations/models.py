"""Deliveries of specialist systems, their items, clearing cases (architecture.md §4, Queue)."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit
from integrations.choices import (
    ClearingReason,
    ClearingState,
    DeliveryState,
    MailOutcome,
    MailSecurity,
    Outcome,
    Stage,
)
from integrations.rest.models import ApiToken
from integrations.webdav.models import DavLock, DavProperty, DavShare
from records.models import Blob, CaseFile, Document, IncomingItem, SpecialistSystem

__all__ = [
    "ApiToken",
    "ClearingCase",
    "DavLock",
    "DavProperty",
    "DavShare",
    "DeliveredFile",
    "Delivery",
    "DeliveryItem",
    "Mailbox",
    "MailboxMessage",
]


class Delivery(models.Model):
    """A Lieferung: an index and its files, received from a drop folder (requirements K1-K5)."""

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    system = models.ForeignKey(
        SpecialistSystem, models.PROTECT, related_name="deliveries", verbose_name=_("Fachverfahren")
    )
    name = models.CharField(_("Ordnername"), max_length=200)
    delivery_key = models.CharField(_("Lieferungsnummer"), max_length=120, blank=True)
    mandant = models.CharField(_("Mandant"), max_length=40, blank=True)
    folder = models.CharField(_("Ordner"), max_length=1000)
    index_sha256 = models.BinaryField(_("Prüfsumme des Index"), max_length=32, null=True)
    state = models.CharField(
        _("Stand"), max_length=12, choices=DeliveryState.choices, default=DeliveryState.RECEIVING
    )
    problem = models.TextField(_("Fehler"), blank=True)
    total = models.PositiveIntegerField(_("gelieferte Einträge"), null=True)
    received_at = models.DateTimeField(_("angekommen"))
    finished_at = models.DateTimeField(_("abgeschlossen"), null=True)
    receipt_written_at = models.DateTimeField(_("Quittung geschrieben"), null=True)
    folder_removed_at = models.DateTimeField(_("Ordner geleert"), null=True)
    lease_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Lieferung")
        verbose_name_plural = _("Lieferungen")
        indexes = [models.Index(fields=["-received_at", "-id"], name="delivery_recent")]
        constraints = [
            models.UniqueConstraint(fields=["system", "folder"], name="delivery_folder_once")
        ]

    def __str__(self) -> str:
        return f"{self.system_id} {self.name}"


class DeliveryItem(models.Model):
    """One entry of a delivery and its way through the stages.

    ``raw`` is the delivered entry until it is filed (then a component holds it); ``files`` lists
    {name, sha256, size, blob, problem} once the bytes are in our store.
    """

    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="items", verbose_name=_("Lieferung")
    )
    position = models.PositiveIntegerField(_("Stelle"))
    message_id = models.CharField(_("Nachricht"), max_length=120, blank=True)
    action = models.CharField(_("Auftrag"), max_length=20, blank=True)
    object_key = models.CharField(_("Objekt im Fachverfahren"), max_length=200, blank=True)
    object_version = models.CharField(_("Fassung im Fachverfahren"), max_length=80, blank=True)
    raw = models.JSONField(_("gelieferter Eintrag"), null=True)
    files = models.JSONField(_("Dateien"), default=list)
    stage = models.CharField(
        _("Schritt"), max_length=10, choices=Stage.choices, default=Stage.RECEIVED
    )
    outcome = models.CharField(
        _("Ergebnis"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN, blank=True
    )
    notice = models.CharField(_("Hinweis"), max_length=500, blank=True)
    assigned = models.JSONField(_("von Hand zugeordnet"), default=dict)
    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, null=True, related_name="+", verbose_name=_("Akte")
    )
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", verbose_name=_("Dokument")
    )
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    crashes = models.PositiveSmallIntegerField(_("Abstürze"), default=0)
    lease_until = models.DateTimeField(null=True, editable=False)
    leased_by = models.CharField(max_length=80, blank=True, editable=False)
    updated_at = models.DateTimeField(_("zuletzt bewegt"))

    class Meta:
        verbose_name = _("Lieferungseintrag")
        verbose_name_plural = _("Lieferungseinträge")
        constraints = [
            models.UniqueConstraint(fields=["delivery", "position"], name="item_position_once")
        ]
        indexes = [
            models.Index(
                fields=["stage", "id"],
                condition=~models.Q(stage="finished"),
                name="item_open_stage",
            ),
            models.Index(
                fields=["object_key", "id"],
                condition=models.Q(stage__in=["received", "checked"]),
                name="item_object_waiting",
            ),
            models.Index(fields=["delivery", "outcome", "position"], name="item_outcome"),
            # Repeated orders without content (metadata, withdrawal) are known by their message.
            models.Index(
                fields=["message_id"],
                condition=models.Q(action__in=["metadaten", "ungueltig"]),
                name="item_order_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id}/{self.position}"


class DeliveredFile(models.Model):
    """Keeps a reference to every stored file of an item, so that nothing delivered is collected."""

    item = models.ForeignKey(
        DeliveryItem, models.CASCADE, related_name="stored_files", verbose_name=_("Eintrag")
    )
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="+", verbose_name=_("Datei"))
    file_name = models.CharField(_("Dateiname"), max_length=255)

    class Meta:
        verbose_name = _("gelieferte Datei")
        verbose_name_plural = _("gelieferte Dateien")

    def __str__(self) -> str:
        return self.file_name


class ClearingCase(models.Model):
    """A Klärungsfall: an item a person must look at; retry, assign by hand or dismiss with reason."""

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    item = models.OneToOneField(
        DeliveryItem, models.CASCADE, related_name="clearing_case", verbose_name=_("Eintrag")
    )
    reason = models.CharField(_("Grund"), max_length=24, choices=ClearingReason.choices)
    explanation = models.TextField(_("Erläuterung"))
    state = models.CharField(
        _("Stand"), max_length=10, choices=ClearingState.choices, default=ClearingState.OPEN
    )
    created_at = models.DateTimeField(_("angelegt"))
    closed_at = models.DateTimeField(_("erledigt"), null=True)
    closed_by_id = models.BigIntegerField(_("erledigt von"), null=True)
    resolution = models.CharField(_("Lösung"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Klärungsfall")
        verbose_name_plural = _("Klärungsfälle")
        indexes = [models.Index(fields=["state", "-created_at", "-id"], name="clearing_open")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}"


THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Mailbox(models.Model):
    """A Postfach whose messages come into a basket; its password stays in the environment.

    ``unit`` is the basket, None the central one; ``done_folder`` and ``held_folder`` are where the
    messages go on the server.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    code = models.SlugField(
        _("Kürzel"),
        max_length=30,
        unique=True,
        help_text=_("Das Kennwort steht in der Umgebung: ECM_MAILBOX_<Kürzel>_PASSWORD."),
    )
    name = models.CharField(_("Bezeichnung"), max_length=120)
    host = models.CharField(_("Server"), max_length=200)
    port = models.PositiveIntegerField(_("Port"), default=993)
    security = models.CharField(
        _("Verbindung"), max_length=10, choices=MailSecurity.choices, default=MailSecurity.TLS
    )
    user_name = models.CharField(_("Benutzer"), max_length=200)
    folder = models.CharField(_("Ordner"), max_length=200, default="INBOX")
    done_folder = models.CharField(
        _("Ordner für Übernommenes"), max_length=200, default="eAkte übernommen"
    )
    held_folder = models.CharField(
        _("Ordner für Zurückgestelltes"), max_length=200, default="eAkte zurückgestellt"
    )
    unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Eingangskorb"),
        help_text=_("Leer: der zentrale Korb der Poststelle."),
    )
    is_active = models.BooleanField(_("wird abgeholt"), default=True)
    checked_at = models.DateTimeField(_("zuletzt abgeholt"), null=True, editable=False)
    problem = models.CharField(_("Fehler"), max_length=500, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("Postfach")
        verbose_name_plural = _("Postfächer")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Passwords and letters travel encrypted, except to this machine."""
        if self.security == MailSecurity.NONE and self.host not in THIS_MACHINE:
            raise ValidationError(
                {"security": _("Unverschlüsselt ist nur auf diesem Rechner möglich.")}
            )
        if len({self.folder, self.done_folder, self.held_folder}) < 3:
            raise ValidationError({"folder": _("Die drei Ordner müssen verschieden sein.")})


class MailboxMessage(models.Model):
    """What became of one message: with them the sum of a mailbox is proven.

    ``uid_validity`` and ``uid`` name it on its server (RFC 9051 2.3.1.1); ``size`` in bytes.
    """

    mailbox = models.ForeignKey(
        Mailbox, models.PROTECT, related_name="messages", verbose_name=_("Postfach")
    )
    uid_validity = models.BigIntegerField(_("UIDVALIDITY"))
    uid = models.BigIntegerField(_("UID"))
    message_id = models.CharField(_("Message-ID"), max_length=300, blank=True)
    size = models.BigIntegerField(_("Größe"))
    outcome = models.CharField(_("Ergebnis"), max_length=12, choices=MailOutcome.choices)
    explanation = models.CharField(_("Hinweis"), max_length=300, blank=True)
    item = models.ForeignKey(
        IncomingItem, models.PROTECT, null=True, related_name="+", verbose_name=_("Eingang")
    )
    handled_at = models.DateTimeField(_("abgeholt am"))

    class Meta:
        verbose_name = _("Nachricht eines Postfachs")
        verbose_name_plural = _("Nachrichten von Postfächern")
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "uid_validity", "uid"], name="mailbox_message_once"
            )
        ]
        indexes = [
            models.Index(fields=["mailbox", "-handled_at", "-id"], name="mailbox_message_recent")
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id} {self.uid}"
