"""What deliveries of specialist systems have brought for a unit and is not filed yet."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit
from integrations.choices import ClearingState, Stage
from integrations.models import ClearingCase, DeliveryItem
from records.roll_out import Span, UnfiledSource, unfiled

UNFILED_STAGES = (Stage.RECEIVED, Stage.CHECKED)


def _arriving(unit: OrgUnit) -> int:
    rows = DeliveryItem.objects.filter(stage__in=UNFILED_STAGES, raw__akte__oe=unit.code)
    return rows.count()


def _cases(unit: OrgUnit) -> "QuerySet[ClearingCase]":
    """Of entries that name the unit or belong to a file it leads; others belong to no unit yet."""
    return ClearingCase.objects.filter(
        Q(item__raw__akte__oe=unit.code) | Q(item__case_file__lead_unit=unit)
    )


def _open_cases(unit: OrgUnit) -> int:
    return _cases(unit).filter(state=ClearingState.OPEN).count()


def _spans(unit: OrgUnit, since: datetime) -> Iterable[Span]:
    """Whatever was open at ``since`` or came later."""
    lasting = Q(closed_at__isnull=True) | Q(closed_at__gt=since)
    return _cases(unit).filter(lasting).values_list("created_at", "closed_at")


def register() -> None:
    """Called once when the app is ready."""
    unfiled.register(
        "integrations.arriving",
        UnfiledSource(_("Lieferungen in Arbeit"), _arriving, url_name="deliveries"),
        order=10,
    )
    unfiled.register(
        "integrations.clearing",
        UnfiledSource(_("offene Klärungsfälle"), _open_cases, _spans, "clearing-cases"),
        order=20,
    )
