"""Jobs of a person that did not do all of their work, in "Meine Arbeit"."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goettingen_ecm.desk.my_work import Place, WorkItem, WorkSource, following, work_sources
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.choices import JobState
from goettingen_ecm.operations.models import Job

SHOWN_FOR = timedelta(days=14)
"""Nobody ticks a job off: after that it stands in the list of jobs only."""


def ended_with_errors(request: HttpRequest, after: Place | None, limit: int) -> list[WorkItem]:
    failed = Q(state=JobState.FAILED) | Q(state=JobState.DONE, refused__gt=0)
    rows = Job.objects.filter(
        failed,
        created_by_id=request.user.pk,
        finished_at__gte=clock.now() - SHOWN_FOR,
        undone_by__isnull=True,
    ).annotate(day=TruncDate("finished_at"))
    return [_item(one) for one in following(rows, "day", after, limit)]


def _item(job: Job) -> WorkItem:
    note = _("gescheitert")
    if job.state != JobState.FAILED:
        said = ngettext("%(n)s Objekt abgelehnt", "%(n)s Objekte abgelehnt", job.refused)
        note = said % {"n": job.refused}
    return WorkItem(job.day, job.pk, job.title, reverse("job", args=[job.uuid]), note)  # type: ignore[attr-defined]


def register() -> None:
    """Called once when the app is ready."""
    label = gettext_lazy("Aufträge mit Fehlern")
    work_sources.register("auftraege", WorkSource(label, "warning", ended_with_errors), order=90)
