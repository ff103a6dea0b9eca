"""Who takes part in a file: list, add with a hint to known ones, change, end, take out."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate
from records import policies
from records.models import CaseFile, Participation, Party
from records.party_forms import NewParticipationForm, ParticipationForm
from records.selectors import case_files, parties
from records.selectors.merging import Merge, merge
from records.selectors.parties import Duplicate
from records.services.actor import Actor, person
from records.services.participations import (
    NewParticipation,
    add_participations,
    change_participations,
    remove_participations,
)
from records.services.party_merging import undo_party_operation
from records.views.changing_files import STORED, require_changeable
from records.views.opening_files import add_refusal, say_cleaned

# The answer to "Gibt es schon": one of the known ones, or somebody else.
ANSWER, SOMEBODY_ELSE = "bekannt", "neu"
END, REMOVE = "beenden", "herausnehmen"


def parties_url(case_file: CaseFile) -> str:
    return reverse("case-file-parties", args=[case_file.uuid])


def _undo_url(case_file: CaseFile, actor: Actor) -> str:
    return reverse("case-file-parties-undo", args=[case_file.uuid, actor.operation.pk])


@require_http_methods(["GET", "POST"])
def case_file_parties(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The list, and a form to add; whoever seems to be known is asked about first."""
    case_file = case_files.visible_case_file(request.user, uuid)
    if request.method == "GET":
        return _page(request, case_file)
    require_changeable(request, case_file)
    form = _new_form(request, case_file)
    if not form.is_valid():
        return _page(request, case_file, form, status=422)
    known = _known(request, case_file, form)
    answer = request.POST.get(ANSWER, "")
    chosen = next((one.party for one in known if str(one.party.uuid) == answer), None)
    if known and chosen is None and answer != SOMEBODY_ELSE:
        return _page(request, case_file, form, known, status=422)
    if not _added(request, case_file, form, chosen):
        return _page(request, case_file, form, known, status=422)
    return redirect(parties_url(case_file))


def _new_form(request: HttpRequest, case_file: CaseFile) -> NewParticipationForm:
    matters = list(case_files.matters_of(request.user, case_file))
    form = NewParticipationForm(request.POST or None, matters=matters)
    form.hint_at(reverse("case-file-parties-known", args=[case_file.uuid]))
    return form


def _known(
    request: HttpRequest, case_file: CaseFile, form: NewParticipationForm
) -> list[Duplicate]:
    facts = form.facts()
    name = f"{facts.name} {facts.first_name}"
    return parties.duplicates_of(request.user, case_file.circle, name, facts.birth_date)


