"""Closing days of the office and follow-ups; workflows knows no domain (architecture.md §2)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit, UnitRole, User
from workflows.choices import Series


class ClosingDay(models.Model):
    """A day on which the office is closed although it is no holiday (Brückentag, 24 December)."""

    day = models.DateField(_("Tag"), unique=True)
    name = models.CharField(_("Anlass"), max_length=100)

    class Meta:
        verbose_name = _("Schließtag")
        verbose_name_plural = _("Schließtage")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d.%m.%Y} {self.name}"


class FollowUp(models.Model):
    """An object of any app is to be looked at again on a day (requirements W5).

    The target is named by its model's label, id and uuid; its title is never stored here: who may
    not see the target must not learn it from a list. Exactly one of ``owner`` and ``owner_role``
    is set; ``unit`` is the one whose head sees it when it is overdue. ``due_on`` is always a
    working day; ``wished_on`` is the day somebody typed or the series gave.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    object_type = models.CharField(_("Art des Gegenstands"), max_length=60)
    object_id = models.BigIntegerField(_("Gegenstand"))
    object_uuid = models.UUIDField(_("Kennung des Gegenstands"))
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Person")
    )
    owner_role = models.ForeignKey(
        UnitRole, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Stelle")
    )
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("Organisationseinheit")
    )
    reason = models.CharField(_("Anlass"), max_length=500, blank=True)
    wished_on = models.DateField(_("gewünschter Tag"))
    due_on = models.DateField(_("fällig am"))
    series = models.CharField(
        _("Wiederholung"), max_length=12, choices=Series.choices, default=Series.NONE
    )
    series_start = models.DateField(_("Beginn der Reihe"))
    previous = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successor",
        verbose_name=_("vorige der Reihe"),
    )
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("angelegt von")
    )
    created_at = models.DateTimeField(_("angelegt am"))
    done_at = models.DateTimeField(_("erledigt am"), null=True, blank=True)
    done_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("erledigt von"),
    )
    done_operation_id = models.BigIntegerField(_("Bedienschritt der Erledigung"), null=True)
    row_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("Wiedervorlage")
        verbose_name_plural = _("Wiedervorlagen")
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) ^ Q(owner_role__isnull=True),
                name="follow_up_one_owner",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_on", "id"],
                condition=Q(done_at__isnull=True),
                name="follow_up_owner_open",
            ),
            models.Index(
                fields=["owner_role", "due_on", "id"],
                condition=Q(done_at__isnull=True),
                name="follow_up_role_open",
            ),
            models.Index(
                fields=["unit", "due_on", "id"],
                condition=Q(done_at__isnull=True),
                name="follow_up_unit_open",
            ),
            models.Index(fields=["object_type", "object_id"], name="follow_up_object"),
            models.Index(fields=["done_operation_id"], name="follow_up_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.due_on:%d.%m.%Y} {self.object_type}"
