"""Storno of a file, a matter, of several, and lifting it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.refusals import IllegalState, LostUpdate, Refusal
from records import cancel_parents_desk, policies
from records.cancel_forms import BulkCancelForm, CancelForm
from records.cancel_parents_forms import MattersCancelForm
from records.choices import CaseFileStatus, MatterStatus
from records.closing_checks import CASE_FILE, MATTER
from records.models import CaseFile, Matter
from records.selectors import case_files
from records.selectors.cancelling import cancellation_of
from records.selectors.matters import visible_matter
from records.services import bulk_cancelling, cancel_checks
from records.services.actor import person
from records.services.cancelling_parents import (
    cancel_case_files,
    cancel_matters,
    refusal_of_file,
    require_active,
)
from records.services.lifting_cancellations import (
    require_liftable,
    require_lifting,
    restore_case_files,
    restore_matters,
)
from records.views import bulk, filtered_lists
from records.views.bulk import Selected
from records.views.cancelling import begin, bulk_page
from records.views.changing_files import require_changeable
from records.views.matters import matter_url
from records.views.tables import case_file_url

Parent = CaseFile | Matter


@require_http_methods(["GET", "POST"])
def cancel_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why the file is cancelled and what goes along; of a cancelled one, lifting it."""
    case_file = case_files.visible_case_file(request.user, uuid)
    if case_file.status == CaseFileStatus.CANCELLED and request.method == "GET":
        require_lifting(case_file, bulk.asking_actor(request))
        return _lifting_page(request, case_file)
    if (refusal := refusal_of_file(case_file, bulk.asking_actor(request))) is not None:
        raise refusal
    if request.method == "GET":
        return _page(request, case_file, _empty(case_file))
    return _posted(request, case_file)


@require_http_methods(["GET", "POST"])
def cancel_matter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same for a matter."""
    matter = visible_matter(request.user, uuid)
    require_changeable(request, matter.case_file)
    if matter.status == MatterStatus.CANCELLED and request.method == "GET":
        require_liftable({matter.pk: matter})
        return _lifting_page(request, matter)
    require_active(matter)
    if request.method == "GET":
        return _page(request, matter, _empty(matter))
    return _posted(request, matter)


def _empty(one: Parent) -> CancelForm:
    return CancelForm(initial={"row_version": one.row_version})


def _posted(request: HttpRequest, one: Parent) -> HttpResponse:
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form, status=422)
    try:
        _save(request, one, form)
    except (IllegalState, LostUpdate) as refusal:
        one.refresh_from_db(fields=["row_version", "status"])
        kept = {"reason": form.cleaned_data["reason"], "row_version": one.row_version}
        return _page(request, one, CancelForm(initial=kept), status=409, message=refusal)
    return redirect(_back(one))


def _save(request: HttpRequest, one: Parent, form: CancelForm) -> None:
    reason, shown = form.cleaned_data["reason"], {one.pk: form.cleaned_data["row_version"]}
    if isinstance(one, CaseFile):
        actor = person(person_of(request), "records.case_file.cancel", reason=reason)
        cancel_case_files([one.pk], actor, versions=shown)
        undo = reverse("case-file-restore", args=[one.uuid])
        add_notice(request, _("Die Akte ist mit ihrem Inhalt storniert."), undo_url=undo)
        return
    actor = person(person_of(request), "records.matter.cancel", reason=reason)
    cancel_matters([one.pk], actor, versions=shown)
    undo = reverse("matter-restore", args=[one.uuid])
    add_notice(request, _("Der Vorgang ist mit seinem Inhalt storniert."), undo_url=undo)


def _back(one: Parent) -> str:
    return case_file_url(one) if isinstance(one, CaseFile) else matter_url(one)


def _page(
    request: HttpRequest,
    one: Parent,
    form: CancelForm,
    status: int = 200,
    message: Refusal | None = None,
) -> HttpResponse:
    context = _about(one) | _below(request, one) | {"form": form, "message": message}
    return render(request, "records/parent_cancel.html", context, status=status)


def _about(one: Parent) -> dict[str, Any]:
    matter = one if isinstance(one, Matter) else None
    case_file = one if isinstance(one, CaseFile) else one.case_file
    return {"case_file": case_file, "matter": matter, "back_url": _back(one)}


def _below(request: HttpRequest, one: Parent) -> dict[str, Any]:
    """What is cancelled along, and what is in the way; nothing is counted that is not seen."""
    part = CASE_FILE if isinstance(one, CaseFile) else MATTER
    planned = bulk_cancelling.plan(part, [one.pk], bulk.asking_actor(request))[one.pk]
    if planned.message == bulk_cancelling.HIDDEN_PARTS:
        return {"hidden_parts": planned.message}
    matters = cancel_checks.matters_below(part, [one.pk])
    places = [one.pk] if part == CASE_FILE else [one.pk, *matters.values_list("pk", flat=True)]
    return {
        "matters_count": matters.count(),
        "documents_count": cancel_checks.documents_below(part, places).count(),
        "obstacles": cancel_checks.obstacles(part, [one.pk])[one.pk],
        "possible": planned.outcome == JobItemOutcome.CHANGED,
    }


def _lifting_page(request: HttpRequest, one: Parent) -> HttpResponse:
    context = _about(one) | {"cancellation": cancellation_of(one)}
    return render(request, "records/parent_restore.html", context)


@require_POST
def restore_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lift the Storno of the file and of what was cancelled along."""
    case_file = case_files.visible_case_file(request.user, uuid)
    restore_case_files([case_file.pk], person(person_of(request), "records.case_file.restore"))
    add_notice(request, _("Das Storno der Akte ist aufgehoben."))
    return redirect(case_file_url(case_file))


