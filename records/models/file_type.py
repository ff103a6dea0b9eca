"""Aktentypen and their typed fields (Fachdaten), and the values lists and search ask.

What once stood in a file keeps its meaning: a type keeps its name, a field its key and kind, and
neither is deleted. What is no longer wanted gets an end of validity: it leaves the forms of new
entries, and its values stay readable.
"""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from records.choices import FieldKind
from records.models.case_file import CaseFile

NAME_CHARS = 60
TEXT_CHARS = 300
"""A typed text; an index row of PostgreSQL takes 2,700 bytes."""


class FileType(models.Model):
    """An Aktentyp. Its name stands in every file of the type (``CaseFile.file_type``)."""

    name = models.CharField(_("Name"), max_length=NAME_CHARS, unique=True)
    description = models.CharField(_("Erläuterung"), max_length=300, blank=True)
    valid_from = models.DateField(_("gültig ab"), null=True, blank=True)
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)

    class Meta:
        verbose_name = _("Aktentyp")
        verbose_name_plural = _("Aktentypen")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def is_valid_on(self, day: date) -> bool:
        """Both ends count."""
        return _is_within(self.valid_from, self.valid_until, day)

    def clean(self) -> None:
        require_order(self.valid_from, self.valid_until)


class FileTypeField(models.Model):
    """A field of a type; ``key`` names its value in ``CaseFile.business_data``."""

    file_type = models.ForeignKey(
        FileType, models.PROTECT, related_name="fields", verbose_name=_("Aktentyp")
    )
    key = models.CharField(_("Schlüssel"), max_length=NAME_CHARS, editable=False)
    label = models.CharField(_("Bezeichnung"), max_length=NAME_CHARS)
    kind = models.CharField(_("Art"), max_length=10, choices=FieldKind.choices)
    choices = ArrayField(
        models.CharField(max_length=100),
        default=list,
        blank=True,
        verbose_name=_("Auswahl"),
    )
    help_text = models.CharField(_("Hilfetext"), max_length=200, blank=True)
    required = models.BooleanField(_("Pflichtangabe"), default=False)
    in_lists = models.BooleanField(_("in Listen zeigen"), default=False)
    searchable = models.BooleanField(_("suchen und filtern"), default=False)
    position = models.PositiveSmallIntegerField(_("Reihenfolge"), default=0)
    valid_from = models.DateField(_("gültig ab"), null=True, blank=True)
    valid_until = models.DateField(_("gültig bis"), null=True, blank=True)

    class Meta:
        verbose_name = _("Fachdatenfeld")
        verbose_name_plural = _("Fachdatenfelder")
        ordering = ["file_type", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["file_type", "key"], name="file_type_field_key_once")
        ]

    def __str__(self) -> str:
        return self.label

    def is_valid_on(self, day: date) -> bool:
        """Both ends count."""
        return _is_within(self.valid_from, self.valid_until, day)

    def clean(self) -> None:
        require_order(self.valid_from, self.valid_until)
        if self.kind == FieldKind.CHOICE and not self.choices:
            raise ValidationError(
                {"choices": _("Eine Auswahl braucht Werte, durch Komma getrennt.")}
            )
        if self.kind != FieldKind.CHOICE and self.choices:
            raise ValidationError({"choices": _("Werte gibt es nur bei der Art „Auswahl“.")})


class BusinessDataValue(models.Model):
    """A searchable value of a file beside its JSON, so that an index answers filters.

    ``text`` is the value as people read it; numbers, amounts (euros) and days stand in their own
    column too.
    """

    case_file = models.ForeignKey(
        CaseFile,
        models.CASCADE,
        db_index=False,
        related_name="business_values",
        verbose_name=_("Akte"),
    )
    field = models.ForeignKey(
        FileTypeField,
        models.PROTECT,
        db_index=False,
        related_name="+",
        verbose_name=_("Fachdatenfeld"),
    )
    text = models.CharField(_("Wert"), max_length=TEXT_CHARS)
    number = models.DecimalField(_("Zahl"), max_digits=20, decimal_places=4, null=True)
    day = models.DateField(_("Tag"), null=True)

    class Meta:
        verbose_name = _("Fachdatum")
        verbose_name_plural = _("Fachdaten")
        constraints = [
            models.UniqueConstraint(fields=["case_file", "field"], name="business_value_once")
        ]
        indexes = [
            models.Index(fields=["field", "text", "case_file"], name="business_value_text"),
            models.Index(
                fields=["field", "number", "case_file"],
                condition=models.Q(number__isnull=False),
                name="business_value_number",
            ),
            models.Index(
                fields=["field", "day", "case_file"],
                condition=models.Q(day__isnull=False),
                name="business_value_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_file_id}/{self.field_id}"


def require_order(start: date | None, end: date | None) -> None:
    """Raises ValidationError for a validity that ends before it begins."""
    if start is not None and end is not None and end < start:
        raise ValidationError({"valid_until": _("Das Ende liegt vor dem Anfang.")})


def _is_within(start: date | None, end: date | None, day: date) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)
