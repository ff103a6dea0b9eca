"""What a person keeps of a file for oneself: favourite, watched, last opened (requirement Q4)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.models.case_file import CaseFile


class FileMark(models.Model):
    """One row per person and file; nobody else sees it, it gives no sight of the file."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("Person"))
    case_file = models.ForeignKey(
        CaseFile, models.CASCADE, related_name="marks", verbose_name=_("Akte")
    )
    favourite_since = models.DateTimeField(_("Favorit seit"), null=True)
    watched_since = models.DateTimeField(_("beobachtet seit"), null=True)
    opened_at = models.DateTimeField(_("zuletzt geöffnet"), null=True)

    class Meta:
        verbose_name = _("persönliches Merkzeichen")
        verbose_name_plural = _("persönliche Merkzeichen")
        constraints = [models.UniqueConstraint(fields=["owner", "case_file"], name="mark_once")]
        indexes = [
            models.Index(fields=["owner", "-opened_at"], name="mark_opened"),
            models.Index(
                fields=["owner"], condition=Q(favourite_since__isnull=False), name="mark_favourite"
            ),
            models.Index(
                fields=["owner"], condition=Q(watched_since__isnull=False), name="mark_watched"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.case_file_id}"