@require_POST
def restore_matter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same for a matter."""
    matter = visible_matter(request.user, uuid)
    restore_matters([matter.pk], person(person_of(request), "records.matter.restore"))
    add_notice(request, _("Das Storno des Vorgangs ist aufgehoben."))
    return redirect(matter_url(matter))


@require_http_methods(["GET", "POST"])
def cancel_many_matters(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Matters of one file in work: which ones and why, dry run, job."""
    case_file = case_files.visible_case_file(request.user, uuid)
    require_changeable(request, case_file)
    offered = list(_in_work(request, case_file))
    form = MattersCancelForm(bulk.posted(request), matters=offered)
    if not offered:
        text = _("Diese Akte hat keinen Vorgang in Bearbeitung.")
        add_notice(request, text, level=messages.INFO)
        return redirect(case_file_url(case_file))
    crumb = f"{case_file.aktenzeichen} {case_file.title}"
    selected = Selected([], case_file_url(case_file), crumb)
    if not form.is_valid():
        return bulk_page(request, form, selected, _("Vorgänge stornieren"))
    selected = Selected(form.ids(), selected.back_url, crumb)
    if "bestaetigt" not in request.POST:
        planned = bulk_cancelling.plan(MATTER, selected.ids, bulk.asking_actor(request))
        return bulk_page(request, form, selected, _("Vorgänge stornieren"), planned)
    title = _("Vorgänge stornieren in %(number)s") % {"number": case_file.aktenzeichen}
    job = jobs.Wanted(cancel_parents_desk.MATTERS, title, selected.ids, {})
    return begin(request, job, form, selected)


def _in_work(request: HttpRequest, case_file: CaseFile) -> "QuerySet[Matter]":
    rows = case_files.all_matters_of(request.user, case_file)
    return rows.filter(status=MatterStatus.ACTIVE)[: case_files.MATTERS_SHOWN]


@require_http_methods(["GET", "POST"])
def cancel_many_files(request: HttpRequest) -> HttpResponse:
    """The chosen files of the list: reason, dry run, job."""
    wanted = filtered_lists.file_listing(request)
    rows = filtered_lists.listed_files(request, wanted)
    selected = bulk.selected_rows(request, rows, wanted.base, _("Akten"))
    if not policies.reassigns_case_files(request.user) or not selected.ids:
        return bulk.nothing_selected(request, selected)
    form = BulkCancelForm(bulk.posted(request))
    if not form.is_valid():
        return bulk_page(request, form, selected, _("Akten stornieren"))
    if "bestaetigt" not in request.POST:
        planned = bulk_cancelling.plan(CASE_FILE, selected.ids, bulk.asking_actor(request))
        return bulk_page(request, form, selected, _("Akten stornieren"), planned)
    job = jobs.Wanted(cancel_parents_desk.FILES, _("Akten stornieren"), selected.ids, {})
    return begin(request, job, form, selected)
