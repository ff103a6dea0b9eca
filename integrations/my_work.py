"""Open clearing cases in "Meine Arbeit", for those who look after deliveries."""

from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.my_work import Place, WorkItem, WorkSource, following, work_sources
from integrations.choices import ClearingState
from integrations.models import ClearingCase
from records import policies

CLEARING = "klaerung"


def clearing_cases(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    rows = ClearingCase.objects.filter(state=ClearingState.OPEN).select_related("item__delivery")
    found = following(rows.annotate(day=TruncDate("created_at")), "day", after, limit)
    return [
        WorkItem(
            one.day,
            one.pk,
            f"{one.get_reason_display()} ({one.item.delivery.name})",
            reverse("clearing-case", args=[one.uuid]),
            one.explanation,
        )
        for one in found
    ]


def _operates(request: HttpRequest) -> bool:
    return policies.can_operate_deliveries(request.user)


def register() -> None:
    """Called once when the app is ready."""
    source = WorkSource(
        _("Klärungsfälle"), "clearing", clearing_cases, _operates, list_url="clearing-cases"
    )
    work_sources.register(CLEARING, source, order=50)
