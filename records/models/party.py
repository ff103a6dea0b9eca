"""Parties (Beteiligte) live inside a circle: a name in the Sozial circle is not found outside it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.choices import Circle
from records.choices import PartyKind
from records.models.case_file import CaseFile
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
    row_version = models.PositiveIntegerField(default=1, editable=False)
    history = history()

    class Meta:
        verbose_name = _("Beteiligte")
        verbose_name_plural = _("Beteiligte")
        indexes = [models.Index(fields=["circle", "sort_key", "birth_date"], name="party_circle")]

    def __str__(self) -> str:
        return f"{self.name}, {self.first_name}" if self.first_name else self.name


class Participation(models.Model):
    """In which role a party takes part in a case file."""

    case_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="participations", verbose_name=_("Akte")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, related_name="participations", verbose_name=_("Beteiligte")
    )
    role = models.CharField(_("Rolle"), max_length=80)

    class Meta:
        verbose_name = _("Beteiligung")
        verbose_name_plural = _("Beteiligungen")
        constraints = [
            models.UniqueConstraint(
                fields=["case_file", "party", "role"], name="participation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.role}"
