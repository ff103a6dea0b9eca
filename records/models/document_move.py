"""Moves of documents from one file into another: evidence for both files, and the way back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.models.case_file import CaseFile, Matter
from records.models.document import Document
from records.models.history import history


class DocumentMove(models.Model):
    """One document left one file for another; never changed. Taking it back is a move, too."""

    document = models.ForeignKey(
        Document, models.PROTECT, related_name="moves", verbose_name=_("Dokument")
    )
    source_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="+", verbose_name=_("aus Akte")
    )
    source_matter = models.ForeignKey(
        Matter, models.PROTECT, related_name="+", verbose_name=_("aus Vorgang")
    )
    # The id only: a section of the register may be removed.
    source_section_id = models.BigIntegerField(_("aus Registerblatt"), null=True)
    target_file = models.ForeignKey(
        CaseFile, models.PROTECT, related_name="+", verbose_name=_("in Akte")
    )
    target_matter = models.ForeignKey(
        Matter, models.PROTECT, related_name="+", verbose_name=_("in Vorgang")
    )
    moved_at = models.DateTimeField(_("verschoben am"))
    operation_id = models.BigIntegerField(_("Bedienschritt"), db_index=True)

    objects = models.Manager()
    history = history(excluded_fields=["operation_id"])

    class Meta:
        verbose_name = _("Verschieben in eine andere Akte")
        verbose_name_plural = _("Verschieben in andere Akten")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(source_file=models.F("target_file")),
                name="move_to_another_file",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.source_file_id} → {self.target_file_id}"