def _page(
    request: HttpRequest,
    case_file: CaseFile,
    form: NewParticipationForm | None = None,
    known: list[Duplicate] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_change = policies.is_open(case_file) and policies.can_file_documents(
        request.user, case_file
    )
    if form is None and may_change:
        form = _new_form(request, case_file)
    page = parties.participations_in(request.user, case_file, after=request.GET.get("nach", ""))
    context = {
        "case_file": case_file,
        "rows": page.rows,
        "next_url": f"?nach={page.next_cursor}" if page.next_cursor else "",
        "may_change": may_change,
        "form": form if may_change else None,
        "known": known or [],
    }
    return render(request, "records/case_file_parties.html", context, status=status)


def _added(
    request: HttpRequest, case_file: CaseFile, form: NewParticipationForm, chosen: Party | None
) -> bool:
    """False when it is refused, with the reason at its field."""
    actor = person(person_of(request), "records.participation.add")
    typed = form.cleaned_data
    who = chosen or form.facts()
    wanted = NewParticipation(case_file, typed["role"], who, typed["matter"], typed["since"])
    try:
        [added] = add_participations([wanted], actor)
    except (InvalidInput, IllegalState) as refusal:
        add_refusal(form, refusal)
        return False
    said = _("%(name)s ist jetzt beteiligt (%(role)s).") % {"name": added.party, "role": added.role}
    add_notice(request, said, undo_url=_undo_url(case_file, actor))
    say_cleaned(request, cleaned=form.cleaned_unseen)
    return True


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Change role, matter, begin and end, with a merge question."""
    case_file = case_files.visible_case_file(request.user, uuid)
    one = parties.participation_in(request.user, case_file, pk)
    require_changeable(request, case_file)
    if request.method == "GET":
        return _edit_page(request, one, _form(request, one))
    form = _form(request, one)
    if not form.is_valid():
        return _edit_page(request, one, form, status=422)
    try:
        return _save(request, one, form)
    except LostUpdate:
        return _ask(request, case_file, pk, form)
    except (InvalidInput, IllegalState) as refusal:
        add_refusal(form, refusal)
        return _edit_page(request, one, form, status=422)


def _form(request: HttpRequest, one: Participation, **more: Any) -> ParticipationForm:
    matters = list(case_files.matters_of(request.user, one.case_file))
    typed = request.POST if request.method == "POST" and not more else None
    return ParticipationForm(typed, participation=one, matters=matters, **more)


def _edit_page(
    request: HttpRequest,
    one: Participation,
    form: ParticipationForm,
    question: Merge | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "case_file": one.case_file,
        "participation": one,
        "form": form,
        "question": question,
        "back_url": parties_url(one.case_file),
    }
    return render(request, "records/participation_edit.html", context, status=status)


def _save(request: HttpRequest, one: Participation, form: ParticipationForm) -> HttpResponse:
    actor = person(person_of(request), "records.participation.change")
    shown = form.cleaned_data["row_version"]
    [changed] = change_participations(
        {one.pk: _wanted(request, form)}, actor, versions={one.pk: shown}
    )
    if changed.row_version == shown:
        add_notice(request, _("Es war nichts zu ändern."))
    else:
        undo = _undo_url(one.case_file, actor)
        add_notice(request, _("Die Beteiligung ist geändert."), undo_url=undo)
        say_cleaned(request, cleaned=form.cleaned_unseen)
    return redirect(parties_url(one.case_file))


def _wanted(request: HttpRequest, form: ParticipationForm) -> dict[str, Any]:
    """What is to be written: after a merge question, without what shall stay as it is stored."""
    values = form.values()
    return {n: v for n, v in values.items() if request.POST.get(f"wahl_{n}") != STORED}


def _ask(
    request: HttpRequest, case_file: CaseFile, pk: int, form: ParticipationForm
) -> HttpResponse:
    current = parties.participation_in(request.user, case_file, pk)
    question = merge(current, _wanted(request, form), form.cleaned_data["row_version"])
    kept = _form(request, current, shown=question.values)
    return _edit_page(request, current, kept, question, status=409)


@require_POST
def act(request: HttpRequest, uuid: UUID, pk: int, what: str) -> HttpResponse:
    """End a participation today, or take out what was entered by mistake."""
    case_file = case_files.visible_case_file(request.user, uuid)
    one = parties.participation_in(request.user, case_file, pk)
    require_changeable(request, case_file)
    actor = person(person_of(request), f"records.participation.{what}")
    if what not in (END, REMOVE):
        raise Http404
    actor = person(person_of(request), "records.participation.end")
    if what == END:
        change_participations({one.pk: {"until": clock.today()}}, actor)
        said = _("Die Beteiligung von %(name)s ist beendet.")
    else:
        remove_participations([one.pk], actor)
        said = _("%(name)s ist herausgenommen.")
    add_notice(request, said % {"name": one.party}, undo_url=_undo_url(case_file, actor))
    return redirect(parties_url(case_file))


@require_POST
def undo(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Take back one's own last change."""
    case_file = case_files.visible_case_file(request.user, uuid)
    undo_party_operation(operation_id, person(person_of(request), "records.participation.undo"))
    add_notice(request, _("Die Änderung ist zurückgenommen."))
    return redirect(parties_url(case_file))
