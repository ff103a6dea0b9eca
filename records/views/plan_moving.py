"""Moving an entry of a draft: where to, what that changes below, done."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate
from records.plan_move_forms import MoveForm
from records.plan_tree import Place, suggested_code
from records.selectors.plan_entries import Placed, placed_entry
from records.selectors.plan_move_effects import PlannedMoves, effect_of_moves
from records.services import plan_changes, plan_moves
from records.services.actor import Actor, person
from records.services.plan_places import require_draft
from records.views.file_plan import entry_crumbs

CODES_SHOWN = 100


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Form, preview, then moved; nothing of a draft concerns files today."""
    plan_changes.require_editor(Actor(Operation(), user=person_of(request)))
    placed = placed_entry(entry_id)
    require_draft(placed.entry.plan)
    if request.method == "GET":
        return _page(request, placed, MoveForm(entry=placed.entry))
    form = MoveForm(request.POST, entry=placed.entry)
    if not form.is_valid():
        return _page(request, placed, form, 422)
    if request.POST.get("schritt") == "aendern":
        return _page(request, placed, form)
    if form.cleaned_data["row_version"] != placed.entry.row_version:
        return _changed_since(request, placed)
    _suggest(form)
    try:
        planned = _planned(form)
        if request.POST.get("schritt") == "verschieben":
            return _move(request, placed, form)
    except (InvalidInput, IllegalState) as refused:
        return _refused(request, placed, form, refused)
    if not planned.changed:
        add_notice(request, _("Es war nichts zu ändern."), level=messages.INFO)
        return redirect("file-plan-entry", entry_id)
    return _page(request, placed, form, preview=_preview(request, form, planned))


def _suggest(form: MoveForm) -> None:
    """A free code where none was typed."""
    if form.cleaned_data["code"]:
        return
    entries = form.entry.plan.entries.all()
    places = {e.pk: Place(e.pk, e.parent_id, e.code, e.overflow_of_id) for e in entries}
    code = suggested_code(places, form.entry.pk, form.cleaned_data["parent"])
    form.cleaned_data["code"] = code
    form.data = {**form.data.dict(), "code": code}  # type: ignore[attr-defined]


def _planned(form: MoveForm) -> PlannedMoves:
    entries = plan_moves.draft_entries(form.entry.plan)
    return plan_moves.planned_moves(entries, {form.entry.pk: form.move()})


def _preview(request: HttpRequest, form: MoveForm, planned: PlannedMoves) -> dict[str, Any]:
    changed = [(planned.before[pk], planned.after[pk]) for pk in planned.changed]
    renamed = [(before, after) for before, after in changed if before.code != after.code]
    above = planned.nearest_first(form.entry.pk, after=True)[1:]
    return {
        "above": above[0] if above else None,
        "code": planned.after[form.entry.pk].code,
        "codes": [(b.code, a.code, a.title) for b, a in renamed[:CODES_SHOWN]],
        "more": len(renamed) - CODES_SHOWN,
        "entries": len(changed),
        "effect": effect_of_moves(planned, person_of(request)),
    }


def _move(request: HttpRequest, placed: Placed, form: MoveForm) -> HttpResponse:
    actor, entry = person(person_of(request), "records.plan_entry.move"), placed.entry
    try:
        changed = plan_moves.move_entries(
            {entry.pk: form.move()},
            actor,
            versions={entry.pk: form.cleaned_data["row_version"]},
            loss_confirmed=request.POST.get("loss_confirmed") == "on",
        )
    except LostUpdate:
        return _changed_since(request, placed_entry(entry.pk))
    except InvalidInput as refused:
        if refused.field != "loss_confirmed":
            raise
        preview = _preview(request, form, _planned(form))
        return _page(request, placed, form, 422, preview=preview, unconfirmed=refused.reason)
    said = _("Der Eintrag heißt im Entwurf jetzt %(entry)s.") % {"entry": changed.entries[0]}
    undo_url = reverse("file-plan-undo", args=[entry.pk, actor.operation.pk])
    add_notice(request, said, undo_url=undo_url)
    return redirect("file-plan-entry", entry.pk)


def _refused(
    request: HttpRequest, placed: Placed, form: MoveForm, refused: InvalidInput | IllegalState
) -> HttpResponse:
    """Beside the field it is about; everything typed is still there."""
    name = getattr(refused, "field", "")
    form.add_error(
        name if name in form.fields else None, f"{refused.reason} {refused.next_step}".strip()
    )
    return _page(request, placed, form, 422 if isinstance(refused, InvalidInput) else 409)


def _changed_since(request: HttpRequest, placed: Placed) -> HttpResponse:
    """With what was typed, and the version that is stored now."""
    data = request.POST.copy()
    data["row_version"] = str(placed.entry.row_version)
    form = MoveForm(data, entry=placed.entry)
    return _page(request, placed, form, 409, changed_since=True)


def _page(
    request: HttpRequest, placed: Placed, form: MoveForm, status: int = 200, **context: Any
) -> HttpResponse:
    task = _("Eintrag verschieben oder umnummerieren")
    context |= {
        "placed": placed,
        "task": task,
        "form": form,
        "crumbs": [*entry_crumbs(placed.path), (task, "")],
        "entry_url": reverse("file-plan-entry", args=[placed.entry.pk]),
    }
    return render(request, "records/plan_entry_move.html", context, status=status)
