"""Merging matters: choose them, look at what comes along and what is in the way, confirm."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate, Refusal
from records.merging_forms import MattersMergeForm, OtherFileForm
from records.models import CaseFile, Matter
from records.selectors import case_files, filing_targets, matters
from records.selectors.matter_merges import carried
from records.selectors.sight_changes import sight_change
from records.services import merge_checks
from records.services.actor import person
from records.services.merge_checks import MergeWish
from records.services.merging_matters import merge_matters
from records.services.undoing_merges import undo_merge
from records.views import bulk
from records.views.changing_files import require_changeable
from records.views.matters import matter_url
from records.views.tables import case_file_url


@dataclass(frozen=True, slots=True)
class Choosing:
    """The file of the new matter, the form, and the other file whose matters are offered, too."""

    case_file: CaseFile
    form: MattersMergeForm
    other: CaseFile | None
    asked: OtherFileForm


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Without ``bestaetigt`` the preview, with it the merge."""
    case_file = case_files.visible_case_file(request.user, uuid)
    require_changeable(request, case_file)
    what = _choosing(request, case_file)
    if request.method == "GET":
        return _page(request, what, 422 if what.asked.errors else 200)
    if not what.form.is_valid():
        return _page(request, what, 422)
    wish = MergeWish(case_file, what.form.chosen(), what.form.new_title())
    if "bestaetigt" not in request.POST:
        return _preview(request, what, wish)
    try:
        return _merged(request, wish)
    except (InvalidInput, IllegalState, LostUpdate) as refusal:
        return _preview(request, what, wish, refusal)


def _choosing(request: HttpRequest, case_file: CaseFile) -> Choosing:
    data = request.POST if request.method == "POST" else None
    asked = OtherFileForm(data or request.GET)
    other = _other_file(request, case_file, asked)
    offered = [*_in_work(request, case_file), *(_in_work(request, other) if other else [])]
    ticked = {"vorgang": [request.GET.get("vorgang", "")]}
    return Choosing(
        case_file, MattersMergeForm(data, matters=offered, initial=ticked), other, asked
    )


def _other_file(request: HttpRequest, case_file: CaseFile, asked: OtherFileForm) -> CaseFile | None:
    typed = asked.cleaned_data["aus"].strip() if asked.is_valid() else ""
    if not typed:
        return None
    found = filing_targets.place_named(request.user, typed)
    if found is None:
        asked.add_error("aus", _("Dazu wurde keine Akte gefunden."))
        return None
    return found[0] if found[0].pk != case_file.pk else None


def _in_work(request: HttpRequest, case_file: CaseFile) -> list[Matter]:
    rows = filing_targets.matters_to_file_in(request.user, case_file)
    return list(rows.select_related("case_file__entry", "case_file__lead_unit", "parent"))


def _page(request: HttpRequest, what: Choosing, status: int = 200, **more: object) -> HttpResponse:
    context = {
        "case_file": what.case_file,
        "form": what.form,
        "asked": what.asked,
        "other": what.other,
        "back_url": case_file_url(what.case_file),
    } | more
    return render(request, "records/matters_merge.html", context, status=status)


def _preview(
    request: HttpRequest, what: Choosing, wish: MergeWish, message: Refusal | None = None
) -> HttpResponse:
    more = {
        "wish": wish,
        "carried": carried(wish.sources),
        "obstacles": merge_checks.obstacles(wish, bulk.asking_actor(request)),
        "narrowed": merge_checks.narrowing(wish) is not None,
        "message": message,
    }
    if what.other is not None and wish.foreign:
        more["sight"] = sight_change(what.other, what.case_file, person_of(request))
    return _page(request, what, 409 if message else 200, **more)


def _merged(request: HttpRequest, wish: MergeWish) -> HttpResponse:
    actor = person(person_of(request), "records.matters.merge")
    shown = {one.pk: request.POST.get(f"stand_{one.uuid}", "") for one in wish.sources}
    versions = {
        pk: int(typed) if typed.isascii() and typed.isdigit() else 0 for pk, typed in shown.items()
    }
    made = merge_matters(wish, actor, versions=versions)
    undo = reverse("matters-merge-undo", args=[made.uuid, actor.operation.pk])
    said = _("Die Vorgänge sind zusammengeführt; alles liegt jetzt in „%(title)s“.")
    add_notice(request, said % {"title": made.title}, undo_url=undo)
    return redirect(matter_url(made))


@require_POST
def undo(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Take back one's own merge; ``uuid`` is the new matter."""
    matters.visible_matter(request.user, uuid)
    sources = undo_merge(operation_id, person(person_of(request), "records.matters.merge_undo"))
    add_notice(request, _("Die Vorgänge sind wieder getrennt; alles liegt, wo es war."))
    return redirect(matter_url(sources[0]))
