""" "Einführung": how far each unit is, what is missing, what is not filed yet."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access.policies import led_units, may_change_staff
from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk import cells
from goettingen_ecm.desk.fields import FreeDateField
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.desk.plots import BarPlot
from goettingen_ecm.desk.tables import Column, Empty, Table
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records import policies
from records.models import UnitTraining
from records.selectors import roll_out as selectors
from records.selectors.roll_out import UnitLine
from records.services import actor as actors
from records.services import unit_trainings as services


class TrainingForm(forms.Form):
    """The day of a training."""

    held_on = FreeDateField(
        label=gettext_lazy("Schulung gehalten am"),
        help_text=gettext_lazy("Zum Beispiel gestern oder 24.11."),
    )


def _refuse(reason: str) -> Forbidden:
    return Forbidden(reason, next_step=_("Fragen Sie Ihre Fachadministration."))


@require_GET
def roll_out(request: HttpRequest) -> HttpResponse:
    """All units the person accompanies."""
    user = person_of(request)
    if not may_roll_out(request):
        raise _refuse(_("Die Einführung begleiten die Fachadministration und die Leitungen."))
    table = Table(
        caption=_("Einheiten"),
        columns=[
            Column(_("Einheit"), lambda one: str(one.unit)),
            Column(_("Personen"), lambda one: one.people, align="end", tight=True),
            Column(_("Akten"), lambda one: one.files, align="end", tight=True),
            Column(_("Stand"), _state, tight=True),
        ],
        rows=selectors.overview(user),
        empty=Empty(_("Es gibt noch keine Einheiten."), icon="building"),
        query=request.GET,
        row_url=lambda one: reverse("roll-out-unit", args=[one.unit.uuid]),
    )
    return render(request, "records/roll_out.html", {"table": table})


def _state(one: UnitLine) -> str:
    if not one.people:
        return cells.badge(_("nicht begonnen"))
    if not one.files:
        return cells.badge(_("vorbereitet"), "info")
    return cells.badge(_("in Betrieb"), "success")


def may_roll_out(request: HttpRequest) -> bool:
    """Shown in the rail to the Fachadministration and every Leitung."""
    user = person_of(request)
    return may_change_staff(user) or bool(led_units(user))


@require_http_methods(["GET", "POST"])
def roll_out_unit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One unit: readiness list, what is not filed yet, trainings with a form to note one."""
    user = person_of(request)
    unit = get_object_or_404(OrgUnit, uuid=uuid)
    if not services.can_roll_out(user, unit.pk):
        raise _refuse(_("Diese Einheit begleiten die Fachadministration und ihre Leitung."))
    form = TrainingForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _noted(request, unit, form):
        return redirect("roll-out-unit", unit.uuid)
    waiting, trainings = selectors.waiting(unit), selectors.trainings(unit)
    context = {
        "unit": unit,
        "checks": selectors.checks(unit, trainings),
        "usable": _usable(request),
        "waiting": waiting,
        "total": sum(one.count for one in waiting),
        "plot": _plot(unit),
        "trainings": trainings,
        "form": form,
    }
    return render(
        request, "records/roll_out_unit.html", context, status=422 if form.errors else 200
    )


def _noted(request: HttpRequest, unit: OrgUnit, form: TrainingForm) -> bool:
    actor = actors.person(person_of(request), services.NOTED)
    try:
        made = services.note_training(unit, form.cleaned_data["held_on"], actor)
    except InvalidInput as refusal:
        form.add_error(refusal.field or None, refusal.reason)
        return False
    undo_url = reverse("roll-out-training-remove", args=[made.pk])
    add_notice(request, _("Die Schulung ist vermerkt."), undo_url=undo_url)
    return True


def _usable(request: HttpRequest) -> set[str]:
    """Pages the person may open: no link leads to a refusal."""
    user = person_of(request)
    usable = {"file-plan", "substitutions"}
    if may_change_staff(user):
        usable.add("staff-import")
    if policies.units_to_open_in(user):
        usable.add("case-file-new")
    if policies.can_operate_deliveries(user):
        usable |= {"deliveries", "clearing-cases"}
    return usable


def _plot(unit: OrgUnit) -> BarPlot | None:
    """Only where something has waited: eight empty bars say nothing."""
    weeks = selectors.waiting_by_week(unit)
    if not any(count for _moment, count in weeks):
        return None
    return BarPlot(
        _("Offene Klärungsfälle der letzten Wochen"),
        _("Stand am"),
        _("offen"),
        [(f"{timezone.localtime(moment):%d.%m.%Y}", count) for moment, count in weeks],
    )


@require_POST
def remove_training(request: HttpRequest, pk: int) -> HttpResponse:
    """Strike a training out."""
    training = get_object_or_404(UnitTraining.objects.select_related("unit"), pk=pk)
    services.remove_training(training, actors.person(person_of(request), services.REMOVED))
    add_notice(request, _("Die Schulung ist gestrichen."))
    return redirect("roll-out-unit", training.unit.uuid)
