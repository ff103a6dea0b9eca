"""Reassigning many files: choose where, see what moves and who gains and loses sight, then the job."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.choices import JobItemOutcome
from goettingen_ecm.operations.jobs import Result
from goettingen_ecm.operations.refusals import IllegalState
from records import bulk_jobs
from records.bulk_reassign_form import BulkReassignForm
from records.selectors.sight_of_many import SightOfMany, sight_of_many
from records.services import bulk_reassigning
from records.services.bulk_reassigning import FileMove
from records.views import bulk, filtered_lists
from records.views.bulk import Selected


@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest) -> HttpResponse:
    """The chosen files of the list: other entry, other unit, other case worker."""
    wanted = filtered_lists.file_listing(request)
    rows = filtered_lists.listed_files(request, wanted)
    selected = bulk.selected_rows(request, rows, wanted.base, _("Akten"))
    if not selected.ids:
        return bulk.nothing_selected(request, selected)
    form = BulkReassignForm(bulk.posted(request))
    if not form.is_valid():
        return _page(request, form, selected, {})
    if "bestaetigt" not in request.POST:
        return _preview(request, form, selected)
    return _begin(request, form, selected)


def _begin(request: HttpRequest, form: BulkReassignForm, selected: Selected) -> HttpResponse:
    move = form.move()
    if not move.loss_confirmed and _loses(_outlook(request, move, selected.ids)[1]):
        form.add_error("loss_confirmed", _("Bitte bestätigen Sie, dass Sie die Akten abgeben."))
        return _preview(request, form, selected)
    parameters = bulk_jobs.move_parameters(move)
    job = jobs.Wanted(bulk_jobs.MOVES, _("Akten umschreiben"), selected.ids, parameters)
    return bulk.start_job(request, job, selected)


def _preview(request: HttpRequest, form: BulkReassignForm, selected: Selected) -> HttpResponse:
    move = form.move() if form.is_valid() else _unconfirmed(form)
    try:
        planned, sight = _outlook(request, move, selected.ids)
    except IllegalState as refusal:
        form.add_error("entry", f"{refusal.reason} {refusal.next_step}".strip())
        return _page(request, form, selected, {})
    _narrow(form, loses=_loses(sight))
    return _page(request, form, selected, bulk.sums(planned) | {"move": move, "sight": sight})


def _unconfirmed(form: BulkReassignForm) -> FileMove:
    """The move of a form that lacks nothing but the confirmation."""
    entry, unit, worker = (
        form.cleaned_data.get(name) for name in ("entry", "lead_unit", "case_worker")
    )
    return FileMove(entry, unit, worker)


def _outlook(
    request: HttpRequest, move: FileMove, ids: Sequence[int]
) -> tuple[dict[int, Result], SightOfMany]:
    """What would become of each file, and who gains and loses sight of those that move."""
    asking = bulk.asking_actor(request)
    planned = bulk_reassigning.plan(move, ids, asking)
    moving = [pk for pk, one in planned.items() if one.outcome == JobItemOutcome.CHANGED]
    files = bulk_reassigning.visible_files(moving, asking)
    pairs = bulk_reassigning.before_and_after(move, list(files.values()))
    return planned, sight_of_many(pairs, person_of(request))


def _loses(sight: SightOfMany) -> bool:
    """Whether the mover must say so; where it is not known as well."""
    return bool(sight.lost_by_oneself or sight.unexplained)


def _narrow(form: BulkReassignForm, *, loses: bool) -> None:
    """The preview repeats what was chosen unseen; what is still to say stays visible."""
    for name in ("entry", "lead_unit"):
        form.fields[name].widget = forms.HiddenInput()
    if not form.data.get("lead_unit"):
        form.fields.pop("case_worker")
    if not loses:
        form.fields.pop("loss_confirmed")


def _page(
    request: HttpRequest, form: BulkReassignForm, selected: Selected, preview: dict[str, Any]
) -> HttpResponse:
    title = _("Akten umschreiben")
    if not preview:
        for name in ("case_worker", "loss_confirmed"):
            form.fields.pop(name)
    context = preview | {
        "form": form,
        "title": title,
        "count": len(selected.ids),
        "crumbs": [(selected.crumb, selected.back_url), (title, "")],
        "back_url": selected.back_url,
        "action": request.get_full_path(),
    }
    status = 400 if form.errors else 200
    return render(request, "records/bulk_reassign.html", context, status=status)
