"""Merging and splitting units: which one, what that means, planned and past changes."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records.choices import UnitChangeKind
from records.models import UnitChange
from records.selectors import unit_changes as selectors
from records.services import actor as actors
from records.services import unit_changes as services
from records.services import unit_hand_over
from records.services.actor import Actor
from records.services.unit_changes import NewChange
from records.unit_change_forms import ChangedUnitForm, UnitChangeForm

VERB = "records.unit_change.plan"


@require_GET
def unit_changes(request: HttpRequest) -> HttpResponse:
    """Planned and past changes; above them the unit that is to be reorganised."""
    user = _administrator(request)
    form = ChangedUnitForm(request.GET if "einheit" in request.GET else None)
    if form.is_bound and form.is_valid():
        address = reverse("unit-change-new", args=[form.cleaned_data["einheit"].uuid])
        return redirect(f"{address}?{urlencode({'art': form.cleaned_data['art']})}")
    changes = selectors.changes_shown(user)
    left = selectors.files_left(changes)
    rows = [(one, left.get(one.unit_id, 0)) for one in changes]
    context = {"form": form, "rows": rows, "today": clock.today()}
    return render(request, "records/unit_changes.html", context, status=422 if form.errors else 200)


def _administrator(request: HttpRequest) -> User:
    user = person_of(request)
    if not may_change_staff(user):
        raise Forbidden(
            _("Umgliederungen plant die Fachadministration."),
            next_step=_("Fragen Sie Ihre Fachadministration."),
        )
    return user


@require_http_methods(["GET", "POST"])
def unit_change_new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What goes where and when; then what moves and who sees what; then it is planned."""
    user = _administrator(request)
    left = get_object_or_404(OrgUnit, uuid=uuid)
    kind = _kind(request)
    form = UnitChangeForm(request.POST or None, left=left, kind=kind)
    context: dict[str, Any] = {"form": form, "left": left, "kind": kind}
    context |= {"merge": kind == UnitChangeKind.MERGE}
    step = request.POST.get("schritt", "")
    if request.method == "GET" or step == "aendern" or not form.is_valid():
        wrong = bool(request.method == "POST" and step != "aendern")
        return render(
            request, "records/unit_change_new.html", context, status=422 if wrong else 200
        )
    try:
        return _answer(request, form.wish(), actors.person(user, VERB), context)
    except InvalidInput as refusal:
        known = refusal.field if refusal.field in form.fields else None
        form.add_error(known, f"{refusal.reason} {refusal.next_step}".strip())
        return render(request, "records/unit_change_new.html", context, status=422)


def _kind(request: HttpRequest) -> UnitChangeKind:
    wanted = request.GET.get("art", "")
    return UnitChangeKind.SPLIT if wanted == UnitChangeKind.SPLIT else UnitChangeKind.MERGE


def _answer(
    request: HttpRequest, wish: NewChange, actor: Actor, context: dict[str, Any]
) -> HttpResponse:
    if request.POST.get("schritt") == "speichern":
        return _planned(request, services.plan_change(wish, actor))
    context |= {
        "wish": wish,
        "sight": services.preview_change(wish, actor),
        "inventory": selectors.inventory(wish.going, wish.first_day),
        "at_once": wish.first_day <= clock.today(),
    }
    return render(request, "records/unit_change_preview.html", context)


def _planned(request: HttpRequest, change: UnitChange) -> HttpResponse:
    if change.carried_out_at is not None:
        add_notice(request, _("Umgliederung ausgeführt; die Akten folgen im Hintergrund."))
    else:
        undo_url = reverse("unit-change-withdraw", args=[change.uuid])
        add_notice(request, _("Umgliederung geplant."), undo_url=undo_url)
    return redirect("unit-changes")


@require_POST
def unit_change_withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take one back before its day."""
    user = _administrator(request)
    change = get_object_or_404(UnitChange.objects.select_related("unit"), uuid=uuid)
    services.withdraw_change(change, actors.person(user, "records.unit_change.withdraw"))
    facts = {"unit": change.unit}
    add_notice(request, _("Die Umgliederung von %(unit)s ist zurückgenommen.") % facts)
    return redirect("unit-changes")


@require_POST
def unit_change_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Another try for files that could not go."""
    user = _administrator(request)
    change = get_object_or_404(UnitChange.objects.select_related("unit"), uuid=uuid)
    job = unit_hand_over.start_again(change, actors.person(user, "records.unit_change.again"))
    return redirect("job", job.uuid)
