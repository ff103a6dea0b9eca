"""Deliveries of specialist systems, their items, clearing cases (architecture.md §4, Queue)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.choices import ClearingReason, ClearingState, DeliveryState, Outcome, Stage
from records.models import Blob, CaseFile, Document, SpecialistSystem


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
