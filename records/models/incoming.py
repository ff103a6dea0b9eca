"""What came in and waits in a basket (Eingangskorb) until it is filed (requirements E1, E2)."""

import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit
from records.choices import (
    ComponentKind,
    IncomingChannel,
    IncomingState,
    IncomingStepKind,
)
from records.models.blob import Blob
from records.models.document import Document
from records.models.history import history

BASKET_ROLES = (Role.CLERK, Role.HEAD, Role.SECRETARIAT, Role.REGISTRY, Role.MAILROOM)
"""Who works in the basket of the own unit."""


class IncomingItemQuerySet(models.QuerySet["IncomingItem"]):
    """Items as people see them: by the basket they lie in now."""

    def visible_to(self, user: Person) -> Self:
        """Baskets of the person's units; the central one for the Poststelle.

        A unit of a protected circle shows its basket only to people of that circle. What was filed
        is seen only with its document: a protected file and a Fehlablage hide both.
        """
        rights = rights_of(user)
        units = {unit for role, unit in rights.roles if role in BASKET_ROLES}
        own = Q(unit__in=units, unit__circles__contained_by=sorted(rights.circles))
        central = Q(unit=None) if rights.has_role(Role.MAILROOM) else Q(pk__in=())
        filed = Q(document__scope__any_of=rights.scope_ids)
        return self.filter(own | central).filter(Q(document=None) | filed)

    def waiting(self) -> Self:
        """Those that somebody still has to file."""
        return self.filter(state=IncomingState.OPEN)


class IncomingItem(models.Model):
    """An Eingang. The stamp (when, how, where and what came in) never changes: a trigger says no.

    ``unit`` is the basket it lies in, None the central one of the Poststelle. ``channel_key`` is the
    channel's own id (Message-ID), ``refers_to`` those of the messages it answers, ``digest`` the SHA-256 of what was delivered (of several files:
    of their hashes one behind the other); ``first_page`` holds what was printed on page 1.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    received_at = models.DateTimeField(_("eingegangen"))
    channel = models.CharField(_("Weg"), max_length=10, choices=IncomingChannel.choices)
    channel_key = models.CharField(_("Kennung des Wegs"), max_length=300, blank=True)
    digest = models.BinaryField(_("Prüfsumme"), max_length=32)
    refers_to = ArrayField(
        models.CharField(max_length=300), default=list, verbose_name=_("antwortet auf")
    )
    received_in = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, related_name="+", verbose_name=_("eingegangen bei")
    )
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, related_name="incoming", verbose_name=_("Korb")
    )
    sender = models.CharField(_("Absender"), max_length=300, blank=True)
    subject = models.CharField(_("Betreff"), max_length=500)
    first_page = models.TextField(_("Text der ersten Seite"), blank=True)
    state = models.CharField(
        _("Stand"), max_length=10, choices=IncomingState.choices, default=IncomingState.OPEN
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("zugewiesen an"),
    )
    document = models.OneToOneField(
        Document,
        models.PROTECT,
        null=True,
        related_name="incoming_item",
        verbose_name=_("abgelegt als"),
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = IncomingItemQuerySet.as_manager()
    history = history(excluded_fields=["first_page", "refers_to"])

    class Meta:
        verbose_name = _("Eingang")
        verbose_name_plural = _("Eingänge")
        constraints = [
            models.UniqueConstraint(
                fields=["received_in", "channel", "channel_key", "digest"],
                name="incoming_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(state=IncomingState.FILED, document__isnull=False)
                | (~Q(state=IncomingState.FILED) & Q(document=None)),
                name="incoming_filed_has_document",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "received_at", "id"],
                condition=Q(state="offen"),
                name="incoming_waiting",
            ),
            models.Index(fields=["digest"], name="incoming_digest"),
            models.Index(
                fields=["channel_key"], condition=~Q(channel_key=""), name="incoming_channel_key"
            ),
            GinIndex(fields=["refers_to"], name="incoming_refers_to"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def digest_text(self) -> str:
        """As people compare it."""
        return bytes(self.digest).hex()


class IncomingFile(models.Model):
    """One file of an Eingang exactly as delivered; ``refusal`` says what speaks against opening it."""

    item = models.ForeignKey(
        IncomingItem, models.PROTECT, related_name="files", verbose_name=_("Eingang")
    )
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    kind = models.CharField(_("Art"), max_length=15, choices=ComponentKind.choices)
    blob = models.ForeignKey(
        Blob, models.PROTECT, related_name="incoming_files", verbose_name=_("Datei")
    )
    file_name = models.CharField(_("Dateiname"), max_length=255)
    refusal = models.CharField(_("Warnung"), max_length=300, blank=True)

    objects = models.Manager()

    class Meta:
        verbose_name = _("Datei eines Eingangs")
        verbose_name_plural = _("Dateien von Eingängen")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="incoming_file_once")
        ]

    def __str__(self) -> str:
        return self.file_name


class IncomingStep(models.Model):
    """What happened to an Eingang: which basket it left, which it came to, why; never changed."""

    item = models.ForeignKey(
        IncomingItem, models.PROTECT, related_name="steps", verbose_name=_("Eingang")
    )
    kind = models.CharField(_("Schritt"), max_length=12, choices=IncomingStepKind.choices)
    source = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, related_name="+", verbose_name=_("aus Korb")
    )
    target = models.ForeignKey(
        OrgUnit, models.PROTECT, null=True, related_name="+", verbose_name=_("in Korb")
    )
    reason = models.CharField(_("Grund"), max_length=300, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("durch"),
    )
    happened_at = models.DateTimeField(_("am"))
    operation_id = models.BigIntegerField(_("Bedienschritt"), db_index=True)

    objects = models.Manager()

    class Meta:
        verbose_name = _("Schritt eines Eingangs")
        verbose_name_plural = _("Schritte von Eingängen")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind}"
