"""Changing what is known of a file, with a merge question and a way back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, LostUpdate
from records import policies
from records.business_data import form_name
from records.business_data_forms import TypeChoice, wants_other_fields
from records.case_file_forms import CaseFileForm
from records.models import CaseFile
from records.selectors import case_files
from records.selectors.file_types import rules_of
from records.selectors.merging import Merge, merge
from records.services.actor import Actor, person
from records.services.case_files import change_metadata
from records.services.documents import require_open
from records.services.undoing import undo_operation
from records.views.opening_files import say_cleaned
from records.views.tables import case_file_url

STORED = "gespeichert"


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """ "Angaben ändern": title, file type with its Fachdaten, case worker, remark."""
    case_file = case_files.visible_case_file(request.user, uuid)
    require_changeable(request, case_file)
    if request.method == "GET":
        return _page(request, case_file, _form(case_file))
    if wants_other_fields(request.POST):
        return _page(request, case_file, _form(case_file, shown=request.POST.dict()))
    form = _form(case_file, request.POST)
    if not form.is_valid():
        return _page(request, case_file, form, status=422)
    try:
        return _save(request, case_file, form)
    except LostUpdate:
        return _ask(request, uuid, form)
    except InvalidInput as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.reason)
        return _page(request, case_file, form, status=422)


def _form(
    case_file: CaseFile,
    data: QueryDict | None = None,
    shown: Mapping[str, Any] | None = None,
) -> CaseFileForm:
    types = TypeChoice.for_rule(rules_of([case_file.entry])[case_file.entry_id])
    return CaseFileForm(data, case_file=case_file, types=types, shown=shown)


def _page(
    request: HttpRequest,
    case_file: CaseFile,
    form: CaseFileForm,
    question: Merge | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"case_file": case_file, "form": form, "question": question}
    return render(request, "records/case_file_edit.html", context, status=status)


def require_changeable(request: HttpRequest, case_file: CaseFile) -> None:
    """Raises Forbidden or IllegalState before a form is shown that could not be saved."""
    if not policies.can_file_documents(request.user, case_file):
        raise Forbidden(
            _("Die Angaben dieser Akte dürfen Sie nicht ändern."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    require_open(case_file)


def _save(request: HttpRequest, case_file: CaseFile, form: CaseFileForm) -> HttpResponse:
    actor = person(person_of(request), "records.case_file.change")
    shown = form.cleaned_data["row_version"]
    [changed] = change_metadata(
        {case_file.pk: _wanted(request, form)}, actor, versions={case_file.pk: shown}
    )
    if changed.row_version == shown:
        add_notice(request, _("Es war nichts zu ändern."))
    else:
        add_notice(request, _("Die Angaben sind geändert."), undo_url=undo_url(case_file, actor))
        say_cleaned(request, cleaned=form.cleaned_unseen)
    return redirect(case_file_url(case_file))


def _wanted(request: HttpRequest, form: CaseFileForm) -> dict[str, Any]:
    """What is to be written: after a merge question, without what shall stay as it is stored."""
    values = _chosen(request, form)
    plain = {n: v for n, v in values.items() if n in CaseFileForm.NAMES}
    if form.fields_shown:
        left = set(form.values()) - set(values)
        plain["business_data"] = form.typed_data(without=left)
    return plain


def _chosen(request: HttpRequest, form: CaseFileForm) -> dict[str, Any]:
    """What was typed, by input, without what shall stay as it is stored."""
    values = form.values()
    return {n: v for n, v in values.items() if request.POST.get(f"wahl_{n}") != STORED}


def _ask(request: HttpRequest, uuid: UUID, form: CaseFileForm) -> HttpResponse:
    """Somebody else was faster: both values side by side, everything typed still there."""
    current = case_files.visible_case_file(request.user, uuid)
    question = merge(
        current,
        _chosen(request, form),
        form.cleaned_data["row_version"],
        {form_name(field): field for field in form.fields_shown},
    )
    merged = _form(current, shown=question.values)
    return _page(request, current, merged, question, status=409)


def undo_url(case_file: CaseFile, actor: Actor) -> str:
    """Where "Rückgängig" posts to."""
    return reverse("case-file-undo", args=[case_file.uuid, actor.operation.pk])


@require_POST
def undo(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Take back one's own last change of the file."""
    case_file = case_files.visible_case_file(request.user, uuid)
    actor = person(person_of(request), "records.case_file.undo")
    undo_operation(operation_id, actor)
    add_notice(request, _("Die Änderung ist zurückgenommen."))
    return redirect(case_file_url(case_file))
