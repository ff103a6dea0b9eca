"""Querverweise: from one file, matter or document to another."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.choices import ReferenceKind
from records.models.case_file import CaseFile, Matter
from records.models.document import Document
from records.models.history import history

SOURCE = ("source_file", "source_matter", "source_document")
TARGET = ("target_file", "target_matter", "target_document")


def _one_of(names: tuple[str, ...]) -> Q:
    """Exactly one of the columns names something."""
    found = Q()
    for chosen in names:
        found |= Q(**{f"{name}__isnull": name != chosen for name in names})
    return found


class CrossReference(models.Model):
    """``kind`` reads from the source: source "gehört zu" target. It gives no sight of either.

    Removed ones stay as evidence and for the way back.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    source_file = models.ForeignKey(
        CaseFile, models.PROTECT, null=True, related_name="+", verbose_name=_("von Akte")
    )
    source_matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, related_name="+", verbose_name=_("von Vorgang")
    )
    source_document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", verbose_name=_("von Dokument")
    )
    target_file = models.ForeignKey(
        CaseFile, models.PROTECT, null=True, related_name="+", verbose_name=_("zu Akte")
    )
    target_matter = models.ForeignKey(
        Matter, models.PROTECT, null=True, related_name="+", verbose_name=_("zu Vorgang")
    )
    target_document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", verbose_name=_("zu Dokument")
    )
    kind = models.CharField(_("Art"), max_length=12, choices=ReferenceKind.choices)
    note = models.CharField(_("Bemerkung"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("angelegt am"))
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("angelegt von")
    )
    removed_at = models.DateTimeField(_("entfernt am"), null=True, editable=False)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager()
    history = history()

    class Meta:
        verbose_name = _("Querverweis")
        verbose_name_plural = _("Querverweise")
        constraints = [
            models.CheckConstraint(condition=_one_of(SOURCE), name="reference_one_source"),
            models.CheckConstraint(condition=_one_of(TARGET), name="reference_one_target"),
            models.CheckConstraint(
                condition=~Q(source_file=F("target_file"))
                & ~Q(source_matter=F("target_matter"))
                & ~Q(source_document=F("target_document")),
                name="reference_not_to_itself",
            ),
            models.UniqueConstraint(
                fields=[*SOURCE, *TARGET, "kind"],
                condition=Q(removed_at=None),
                nulls_distinct=False,
                name="reference_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
