"""Mails sent out of a file: the filed document and how far its delivery is (requirement E3)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import User
from records.choices import MailState
from records.models.document import Document


class SentMail(models.Model):
    """One mail of the house. ``pending`` has not taken it yet, ``refused`` never will.

    The document holds the very bytes that are sent; ``message_id`` without angle brackets.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    document = models.OneToOneField(
        Document, models.PROTECT, related_name="sent_mail", verbose_name=_("Dokument")
    )
    message_id = models.CharField(_("Message-ID"), max_length=300, unique=True)
    sender = models.EmailField(_("Absender"))
    recipients = ArrayField(models.EmailField(), verbose_name=_("Empfänger"))
    pending = ArrayField(models.EmailField(), verbose_name=_("noch zuzustellen"))
    refused = ArrayField(models.EmailField(), default=list, verbose_name=_("nicht zustellbar"))
    state = models.CharField(
        _("Stand"), max_length=12, choices=MailState.choices, default=MailState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    due_at = models.DateTimeField(_("fällig"))
    problem = models.CharField(_("Fehler"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("geschrieben am"))
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("geschrieben von")
    )
    sent_at = models.DateTimeField(_("versendet am"), null=True)

    class Meta:
        verbose_name = _("gesendete E-Mail")
        verbose_name_plural = _("gesendete E-Mails")
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="wartet"), name="sent_mail_due"
            ),
        ]

    def __str__(self) -> str:
        return self.message_id
