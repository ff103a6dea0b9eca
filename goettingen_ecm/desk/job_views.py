""" "Meine Aufträge": progress, abort, the result of every object, the way back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.desk import cells, job_selectors, list_export
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.progress import Progress
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.choices import JobItemOutcome, JobState
from goettingen_ecm.operations.models import Job, JobItem
from goettingen_ecm.operations.operation import Acting, begin

STATE_TONES = {
    JobState.DONE: "success",
    JobState.FAILED: "danger",
    JobState.ABORTED: "warning",
}
OUTCOME_TONES = {JobItemOutcome.CHANGED: "success", JobItemOutcome.REFUSED: "warning"}
# So many objects are worked on while the person waits; more go to a worker.
AT_ONCE = 50


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """The person's own jobs, newest first."""
    page = job_selectors.jobs_page(request.user.pk or 0, Cursor.of(request))
    table = Table(
        caption=_("Meine Aufträge"),
        columns=[
            Column(_("Auftrag"), lambda job: job.title),
            Column(_("Begonnen"), lambda job: cells.moment(job.created_at), tight=True),
            Column(_("Stand"), _state, tight=True),
            Column(_("Objekte"), lambda job: job.total, align="end", tight=True),
            Column(_("Geändert"), lambda job: job.changed, align="end", tight=True),
            Column(_("Abgelehnt"), lambda job: job.refused, align="end", tight=True),
        ],
        rows=page.rows,
        empty=Empty(
            _("Sie haben noch keinen Auftrag erteilt."),
            _("Wählen Sie in einer Liste mehrere Zeilen aus, um sie gemeinsam zu ändern."),
            icon="running",
        ),
        query=request.GET,
        row_url=_url,
        row_key=lambda job: job.uuid,
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )
    return render(request, "desk/job_list.html", {"table": table})


def _url(job: Job) -> str:
    return reverse("job", args=[job.uuid])


def _state(job: Job) -> SafeString:
    return cells.badge(job.get_state_display(), STATE_TONES.get(JobState(job.state), "info"))


@require_GET
def job_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One job: progress, sums by outcome, every object."""
    job = job_selectors.own_job(request, uuid)
    outcome = request.GET.get("ergebnis", "")
    page = job_selectors.items_page(job, outcome, Cursor.of(request))
    names = job_selectors.described(request, job, list(page.rows))
    table = Table(
        caption=_("Objekte des Auftrags"),
        columns=[
            Column(_("Objekt"), lambda item: _name(item, names)),
            Column(_("Ergebnis"), _outcome, tight=True),
            Column(_("Hinweis"), lambda item: item.message),
        ],
        rows=page.rows,
        empty=Empty(_("Keine Objekte mit diesem Ergebnis.")),
        query=request.GET,
        next_query={"nach": page.next_cursor} if page.next_cursor else None,
    )
    context = _progress(job) | {
        "table": table,
        "chips": _chips(job, outcome),
        "can_undo": jobs.can_undo(job),
    }
    return render(request, "desk/job_detail.html", context)


def _name(item: JobItem, names: Any) -> SafeString | str:
    found = names.get(item.object_id)
    if found is None:
        return cells.muted(_("für Sie nicht (mehr) sichtbar"))
    return cells.link(found.url, found.label) if found.url else found.label


def _outcome(item: JobItem) -> SafeString:
    tone = OUTCOME_TONES.get(JobItemOutcome(item.outcome), "")
    return cells.badge(item.get_outcome_display(), tone)


def _chips(job: Job, chosen: str) -> list[dict[str, Any]]:
    choices = [
        ("", _("Alle"), job.total),
        (JobItemOutcome.CHANGED, _("geändert"), job.changed),
        (JobItemOutcome.UNCHANGED, _("unverändert"), job.done - job.changed - job.refused),
        (JobItemOutcome.REFUSED, _("abgelehnt"), job.refused),
        (JobItemOutcome.OPEN, _("offen"), job.total - job.done),
    ]
    return [
        {
            "label": label,
            "url": f"{_url(job)}?ergebnis={value}" if value else _url(job),
            "current": chosen == value,
            "count": count,
        }
        for value, label, count in choices
        if count or not value or chosen == value
    ]


@require_GET
def job_progress(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The progress alone, polled while the job runs; the page itself when it has ended."""
    job = job_selectors.own_job(request, uuid)
    response = render(request, "desk/job_progress.html", _progress(job))
    if job.finished_at is not None:
        # Sums, results and the way back belong to the whole page.
        response["HX-Refresh"] = "true"
    return response


def _progress(job: Job) -> dict[str, Any]:
    return {
        "job": job,
        "progress": Progress(job.done, job.total, job.started_at, job.finished_at or clock.now()),
        "poll_url": reverse("job-progress", args=[job.uuid]),
        "abort_url": "" if job.abort_requested else reverse("job-abort", args=[job.uuid]),
    }


@require_GET
def job_results(request: HttpRequest, uuid: UUID) -> StreamingHttpResponse:
    """The result of every object as a file; names only of what the person may see."""
    job = job_selectors.own_job(request, uuid)
    header = [_("Objekt"), _("Ergebnis"), _("Hinweis")]
    rows = (
        [name, JobItemOutcome(item.outcome).label, item.message]
        for name, item in job_selectors.results(request, job)
    )
    return list_export.csv_response("ergebnis", header, rows)


@require_POST
def job_abort(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stop after the present batch; what is done stays done."""
    job = job_selectors.own_job(request, uuid)
    jobs.request_abort(job)
    add_notice(request, _("Der Auftrag wird angehalten. Was geändert ist, bleibt geändert."))
    return redirect(_url(job))


@require_POST
def job_undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back everything the job changed, as a job of its own."""
    job = job_selectors.own_job(request, uuid)
    wanted = jobs.undoing(job, _("Rückgängig: %(title)s") % {"title": job.title})
    operation = begin(f"{job.kind}.undo", Acting(actor_id=request.user.pk))
    return answer_with_job(request, launch(wanted, operation, undo_of=job), reverse("jobs"))


def launch(wanted: jobs.Wanted, operation: Any, *, undo_of: Job | None = None) -> Job:
    """Start a job: a small one is done when this returns."""
    small = len(wanted.object_ids) <= AT_ONCE
    return (jobs.start_now if small else jobs.start)(wanted, operation, undo_of=undo_of)


def answer_with_job(request: HttpRequest, job: Job, back_url: str) -> HttpResponse:
    """After ``launch``: back to the list with what happened, or to the job's progress."""
    if job.state != JobState.DONE:
        return redirect(_url(job))
    text = _("%(title)s: %(changed)s geändert, %(unchanged)s unverändert, %(refused)s abgelehnt.")
    counts = {
        "title": job.title,
        "changed": job.changed,
        "unchanged": job.done - job.changed - job.refused,
        "refused": job.refused,
    }
    undo_url = reverse("job-undo", args=[job.uuid]) if jobs.can_undo(job) else ""
    add_notice(
        request, text % counts, undo_url=undo_url, link_url=_url(job), link_label=_("Ergebnis")
    )
    return redirect(back_url)
