"""Audit tables. All are insert-only for the application; the SQL stands in the migrations.

Ids of people, operations and objects are plain numbers: nothing here holds a foreign key, so
that erasing a file or a person leaves the chain intact.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.audit.choices import AnchorKind, Outcome


class TransactionIdField(models.Field[int, int]):
    """PostgreSQL's 64-bit transaction number (xid8)."""

    description = "xid8"

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)


class AuditEntry(models.Model):
    """Who saw or did what: ids, the action, names of changed fields, digests; never values.

    Partitioned by the UTC month of ``recorded_at``. Written only by ``recording``.
    """

    pk = models.CompositePrimaryKey("id", "recorded_at")
    id = models.BigIntegerField(_("Nummer"))
    txid = TransactionIdField(_("Transaktion"))
    recorded_at = models.DateTimeField(_("Zeitpunkt"))
    action = models.TextField(_("Handlung"))
    actor_id = models.BigIntegerField(_("handelnde Person"), null=True)
    on_behalf_of_id = models.BigIntegerField(_("in Vertretung für"), null=True)
    system = models.TextField(_("System"))
    operation_id = models.BigIntegerField(_("Bedienschritt"), null=True)
    object_type = models.TextField(_("Art des Gegenstands"))
    object_id = models.BigIntegerField(_("Gegenstand"), null=True)
    object_uuid = models.UUIDField(_("Kennung des Gegenstands"), null=True)
    fields = ArrayField(models.TextField(), verbose_name=_("geänderte Felder"))
    digests = models.JSONField(_("Prüfsummen"))
    purpose = models.TextField(_("Zweck"))
    outcome = models.TextField(_("Ergebnis"), choices=Outcome.choices)
    session_digest = models.BinaryField(_("Sitzung"), null=True)
    channel = models.TextField(_("Zugang"))

    class Meta:
        managed = False
        default_permissions = ("view",)
        db_table = "audit_auditentry"
        verbose_name = _("Protokolleintrag")
        verbose_name_plural = _("Protokolleinträge")

    def __str__(self) -> str:
        return f"{self.id} {self.action}"


class AuditSeal(models.Model):
    """One link of the chain: proves an entry's content and its place after the link before.

    ``entry_hash`` and ``chain_mac`` are HMAC-SHA256 under keys derived from AUDIT_KEY.
    """

    seq = models.BigIntegerField(_("Siegelnummer"), primary_key=True)
    entry_id = models.BigIntegerField(_("Eintrag"))
    txid = TransactionIdField(_("Transaktion"))
    sealed_at = models.DateTimeField(_("versiegelt"))
    month = models.DateField(_("Monat des Eintrags"))
    entry_hash = models.BinaryField(_("Prüfsumme des Eintrags"))
    chain_mac = models.BinaryField(_("Prüfsumme der Kette"))

    class Meta:
        managed = False
        default_permissions = ("view",)
        db_table = "audit_auditseal"
        verbose_name = _("Siegel")
        verbose_name_plural = _("Siegel")

    def __str__(self) -> str:
        return str(self.seq)


class AuditAnchor(models.Model):
    """Register of the signed anchors that lie outside PostgreSQL; names a lost anchor file."""

    number = models.BigIntegerField(_("Ankernummer"), primary_key=True)
    written_at = models.DateTimeField(_("geschrieben"))
    kind = models.TextField(_("Art"), choices=AnchorKind.choices)
    sealed = models.BigIntegerField(_("Siegel bis dahin"))
    mac = models.BinaryField(_("Prüfsumme"))

    class Meta:
        managed = False
        default_permissions = ("view",)
        db_table = "audit_auditanchor"
        verbose_name = _("Anker")
        verbose_name_plural = _("Anker")

    def __str__(self) -> str:
        return str(self.number)


class AuditReadMark(models.Model):
    """Remembers that a read was logged in this session-hour; no evidence, pruned after two days."""

    pk = models.CompositePrimaryKey(
        "actor_id", "object_type", "object_id", "session_digest", "hour"
    )
    actor_id = models.BigIntegerField(_("lesende Person"))
    object_type = models.TextField(_("Art des Gegenstands"))
    object_id = models.BigIntegerField(_("Gegenstand"))
    session_digest = models.BinaryField(_("Sitzung"))
    hour = models.DateTimeField(_("Stunde"))

    class Meta:
        managed = False
        default_permissions = ("view",)
        db_table = "audit_auditreadmark"
        verbose_name = _("Lesemerker")
        verbose_name_plural = _("Lesemerker")

    def __str__(self) -> str:
        return f"{self.actor_id} {self.object_type} {self.object_id}"
