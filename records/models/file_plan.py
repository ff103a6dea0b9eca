"""File plan versions, entries with inherited defaults, number counters."""

import re
import uuid
from collections.abc import Collection
from string import Formatter
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.accounts.models import OrgUnit, TreeNode, din5007_key
from records.choices import Confidentiality, DispositionType, RetentionStart
from records.models.history import history


def check_scheme(scheme: str, *, known: Collection[str], required: Collection[str]) -> None:
    """Refuse a number scheme that could give one number twice or that cannot be filled in.

    Raises ValidationError with the reason in German.
    """
    try:
        names = {name for _text, name, _format, _conversion in Formatter().parse(scheme) if name}
        scheme.format(**dict.fromkeys(known, 1))
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise ValidationError(
            _("Das Schema „%(scheme)s“ enthält eine unbekannte Angabe. Möglich sind: %(known)s."),
            params={"scheme": scheme, "known": ", ".join(sorted(known))},
        ) from error
    if missing := set(required) - names:
        raise ValidationError(
            _("Ohne %(missing)s wäre eine Nummer nicht eindeutig."),
            params={"missing": ", ".join(f"{{{name}}}" for name in sorted(missing))},
        )


def check_number_scheme(scheme: str) -> None:
    """Counters run per entry and year, so both must stand in the number."""
    check_scheme(
        scheme,
        known=("entry", "number", "year", "unit"),
        required=("entry", "number", "year"),
    )


def check_case_scheme(scheme: str) -> None:
    """Fallakten are led by their foreign key."""
    check_scheme(scheme, known=("entry", "key"), required=("entry", "key"))


class FilePlan(models.Model):
    """One version of the plan with its validity and its number schemes (requirements A3, A6).

    ``number_scheme`` knows {entry}, {number}, {year}, {unit}; ``case_scheme`` {entry} and {key}.
    """

    code = models.CharField(_("Kurzbezeichnung"), max_length=30, unique=True)
    title = models.CharField(_("Bezeichnung"), max_length=200)
    valid_from = models.DateField(_("gültig ab"))
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)
    number_scheme = models.CharField(
        _("Schema der Sachakten"),
        max_length=100,
        default="{entry}-{number:04d}/{year}",
        validators=[check_number_scheme],
    )
    case_scheme = models.CharField(
        _("Schema der Fallakten"),
        max_length=100,
        default="{entry}-{key}",
        validators=[check_case_scheme],
    )
    files_followed_on = models.DateField(_("Akten nachgezogen am"), null=True, editable=False)

    class Meta:
        verbose_name = _("Aktenplan")
        verbose_name_plural = _("Aktenpläne")

    def __str__(self) -> str:
        return self.title


class FilePlanEntry(TreeNode):
    """A position of the plan; empty defaults are inherited from the parent (requirements A4).

    ``lineage`` is the same in every version of the plan, wherever the position moves: by it a
    file of an earlier version finds its entry in force.
    """

    plan = models.ForeignKey(
        FilePlan, models.PROTECT, related_name="entries", verbose_name=_("Aktenplan")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("übergeordneter Eintrag"),
    )
    code = models.CharField(_("Kennzeichen"), max_length=60)
    title = models.CharField(_("Bezeichnung"), max_length=500)
    description = models.TextField(_("Erläuterung"), blank=True)
    sort_key = models.CharField(_("Sortierschlüssel"), max_length=250, editable=False)
    retention_years = models.PositiveSmallIntegerField(
        _("Aufbewahrungsfrist in Jahren"), null=True, blank=True
    )
    retention_permanent = models.BooleanField(_("unbefristet aufbewahren"), default=False)
    transfer_years = models.PositiveSmallIntegerField(
        _("Transferfrist in Jahren"), null=True, blank=True
    )
    retention_start = models.CharField(
        _("Beginn der Aufbewahrungsfrist"),
        max_length=16,
        choices=RetentionStart.choices,
        blank=True,
    )
    disposition = models.CharField(
        _("Aussonderungsart"), max_length=1, choices=DispositionType.choices, blank=True
    )
    confidentiality = models.CharField(
        _("Vertraulichkeitsstufe"), max_length=12, choices=Confidentiality.choices, blank=True
    )
    circle = models.CharField(
        _("Berechtigungskreis"), max_length=10, choices=Circle.choices, blank=True
    )
    lead_unit = models.ForeignKey(
        OrgUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Federführung"),
    )
    required_data = models.JSONField(_("Pflicht-Fachdaten"), default=list, blank=True)
    allowed_types = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        verbose_name=_("zulässige Dokumenttypen"),
    )
    allowed_file_types = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        verbose_name=_("zulässige Aktentypen"),
    )
    capacity = models.PositiveIntegerField(_("Akten je Eintrag höchstens"), default=10_000)
    overflow_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="overflows",
        verbose_name=_("Fortsetzung von"),
    )
    locked = models.BooleanField(_("gesperrt"), default=False)
    retired_on = models.DateField(_("stillgelegt am"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name=_("Nachfolger"),
    )
    lineage = models.UUIDField(_("Kennung aller Fassungen"), default=uuid.uuid4, editable=False)
    row_version = models.PositiveIntegerField(default=1, editable=False)
    history = history()

    class Meta:
        verbose_name = _("Aktenplaneintrag")
        verbose_name_plural = _("Aktenplaneinträge")
        constraints = [
            # Looked at when the statement ends: a branch that is renumbered may pass its own codes.
            models.UniqueConstraint(
                fields=["plan", "code"],
                name="plan_entry_code_once",
                deferrable=models.Deferrable.IMMEDIATE,
            ),
            models.UniqueConstraint(fields=["lineage", "plan"], name="plan_entry_lineage_once"),
        ]
        indexes = [
            models.Index(fields=["parent", "sort_key"], name="plan_entry_branch"),
            models.Index(fields=["code"], name="plan_entry_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = plan_sort_key(self.code, self.title)
        super().save(*args, **kwargs)


SEPARATORS = re.compile(r"[.\-/ ]")


def plan_sort_key(code: str, title: str) -> str:
    """Numbers in codes sort as numbers: 10.2 before 10.10; then the title in German order."""
    parts = [f"{int(p):06d}" if p.isdigit() else p.casefold() for p in SEPARATORS.split(code)]
    return (".".join(parts) + " " + din5007_key(title))[:250]


class NumberCounter(models.Model):
    """The last number given in an entry and year; reserved n at a time, last step before commit."""

    entry = models.ForeignKey(
        FilePlanEntry, models.PROTECT, related_name="counters", verbose_name=_("Aktenplaneintrag")
    )
    year = models.PositiveSmallIntegerField(_("Jahr"))
    last = models.PositiveIntegerField(_("zuletzt vergeben"), default=0)

    class Meta:
        verbose_name = _("Zähler")
        verbose_name_plural = _("Zähler")
        constraints = [
            models.UniqueConstraint(fields=["entry", "year"], name="counter_entry_year_once")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.year}: {self.last}"
