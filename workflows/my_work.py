"""Follow-ups in "Meine Arbeit": due ones and those of this week, as on the start page."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.desk.my_work import Place, WorkItem, WorkSource, following, work_sources
from goettingen_ecm.operations import clock
from workflows import selectors
from workflows.querysets import in_the_list_of

FOLLOW_UPS = "wiedervorlagen"


def follow_ups(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    last = selectors.week_end(clock.today())
    due = in_the_list_of(request.user).filter(done_at__isnull=True, due_on__lte=last)
    rows = list(following(due, "due_on", after, limit))
    return [
        WorkItem(row.item.due_on, row.item.pk, row.target.title, row.target.url, row.item.reason)
        for row in selectors.listed(request.user, rows)
    ]


def register() -> None:
    """Called once when the app is ready."""
    source = WorkSource(_("Wiedervorlagen"), "calendar", follow_ups, list_url="follow-ups")
    work_sources.register(FOLLOW_UPS, source, order=10)
