"""Units are merged or split on a day: who and what goes where, the way back (requirement S7)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations.models import Job, Operation
from records.choices import UnitChangeKind

PLANNED = models.Q(carried_out_at=None, withdrawn_at=None)


class UnitChange(models.Model):
    """A reorganisation of ``unit`` from ``first_day`` on; its work goes to ``target``.

    Whatever gives rights gets its days when the change is planned, so that sight changes at
    midnight whatever runs; files, follow-ups and baskets follow on the day (``carried_out_at``, the
    files as ``job``). ``selection`` says which people, plan entries and files a split takes;
    ``former`` keeps the ends that stood there before, ``made`` what the change has added, both by
    table and id; ``handed_over`` counts what followed.
    """

    uuid = models.UUIDField(_("Kennung"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("Art"), max_length=20, choices=UnitChangeKind.choices)
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("bisherige Einheit")
    )
    target = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("neue Einheit")
    )
    first_day = models.DateField(_("erster Tag"))
    selection = models.JSONField(_("Auswahl"), default=dict)
    former = models.JSONField(_("frühere Enden"), default=dict)
    made = models.JSONField(_("neu angelegt"), default=dict)
    handed_over = models.JSONField(_("übergeben"), default=dict)
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("Auftrag")
    )
    operation = models.ForeignKey(
        Operation, models.PROTECT, null=True, related_name="+", verbose_name=_("Bedienschritt")
    )
    created_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("geplant von")
    )
    created_at = models.DateTimeField(_("geplant am"))
    carried_out_at = models.DateTimeField(_("ausgeführt am"), null=True)
    withdrawn_at = models.DateTimeField(_("zurückgenommen am"), null=True)
    withdrawn_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("zurückgenommen von")
    )

    class Meta:
        verbose_name = _("Umgliederung")
        verbose_name_plural = _("Umgliederungen")
        constraints = [
            models.UniqueConstraint(
                fields=["unit"], condition=PLANNED, name="unit_change_one_planned"
            ),
        ]
        indexes = [
            models.Index(fields=["first_day"], condition=PLANNED, name="unit_change_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.unit}"
