"""Löschsperren of a file: list, place, review, lift."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import german
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, LostUpdate
from records import policies
from records.choices import HoldKind
from records.closing_forms import HoldForm, ReasonForm, ReviewForm
from records.models import CaseFile, Hold
from records.selectors import case_files, holds
from records.services import holds as services
from records.services.actor import person
from records.services.holds import NewHold


@require_http_methods(["GET", "POST"])
def case_file_holds(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Which holds stand and stood, and the form for a new one."""
    case_file = case_files.visible_case_file(request.user, uuid)
    if request.method == "GET":
        return _page(request, case_file)
    if not policies.can_place_holds(request.user, case_file):
        raise Forbidden(_("Für diese Akte dürfen Sie keine Löschsperre setzen."))
    form = _form(request, case_file, request.POST)
    if not form.is_valid():
        return _page(request, case_file, form, status=422)
    try:
        _place(request, case_file, form)
    except InvalidInput as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.reason)
        return _page(request, case_file, form, status=422)
    add_notice(request, _("Die Löschsperre ist gesetzt."))
    return redirect(holds_url(case_file))


def _form(request: HttpRequest, case_file: CaseFile, data: Any = None) -> HoldForm:
    matters = list(case_files.matters_of(request.user, case_file))
    return HoldForm(data, case_file=case_file, matters=matters, user=person_of(request))


def _page(
    request: HttpRequest, case_file: CaseFile, form: HoldForm | None = None, status: int = 200
) -> HttpResponse:
    standing = holds.standing_holds(request.user, case_file)
    may_place = case_file.status not in services.GONE and policies.can_place_holds(
        request.user, case_file
    )
    context = {
        "case_file": case_file,
        "standing": [
            (one, policies.can_lift_hold(request.user, case_file, one)) for one in standing
        ],
        "lifted": holds.lifted_holds(request.user, case_file),
        "form": (form or _form(request, case_file)) if may_place else None,
    }
    return render(request, "records/case_file_holds.html", context, status=status)


def _place(request: HttpRequest, case_file: CaseFile, form: HoldForm) -> None:
    typed = form.cleaned_data
    wanted = NewHold(
        case_file,
        HoldKind(typed["kind"]),
        typed["reason"],
        typed["owner"],
        typed["review_on"],
        typed["matter"],
    )
    services.place_holds([wanted], person(person_of(request), "records.hold.place"))


@require_GET
def hold_detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Review or lift one hold: whoever answers for it, Leitung or Registratur."""
    return _hold_page(request, _changeable(request, uuid))


def _changeable(request: HttpRequest, uuid: UUID) -> Hold:
    hold = holds.visible_hold(request.user, uuid)
    if not policies.can_lift_hold(request.user, hold.case_file, hold):
        raise Forbidden(
            _("Diese Löschsperre dürfen Sie nicht ändern oder aufheben."),
            next_step=_("Wenden Sie sich an %(name)s.") % {"name": hold.owner},
        )
    return hold


def _hold_page(request: HttpRequest, hold: Hold, **more: Any) -> HttpResponse:
    context = {
        "case_file": hold.case_file,
        "hold": hold,
        "review_form": ReviewForm(hold=hold),
        "reason_form": ReasonForm(initial={"row_version": hold.row_version}, prefix="grund"),
    }
    status = 409 if "message" in more else 422 if more else 200
    return render(request, "records/hold_detail.html", context | more, status=status)


@require_POST
def lift_hold(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End the hold with a reason."""
    hold = _changeable(request, uuid)
    form = ReasonForm(request.POST, prefix="grund")
    if not form.is_valid():
        return _hold_page(request, hold, reason_form=form)
    typed = form.cleaned_data
    actor = person(person_of(request), "records.hold.lift", reason=typed["reason"])
    try:
        services.lift_holds(
            [hold.pk], actor, typed["reason"], versions={hold.pk: typed["row_version"]}
        )
    except LostUpdate as refusal:
        current = _changeable(request, uuid)
        initial = {"reason": typed["reason"], "row_version": current.row_version}
        kept = ReasonForm(initial=initial, prefix="grund")
        return _hold_page(request, current, reason_form=kept, message=refusal)
    add_notice(request, _("Die Löschsperre ist aufgehoben."))
    return redirect(holds_url(hold.case_file))


@require_POST
def review_hold(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The hold stays; look at it again on another day."""
    hold = _changeable(request, uuid)
    form = ReviewForm(request.POST, hold=hold)
    if not form.is_valid():
        return _hold_page(request, hold, review_form=form)
    typed = form.cleaned_data
    try:
        services.review_holds(
            [hold.pk],
            person(person_of(request), "records.hold.review"),
            typed["review_on"],
            versions={hold.pk: typed["row_version"]},
        )
    except LostUpdate as refusal:
        return _hold_page(request, _changeable(request, uuid), message=refusal)
    day = german.short_date(typed["review_on"])
    add_notice(request, _("Die Sperre bleibt; nächste Überprüfung am %(day)s.") % {"day": day})
    return redirect(holds_url(hold.case_file))


def holds_url(case_file: CaseFile) -> str:
    return reverse("case-file-holds", args=[case_file.uuid])
