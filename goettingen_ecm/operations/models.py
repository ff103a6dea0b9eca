"""One id per user action, the outbox, long jobs."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.operations.choices import JobItemOutcome, JobState


class Operation(models.Model):
    """One user action or machine step: ties history rows, audit entries and events together.

    ``actor_id`` is a plain id because this layer knows no users. ``idempotency_key`` makes a
    repeated request return the first one's operation instead of acting twice.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    verb = models.CharField(_("Vorgangsart"), max_length=80)
    actor_id = models.BigIntegerField(_("handelnde Person"), null=True)
    on_behalf_of_id = models.BigIntegerField(_("in Vertretung für"), null=True)
    system = models.CharField(_("System"), max_length=80, blank=True)
    reason = models.TextField(_("Grund"), blank=True)
    idempotency_key = models.CharField(
        _("Wiederholungsschlüssel"), max_length=200, null=True, unique=True
    )
    started_at = models.DateTimeField(_("begonnen"))

    class Meta:
        verbose_name = _("Bedienschritt")
        verbose_name_plural = _("Bedienschritte")

    def __str__(self) -> str:
        return f"{self.verb} {self.uuid}"


class OutboxMessage(models.Model):
    """A fact written in the same transaction as its cause, delivered by Celery after commit."""

    topic = models.CharField(_("Thema"), max_length=100)
    payload = models.JSONField(_("Inhalt"), default=dict)
    operation = models.ForeignKey(
        Operation, models.PROTECT, null=True, related_name="+", verbose_name=_("Bedienschritt")
    )
    created_at = models.DateTimeField(_("angelegt"))
    available_at = models.DateTimeField(_("frühestens"))
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    delivered_at = models.DateTimeField(_("zugestellt"), null=True)
    last_error = models.TextField(_("letzter Fehler"), blank=True)

    class Meta:
        verbose_name = _("Ausgangsnachricht")
        verbose_name_plural = _("Ausgangsnachrichten")
        indexes = [
            models.Index(
                fields=["available_at", "id"],
                condition=models.Q(delivered_at__isnull=True),
                name="outbox_undelivered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class Job(models.Model):
    """Long work a person can watch and abort: counts, rate, one ``JobItem`` per object.

    ``done`` counts every object that was looked at, ``changed`` and ``refused`` are parts of it.
    ``attempts`` counts beginnings of the present batch: it ends a job that crashes its workers.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("Art"), max_length=80)
    title = models.CharField(_("Bezeichnung"), max_length=200)
    parameters = models.JSONField(_("Angaben"), default=dict)
    state = models.CharField(
        _("Stand"), max_length=10, choices=JobState.choices, default=JobState.WAITING
    )
    total = models.PositiveIntegerField(_("insgesamt"), default=0)
    done = models.PositiveIntegerField(_("erledigt"), default=0)
    changed = models.PositiveIntegerField(_("geändert"), default=0)
    refused = models.PositiveIntegerField(_("abgelehnt"), default=0)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    abort_requested = models.BooleanField(_("Abbruch verlangt"), default=False)
    undo_of = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        related_name="undone_by",
        verbose_name=_("nimmt zurück"),
    )
    operation = models.ForeignKey(
        Operation, models.PROTECT, null=True, related_name="+", verbose_name=_("Bedienschritt")
    )
    created_by_id = models.BigIntegerField(_("angelegt von"), null=True)
    created_at = models.DateTimeField(_("angelegt"))
    started_at = models.DateTimeField(_("begonnen"), null=True)
    finished_at = models.DateTimeField(_("beendet"), null=True)

    class Meta:
        verbose_name = _("Hintergrundarbeit")
        verbose_name_plural = _("Hintergrundarbeiten")
        indexes = [
            models.Index(fields=["created_by_id", "-created_at", "-id"], name="job_of_person"),
            models.Index(
                fields=["id"],
                condition=models.Q(finished_at__isnull=True),
                name="job_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class JobItem(models.Model):
    """One object of a job and what became of it; ``message`` is the German reason of a refusal."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="items", verbose_name=_("Auftrag"))
    object_id = models.BigIntegerField(_("Objekt"))
    outcome = models.CharField(
        _("Ergebnis"), max_length=10, choices=JobItemOutcome.choices, default=JobItemOutcome.OPEN
    )
    message = models.CharField(_("Hinweis"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Objekt eines Auftrags")
        verbose_name_plural = _("Objekte eines Auftrags")
        constraints = [models.UniqueConstraint(fields=["job", "object_id"], name="job_item_once")]
        indexes = [models.Index(fields=["job", "outcome", "object_id"], name="job_item_outcome")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.object_id}"
