"""Merges of matters: which Vorgang went into which, and what the way back needs to know."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.models.case_file import Matter
from records.models.history import history


class MatterMerge(models.Model):
    """One matter went into another (requirements A10); taken back it stays as evidence."""

    source = models.ForeignKey(
        Matter, models.PROTECT, related_name="merges", verbose_name=_("bisheriger Vorgang")
    )
    target = models.ForeignKey(
        Matter, models.PROTECT, related_name="merged", verbose_name=_("neuer Vorgang")
    )
    # Foreign keys have no history: these led to the source before.
    key_ids = ArrayField(
        models.BigIntegerField(), default=list, verbose_name=_("übernommene fremde Schlüssel")
    )
    merged_at = models.DateTimeField(_("zusammengeführt am"))
    merged_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("zusammengeführt von")
    )
    operation_id = models.BigIntegerField(_("Bedienschritt"), db_index=True)
    undone_at = models.DateTimeField(_("zurückgenommen am"), null=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = models.Manager()
    history = history(excluded_fields=["operation_id"])

    class Meta:
        verbose_name = _("Zusammenführung von Vorgängen")
        verbose_name_plural = _("Zusammenführungen von Vorgängen")
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(undone_at__isnull=True),
                name="matter_merged_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="matter_merge_into_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"
