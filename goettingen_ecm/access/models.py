"""Effective rights, stored once per distinct set, and the epoch that ages caches."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class AccessScope(models.Model):
    """Who may see: sorted principals (``principal_ids``; already filtered by clearance and circle)
    minus denied users.

    Hash-consed: two objects with equal rights share one row; a row never changes.
    """

    id = models.AutoField(primary_key=True)
    allow = ArrayField(models.IntegerField(), verbose_name=_("Berechtigte"))
    deny = ArrayField(
        models.IntegerField(), default=list, verbose_name=_("ausgeschlossene Personen")
    )
    digest = models.BinaryField(_("Prüfsumme"), max_length=32, unique=True)

    class Meta:
        verbose_name = _("Zugriffsbereich")
        verbose_name_plural = _("Zugriffsbereiche")
        indexes = [GinIndex(fields=["allow"], name="access_scope_allow")]

    def __str__(self) -> str:
        return f"{self.pk}: {len(self.allow)}/{len(self.deny)}"


class AccessEpoch(models.Model):
    """Random tokens whose sum names the present state of everybody's rights (``epoch.current``).

    Several rows, because a single one would make every transaction that changes rights wait for
    the one before: each takes a row nobody else holds.
    """

    id = models.SmallAutoField(primary_key=True)
    token = models.UUIDField(_("Stand"), default=uuid.uuid4)

    class Meta:
        verbose_name = _("Rechtestand")
        verbose_name_plural = _("Rechtestände")

    def __str__(self) -> str:
        return str(self.token)
