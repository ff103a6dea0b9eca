"""Tokens of other programs."""

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """An Zugangsschlüssel of a technical user; it may do what that user's roles allow.

    Only a digest of the secret is kept: it is shown once, when it is made. ``last_used_on`` is a
    day, so that reading does not write.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Wofür"), max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        limit_choices_to={"is_technical": True, "is_active": True},
        verbose_name=_("technische Kennung"),
    )
    secret_digest = models.BinaryField(_("Prüfsumme"), max_length=32, unique=True, editable=False)
    may_write = models.BooleanField(_("darf ändern"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("angelegt von"),
    )
    created_at = models.DateTimeField(_("angelegt"), editable=False)
    valid_until = models.DateField(_("gilt bis"))
    revoked_at = models.DateTimeField(_("gesperrt"), null=True, editable=False)
    last_used_on = models.DateField(_("zuletzt benutzt"), null=True, editable=False)

    class Meta:
        verbose_name = _("Zugangsschlüssel")
        verbose_name_plural = _("Zugangsschlüssel")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def is_in_force(self, day: date) -> bool:
        """Whether it opens anything on ``day`` (the last day counts)."""
        return self.revoked_at is None and day <= self.valid_until
