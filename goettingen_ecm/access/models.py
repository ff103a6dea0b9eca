"""Effective rights, stored once per distinct set, and the epoch that ages caches."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessScope(models.Model):
    """Who may see: sorted group ids (already filtered by clearance and circle) minus denied users.

    Hash-consed: two objects with equal rights share one row; a row never changes.
    """

    id = models.AutoField(primary_key=True)
    allow = ArrayField(models.IntegerField(), verbose_name=_("berechtigte Gruppen"))
    deny = ArrayField(models.IntegerField(), default=list, verbose_name=_("ausgeschlossene Personen"))
    digest = models.BinaryField(_("Prüfsumme"), max_length=32, unique=True)

    class Meta:
        verbose_name = _("Zugriffsbereich")
        verbose_name_plural = _("Zugriffsbereiche")
        indexes = [GinIndex(fields=["allow"], name="access_scope_allow")]

    def __str__(self) -> str:
        return f"{self.pk}: {len(self.allow)}/{len(self.deny)}"


class AccessEpoch(models.Model):
    """One row whose number grows whenever any person's effective rights may have changed."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(_("Stand"), default=0)

    class Meta:
        verbose_name = _("Rechtestand")
        verbose_name_plural = _("Rechtestand")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="access_epoch_single_row")
        ]

    def __str__(self) -> str:
        return str(self.number)
