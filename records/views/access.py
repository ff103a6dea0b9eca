"""Who may see a file and why, and changing it: preview, save, way back (requirements S2, U4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.accounts.models import User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, LostUpdate
from records import policies
from records.grants import Grant, GrantKind
from records.models import CaseFile
from records.rights_forms import ExclusionForm, GrantForm, LevelForm, RightsForm
from records.selectors import access_explanation, person_access
from records.selectors.case_files import visible_case_file
from records.services import actor as actors
from records.services import rights_changes
from records.services.rights_changes import Change, Outcome, Readmitting, Withdrawing

SESSION_KEY = "rights_way_back"
KEPT_WAYS_BACK = 5


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of change as its page names it."""

    form: type[RightsForm]
    title: object
    icon: str


TASKS: Mapping[str, Task] = {
    "freigeben": Task(GrantForm, gettext_lazy("Akte freigeben"), "unlock"),
    "schuetzen": Task(LevelForm, gettext_lazy("Vertraulichkeit ändern"), "shield"),
    "ausschliessen": Task(ExclusionForm, gettext_lazy("Person ausschließen"), "blocked"),
}
ENDINGS: Mapping[str, object] = {
    "gruppe": gettext_lazy("Freigabe beenden"),
    "person": gettext_lazy("Freigabe beenden"),
    "ausschluss": gettext_lazy("Ausschluss aufheben"),
}


