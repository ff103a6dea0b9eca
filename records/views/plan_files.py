"""The file plan as a file: CSV out, CSV in with a look at what it would do."""

import base64
import binascii
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import InvalidInput
from records.file_plan_export import ENCODINGS, plan_csv
from records.models import FilePlan
from records.plan_forms import PlanFileForm
from records.selectors.plan_lineage import earlier_codes
from records.selectors.plan_versions import plan_version
from records.services.actor import Actor, person
from records.services.auditing import record_changes
from records.services.file_plan import ImportReport, PlanTarget, import_file_plan
from records.services.plan_changes import require_editor, require_open_version, undo_plan_change
from records.views.plan_editing import JOB, follow

LINES_SHOWN = 100


@require_GET
def export(request: HttpRequest, plan_id: int, encoding: str) -> HttpResponse:
    """A version as CSV that can be read in again."""
    actor = Actor(Operation(), user=person_of(request))
    require_editor(actor)
    if encoding not in ENCODINGS:
        raise Http404
    plan = plan_version(plan_id)
    entries = plan.entries.select_related("lead_unit").order_by("sort_key", "pk")
    listed = list(entries)
    earlier = earlier_codes(plan, [entry.lineage for entry in listed])
    data = plan_csv(plan, listed, encoding, earlier)
    record_changes(
        "records.file_plan.exported", [plan], person(person_of(request), "records.file_plan.export")
    )
    response = HttpResponse(data, content_type=f"text/csv; charset={encoding}")
    response["Content-Disposition"] = f'attachment; filename="aktenplan-{plan.pk}.csv"'
    return response


@require_http_methods(["GET", "POST"])
def read_in(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Choose a file, look at what it changes, take it over."""
    require_editor(Actor(Operation(), user=person_of(request)))
    plan = plan_version(plan_id)
    require_open_version(plan)
    if request.method == "GET":
        return _page(request, plan, form=PlanFileForm())
    if request.POST.get("schritt") == "uebernehmen":
        return _take_over(request, plan)
    form = PlanFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, plan, 422, form=form)
    data = form.cleaned_data["file"].read()
    try:
        report = _run(plan, data, Actor(Operation(), user=person_of(request)), dry_run=True)
    except InvalidInput as refused:
        form.add_error("file", f"{refused.reason} {refused.next_step}".strip())
        return _page(request, plan, 422, form=form)
    return _page(request, plan, **_preview(report, data))


def _page(request: HttpRequest, plan: FilePlan, status: int = 200, **context: Any) -> HttpResponse:
    crumbs = [
        (_("Aktenplan"), reverse("file-plan")),
        (plan.title, reverse("file-plan-version", args=[plan.pk])),
        (_("CSV einlesen"), ""),
    ]
    context |= {"plan": plan, "crumbs": crumbs}
    return render(request, "records/plan_import.html", context, status=status)


def _run(plan: FilePlan, data: bytes, actor: Actor, *, dry_run: bool) -> ImportReport:
    return import_file_plan(data, PlanTarget(plan.code), actor, dry_run=dry_run)


def _preview(report: ImportReport, data: bytes) -> dict[str, Any]:
    """The file goes with the page, so that what was looked at is what is taken over."""
    return {
        "report": report,
        "new": report.new[:LINES_SHOWN],
        "differing": [(e, "; ".join(texts)) for e, texts in report.differing[:LINES_SHOWN]],
        "missing": report.missing[:LINES_SHOWN],
        "problems": report.problems[:LINES_SHOWN],
        "limit": LINES_SHOWN,
        "content": base64.b64encode(data).decode(),
    }


def _take_over(request: HttpRequest, plan: FilePlan) -> HttpResponse:
    try:
        data = base64.b64decode(request.POST.get("inhalt", ""), validate=True)
    except binascii.Error as error:
        raise InvalidInput(
            _("Die Datei ist nicht vollständig angekommen."),
            next_step=_("Bitte wählen Sie sie noch einmal aus."),
        ) from error
    actor = person(person_of(request), "records.file_plan.import")
    report = _run(plan, data, actor, dry_run=False)
    said = _("Eingelesen: %(new)s neu, %(changed)s geändert, %(same)s unverändert.")
    if report.moved:
        said += " " + _("Verschoben mit allem darunter: %(moved)s.")
    counts = {"new": report.created, "changed": report.changed, "same": report.unchanged}
    counts["moved"] = report.moved
    undo_url = reverse("file-plan-import-undo", args=[plan.pk, actor.operation.pk])
    add_notice(
        request,
        said % counts,
        undo_url=undo_url if report.created or report.changed or report.moved else "",
        link_url=follow(report.job),
        link_label=JOB,
    )
    return redirect("file-plan-version", plan.pk)


@require_POST
def undo(request: HttpRequest, plan_id: int, operation_id: int) -> HttpResponse:
    """Take back what one's own import did."""
    plan = plan_version(plan_id)
    actor = person(person_of(request), "records.file_plan.undo")
    changed = undo_plan_change(operation_id, actor)
    said = _("Das Einlesen ist zurückgenommen.")
    add_notice(request, said, link_url=follow(changed.job), link_label=JOB)
    return redirect("file-plan-version", plan.pk)
