"""Fehlablagen: data protection puts a document into the right file, with preview and way back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.audit.recording import record_search
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records import policies
from records.misfiling_moving_forms import MisfilingMoveForm
from records.models import Misfiling
from records.selectors import misfilings
from records.selectors.sight_changes import sight_change
from records.services.actor import person
from records.services.misfiling_moves import (
    Correction,
    move_misfiled,
    obstacle,
    take_move_back,
)


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The number of the right file; without ``bestaetigt`` the preview, with it the move."""
    one = _decidable(request, uuid)
    if request.method == "GET":
        return _page(request, one, MisfilingMoveForm(user=person_of(request)))
    form = MisfilingMoveForm(request.POST, user=person_of(request))
    valid = form.is_valid()
    _log(request, found="target" in form.cleaned_data)
    if not valid:
        return _page(request, one, form, 422)
    # What was not previewed is not done: the number may have been typed anew.
    previewed = request.POST.get("akte") == str(form.cleaned_data["target"].uuid)
    if "bestaetigt" not in request.POST or not previewed:
        return _preview(request, one, form)
    try:
        return _moved(request, one, form)
    except IllegalState as refusal:
        return _preview(request, one, form, message=refusal)


def _decidable(request: HttpRequest, uuid: UUID) -> Misfiling:
    if not policies.can_decide_misfilings(request.user):
        raise Forbidden(_("Über Fehlablagen entscheidet der Datenschutz."))
    one: Misfiling = get_object_or_404(misfilings.misfilings_for(request.user), uuid=uuid)
    if one.decided_at is not None:
        raise IllegalState(
            _("Über diese Fehlablage ist schon entschieden."),
            next_step=_("In der Liste der Fehlablagen steht, wie."),
        )
    return one


def _log(request: HttpRequest, *, found: bool) -> None:
    """Numbers tried are searches: whoever looks for files this way is seen to do so."""
    record_search(
        request.POST.get("target", "")[:120],
        actor_id=request.user.pk or 0,
        session_key=request.session.session_key or "",
        circles=rights_of(request.user).circles,
        hits=int(found),
    )


def _page(
    request: HttpRequest, one: Misfiling, form: MisfilingMoveForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"one": one, "form": form} | more
    return render(request, "records/misfiling_move.html", context, status=status)


def _preview(
    request: HttpRequest,
    one: Misfiling,
    form: MisfilingMoveForm,
    message: IllegalState | None = None,
) -> HttpResponse:
    """Numbers and units of both files, no title; who sees the document by which of them."""
    target = form.cleaned_data["target"]
    refusal = message or obstacle(one.document, target)
    more: dict[str, Any] = {"there": target, "refusal": refusal}
    if refusal is None:
        more["sight"] = sight_change(one.document.case_file, target, person_of(request))
        more["crosses"] = one.document.case_file.circle != target.circle
    return _page(request, one, form, 409 if refusal else 200, **more)


def _moved(request: HttpRequest, one: Misfiling, form: MisfilingMoveForm) -> HttpResponse:
    correction = Correction(form.cleaned_data["target"], form.cleaned_data["reason"])
    actor = person(person_of(request), "records.document.misfiling_move")
    move_misfiled(one.pk, correction, actor)
    said = _("Das Dokument liegt jetzt in %(number)s.") % {"number": correction.target.aktenzeichen}
    add_notice(request, said, undo_url=reverse("misfiling-move-undo", args=[one.uuid]))
    return redirect("misfilings")


@require_POST
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back one's own decision."""
    if not policies.can_decide_misfilings(request.user):
        raise Forbidden(_("Über Fehlablagen entscheidet der Datenschutz."))
    one = get_object_or_404(misfilings.misfilings_for(request.user), uuid=uuid)
    take_move_back(one.pk, person(person_of(request), "records.document.misfiling_move_undo"))
    add_notice(request, _("Die Entscheidung ist zurückgenommen; die Fehlablage wartet wieder."))
    return redirect("misfilings")
