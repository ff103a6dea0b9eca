"""Break-glass (requirements S3): asking for it, looking at those that were, ending one."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import german
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records import policies
from records.models import CaseFile, EmergencyAccess
from records.selectors import emergencies
from records.selectors.file_numbers import case_file_by_number
from records.services import actor as actors
from records.services import emergency


class EmergencyForm(forms.Form):
    """Which file, why, and that the person knows what follows."""

    aktenzeichen = forms.CharField(label=gettext_lazy("Aktenzeichen"), max_length=120)
    reason = forms.CharField(
        label=gettext_lazy("Begründung"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Warum brauchen Sie die Akte jetzt, und wer ist nicht erreichbar? Ein Satz genügt."
        ),
    )
    understood = forms.BooleanField(
        label=gettext_lazy(
            "Mir ist bekannt, dass der Notzugriff protokolliert und der Leitung und dem Datenschutz"
            " gemeldet wird."
        )
    )


@require_http_methods(["GET", "POST"])
def emergency_access(request: HttpRequest) -> HttpResponse:
    """Open a file in an emergency. Unknown and not allowed read the same (404)."""
    form = EmergencyForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            seen = _visible(request, form.cleaned_data["aktenzeichen"])
            if seen is not None:
                add_notice(request, _("Diese Akte sehen Sie ohne Notzugriff."))
                return redirect("case-file", seen.uuid)
            opened = _opened(request, form)
            if opened is not None:
                return redirect("case-file", opened.case_file.uuid)
            status = 422 if form.errors else 404
    context = {
        "form": form,
        "impossible": status == 404,
        "hours": settings.EMERGENCY_ACCESS_HOURS,
        "may_read": policies.can_read_emergency_accesses(request.user),
    }
    return render(request, "records/emergency_access.html", context, status=status)


def _visible(request: HttpRequest, aktenzeichen: str) -> CaseFile | None:
    try:
        return case_file_by_number(request.user, aktenzeichen)
    except Http404:
        return None


def _opened(request: HttpRequest, form: EmergencyForm) -> EmergencyAccess | None:
    data = form.cleaned_data
    try:
        opened = emergency.open_in_emergency(
            data["aktenzeichen"], data["reason"], person_of(request)
        )
    except InvalidInput as refusal:
        form.add_error(refusal.field, refusal.reason)
        return None
    if opened is not None:
        until = german.date_time(opened.valid_until)
        text = _("Notzugriff bis %(until)s. Leitung und Datenschutz sind benachrichtigt.")
        add_notice(request, text % {"until": until})
    return opened


@require_GET
def emergency_list(request: HttpRequest) -> HttpResponse:
    """Those that were: for data protection all, for heads those of their files."""
    if not policies.can_read_emergency_accesses(request.user):
        raise Forbidden(_("Notzugriffe sehen der Datenschutz und die Leitungen der Einheiten."))
    reviews = policies.can_review_emergency_access(request.user)
    rows = list(emergencies.accesses_for(request.user)[: emergencies.ROWS_SHOWN])
    scopes = set(rights_of(request.user).scope_ids)
    context = {
        "rows": [(one, one.case_file.scope_id in scopes, _may_end(request, one)) for one in rows],
        "reviews": reviews,
        "now": clock.now(),
    }
    return render(request, "records/emergency_list.html", context)


def _may_end(request: HttpRequest, one: EmergencyAccess) -> bool:
    running = one.ended_at is None and one.valid_until > clock.now()
    return running and policies.can_end_emergency_access(request.user, one.case_file)


@require_POST
def emergency_review(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The tick of data protection."""
    access = _access(request, uuid)
    actor = actors.person(person_of(request), "records.emergency.review")
    emergency.review_emergency_access(access, actor)
    add_notice(request, _("Als geprüft vermerkt."))
    return redirect("emergency-accesses")


@require_POST
def emergency_end(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The head ends it before its time."""
    access = _access(request, uuid)
    actor = actors.person(person_of(request), "records.emergency.end")
    emergency.end_emergency_access(access, actor)
    add_notice(request, _("Der Notzugriff ist beendet."))
    return redirect("emergency-accesses")


def _access(request: HttpRequest, uuid: UUID) -> EmergencyAccess:
    if not policies.can_read_emergency_accesses(request.user):
        raise Forbidden(_("Notzugriffe sehen der Datenschutz und die Leitungen der Einheiten."))
    return get_object_or_404(emergencies.accesses_for(request.user), uuid=uuid)
