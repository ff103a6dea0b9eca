"""Comments and page marks beside a document (requirement W8); no part of the record."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.principals import Person, rights_of
from records.choices import CommentAudience, DocumentStatus
from records.models.document import Document, DocumentVersion

TEXT_CHARS = 2000


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments as people see them."""

    def readable_by(self, user: Person) -> Self:
        """Those for the team and one's own; for documents the caller has shown to be visible."""
        return self.filter(
            Q(audience=CommentAudience.TEAM) | Q(author=user.pk),
            withdrawn_at=None,
            parent__withdrawn_at=None,
        )

    def visible_to(self, user: Person) -> Self:
        """The same on documents the person sees; nobody sees another's private ones."""
        ids = rights_of(user).scope_ids
        rows = self.readable_by(user).filter(
            document__scope__any_of=ids, document__case_file__scope__any_of=ids
        )
        return rows.exclude(document__status=DocumentStatus.MISFILED)


class Comment(models.Model):
    """About a document, a page of a Fassung, or a region of it; a reply has a ``parent``.

    ``x``, ``y``, ``width``, ``height`` are fractions of the page (0 to 1); a point has no width and
    height. No history table: a private note of one person is no record; ``text_before`` and
    ``withdrawn_at`` serve the way back, and withdrawn rows go for good soon after.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(
        Document, models.CASCADE, related_name="comments", verbose_name=_("Dokument")
    )
    version = models.ForeignKey(
        DocumentVersion, models.CASCADE, related_name="comments", verbose_name=_("Fassung")
    )
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="replies", verbose_name=_("Antwort auf")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Person")
    )
    audience = models.CharField(_("Sichtbar für"), max_length=6, choices=CommentAudience.choices)
    text = models.TextField(_("Text"), max_length=TEXT_CHARS)
    text_before = models.TextField(_("voriger Text"), blank=True)
    part = models.PositiveSmallIntegerField(_("Bestandteil"), null=True)
    page = models.PositiveIntegerField(_("Seite"), null=True)
    x = models.FloatField(_("von links"), null=True)
    y = models.FloatField(_("von oben"), null=True)
    width = models.FloatField(_("Breite"), null=True)
    height = models.FloatField(_("Höhe"), null=True)
    created_at = models.DateTimeField(_("angelegt"))
    changed_at = models.DateTimeField(_("geändert"), null=True)
    resolved_at = models.DateTimeField(_("erledigt"), null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("erledigt von"),
    )
    withdrawn_at = models.DateTimeField(_("gelöscht"), null=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Kommentar")
        verbose_name_plural = _("Kommentare")
        indexes = [models.Index(fields=["document", "id"], name="comment_document")]
        constraints = [
            models.CheckConstraint(
                condition=Q(page=None, part=None, x=None, y=None, width=None, height=None)
                | Q(
                    page__gte=1,
                    part__isnull=False,
                    x__range=(0, 1),
                    y__range=(0, 1),
                    width__range=(0, 1),
                    height__range=(0, 1),
                ),
                name="comment_lies_on_its_page",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.author_id}"
