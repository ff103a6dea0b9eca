"""Parties (Beteiligte) live inside a circle: a name in the Sozial circle is not found outside it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.choices import Circle
from records.choices import PartyKind
from records.models.case_file import CaseFile, Matter
from records.models.history import history


class Party(models.Model):
    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    circle = models.CharField(
        _("Berechtigungskreis"), max_length=10, choices=Circle.choices, blank=True
    )
    kind = models.CharField(
        _("Art"), max_length=15, choices=PartyKind.choices, default=PartyKind.PERSON
    )
    name = models.CharField(_("Name"), max_length=200)
    first_name = models.CharField(_("Vorname"), max_length=150, blank=True)
    birth_date = models.DateField(_("Geburtsdatum"), null=True, blank=True)
    address = models.CharField(_("Anschrift"), max_length=300, blank=True)
    sort_key = models.CharField(_("Sortierschlüssel"), max_length=200, editable=False)
    # How its names sound, each with its circle before it: ``sozial:67``.
    sound_keys = ArrayField(
        models.CharField(max_length=80), default=list, editable=False, verbose_name=_("Klang")
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="merged",
        verbose_name=_("zusammengeführt mit"),
    )
    row_version = models.PositiveIntegerField(default=1, editable=False)
    history = history(excluded_fields=["sound_keys"])

    class Meta:
        verbose_name = _("Beteiligte")
        verbose_name_plural = _("Beteiligte")
        indexes = [
            models.Index(fields=["circle", "sort_key", "birth_date"], name="party_circle"),
            models.Index(
                fields=["circle", "sort_key"],
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops"],
                name="party_name_begins",
            ),
            models.Index(fields=["circle", "birth_date"], name="party_born"),
            GinIndex(fields=["sound_keys"], name="party_sounds"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.first_name}" if self.first_name else self.name


class Participation(models.Model):
    """In which role a party takes part in a case file, or in one matter of it.

    Ended ones stay; ``removed_at`` takes back what was entered by mistake: shown nowhere, kept so
    that the next delivery does not bring it back.
    """

    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="participations", verbose_name=_("Akte")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, related_name="participations", verbose_name=_("Beteiligte")
    )
    role = models.CharField(_("Rolle"), max_length=80)
    matter = models.ForeignKey(
        Matter,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participations",
        verbose_name=_("Vorgang"),
    )
    since = models.DateField(_("beteiligt seit"), null=True, blank=True)
    until = models.DateField(_("beteiligt bis"), null=True, blank=True)
    removed_at = models.DateTimeField(_("herausgenommen am"), null=True, editable=False)
    row_version = models.PositiveIntegerField(default=1, editable=False)
    history = history()

    class Meta:
        verbose_name = _("Beteiligung")
        verbose_name_plural = _("Beteiligungen")
        constraints = [
            models.UniqueConstraint(
                fields=["case_file", "party", "role", "matter"],
                nulls_distinct=False,
                name="participation_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.role}"