@require_GET
def case_file_access(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """ "Wer darf das sehen und warum?" (requirements S2), for one person as well."""
    case_file = visible_case_file(request.user, uuid)
    may_change = policies.can_change_rights(request.user, case_file)
    wanted = request.GET.get("person", "").strip()
    found = person_access.people_named(wanted)
    context = {
        "case_file": case_file,
        "explanation": access_explanation.explain(case_file),
        "shows_exclusions": policies.can_see_exclusions(request.user, case_file),
        "may_change": may_change,
        "may_review": policies.can_review_rights(request.user, case_file.lead_unit_id),
        "tasks": TASKS.items() if may_change else (),
        "grants": _grant_rows(case_file) if may_change else (),
        "wanted": wanted,
        "found": found,
        "answer": _answer(request, case_file, found),
    }
    return render(request, "records/case_file_access.html", context)


def _answer(
    request: HttpRequest, case_file: CaseFile, found: list[User]
) -> person_access.Answer | None:
    return person_access.answer(case_file, found[0], request.user) if len(found) == 1 else None


def _grant_rows(case_file: CaseFile) -> list[tuple[str, Grant, str]]:
    """(whom, grant, address that ends it) of the releases given for this file itself."""
    found = rights_changes.own_grants(case_file.pk)
    return [(name, g, _ending_url(case_file, g)) for g, name in _named(found)]


def _named(found: list[Grant]) -> list[tuple[Grant, str]]:
    groups = Group.objects.in_bulk([g.group_id for g in found if g.group_id])
    people = User.objects.in_bulk([g.user_id for g in found if g.user_id])
    return [(g, str(people[g.user_id] if g.user_id else groups[g.group_id])) for g in found]


def _ending_url(case_file: CaseFile, grant: Grant) -> str:
    what = "person" if grant.kind == GrantKind.FILE_USER else "gruppe"
    return reverse("case-file-access-end", args=[case_file.uuid, what, grant.pk])


@require_http_methods(["GET", "POST"])
def change_access(request: HttpRequest, uuid: UUID, what: str) -> HttpResponse:
    """A form, then what it would do, then the change."""
    if what not in TASKS:
        raise Http404
    case_file = _changeable(request, uuid)
    task = TASKS[what]
    form = task.form(request.POST or None, case_file=case_file)
    context: dict[str, object] = {"case_file": case_file, "task": task, "form": form}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            return _step(request, case_file, form, context)
        except InvalidInput as refusal:
            field = {"user": "person"}.get(refusal.field, refusal.field)
            form.add_error(field if field in form.fields else None, refusal.reason)
        except LostUpdate:
            context["changed_meanwhile"] = case_file.get_confidentiality_display()
            _show_present_version(form, case_file)
            status = 409
    if form.errors:
        status = 422
    return render(request, "records/access_change.html", context, status=status)


def _show_present_version(form: RightsForm, case_file: CaseFile) -> None:
    """What is typed stays; the next click means the state that is shown now."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["row_version"] = str(case_file.row_version)  # type: ignore[index]


def _step(
    request: HttpRequest, case_file: CaseFile, form: RightsForm, context: dict[str, object]
) -> HttpResponse:
    step = request.POST.get("schritt", "")
    if step == "aendern":
        return render(request, "records/access_change.html", context)
    if step == "speichern":
        return _save(request, case_file, form.change())
    context["summary"] = form.summary()
    return _preview(request, case_file, form.change(), context)


def _preview(
    request: HttpRequest, case_file: CaseFile, change: Change, context: dict[str, object]
) -> HttpResponse:
    outcome = rights_changes.preview_change(case_file.pk, change, person_of(request))
    context |= {"case_file": case_file, "outcome": outcome}
    return render(request, "records/access_preview.html", context)


@require_http_methods(["GET", "POST"])
def end_access(request: HttpRequest, uuid: UUID, what: str, pk: int) -> HttpResponse:
    """End a release or an exclusion: first what that would do."""
    if what not in ENDINGS:
        raise Http404
    case_file = _changeable(request, uuid)
    kind = GrantKind.FILE_USER if what == "person" else GrantKind.FILE_GROUP
    change = Readmitting(pk) if what == "ausschluss" else Withdrawing(int(kind), pk)
    if request.method == "POST":
        return _save(request, case_file, change)
    context: dict[str, object] = {"task": Task(RightsForm, ENDINGS[what], "unlock")}
    return _preview(request, case_file, change, context)


def _changeable(request: HttpRequest, uuid: UUID) -> CaseFile:
    """Raises Http404 for what is invisible, Forbidden for what the person may not change."""
    case_file = visible_case_file(request.user, uuid)
    if not policies.can_change_rights(request.user, case_file):
        raise Forbidden(
            _("Die Zugriffsrechte von {file} dürfen Sie nicht ändern.").format(
                file=case_file.aktenzeichen
            ),
            next_step=_("Bitten Sie die Leitung oder die Registratur von {unit}.").format(
                unit=case_file.lead_unit
            ),
        )
    return case_file


def _save(request: HttpRequest, case_file: CaseFile, change: Change) -> HttpResponse:
    actor = actors.person(person_of(request), "records.rights.change")
    outcome = rights_changes.save_change(case_file.pk, change, actor)
    undo = ""
    if outcome.inverse is not None:
        _keep_way_back(request, actor.operation.uuid, case_file, outcome.inverse)
        undo = reverse("case-file-access-undo", args=[case_file.uuid, actor.operation.uuid])
    add_notice(request, _result(outcome), undo_url=undo)
    return redirect("case-file-access", case_file.uuid)


def _result(outcome: Outcome) -> str:
    gains, loses = len(outcome.gains), len(outcome.loses)
    parts = [
        ngettext("%(n)s Person sieht sie jetzt neu", "%(n)s Personen sehen sie jetzt neu", gains)
        % {"n": gains}
        if gains
        else "",
        ngettext("%(n)s Person sieht sie nicht mehr", "%(n)s Personen sehen sie nicht mehr", loses)
        % {"n": loses}
        if loses
        else "",
    ]
    said = "; ".join(part for part in parts if part)
    text = _("Zugriffsrechte geändert: %(said)s.") % {"said": said}
    return text if said else _("Zugriffsrechte geändert; wer die Akte sieht, bleibt gleich.")


def _keep_way_back(
    request: HttpRequest, operation: UUID, case_file: CaseFile, change: Change
) -> None:
    """In the session, not in an address: the reason of an exclusion is nobody else's business."""
    kept: dict[str, object] = request.session.get(SESSION_KEY, {})
    kept[str(operation)] = {"file": case_file.pk, **rights_changes.to_session(change)}
    request.session[SESSION_KEY] = dict(list(kept.items())[-KEPT_WAYS_BACK:])


@require_POST
def undo_access(request: HttpRequest, uuid: UUID, operation: UUID) -> HttpResponse:
    """ "Rückgängig" of a change of this session."""
    case_file = _changeable(request, uuid)
    kept = request.session.get(SESSION_KEY, {})
    values = dict(kept.get(str(operation), {}))
    if values.pop("file", None) != case_file.pk:
        raise Http404
    actor = actors.person(person_of(request), "records.rights.undo")
    rights_changes.save_change(case_file.pk, rights_changes.from_session(values), actor)
    del kept[str(operation)]
    request.session[SESSION_KEY] = kept
    add_notice(request, _("Die Änderung der Zugriffsrechte ist zurückgenommen."))
    return redirect("case-file-access", case_file.uuid)
