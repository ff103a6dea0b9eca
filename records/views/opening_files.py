"""Opening a file: find its place in the plan, then say what it is about."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records import policies
from records.business_data_forms import TypeChoice, wants_other_fields
from records.case_file_forms import NewCaseFileForm
from records.models import CaseFile, FilePlanEntry
from records.selectors import file_numbers, openable_entries
from records.selectors.file_types import rules_of
from records.services.actor import person
from records.services.case_files import NewCaseFile, open_case_files
from records.views.tables import case_file_url

OPENED = "records.case_file.open"


@require_http_methods(["GET", "POST"])
def new_case_file(request: HttpRequest) -> HttpResponse:
    """Two steps: without ``eintrag`` the search for an entry, with it the form."""
    unit_ids = policies.units_to_open_in(request.user)
    if not unit_ids:
        raise Forbidden(
            _("Akten anlegen dürfen Sachbearbeitung, Leitung und Registratur einer Einheit."),
            next_step=_("Bitten Sie die Einheit, die die Akte führen soll."),
        )
    entry = openable_entries.openable_entry(request.GET.get("eintrag", ""))
    if entry is None:
        return _choose_entry(request, unit_ids)
    return _fill_in(request, entry, unit_ids)


def _choose_entry(request: HttpRequest, unit_ids: set[int]) -> HttpResponse:
    text = request.GET.get("wort", "").replace("\0", "").strip()[: openable_entries.LONGEST]
    context = {
        "text": text,
        "entries": openable_entries.openable_entries(text, unit_ids),
        "refused": "eintrag" in request.GET,
    }
    return render(request, "records/case_file_new_entry.html", context)


def _fill_in(request: HttpRequest, entry: FilePlanEntry, unit_ids: set[int]) -> HttpResponse:
    circle = openable_entries.circles_of([entry])[entry.pk]
    units = openable_entries.units_of_circle(circle).filter(pk__in=unit_ids)
    if not units:
        raise IllegalState(
            _("Akten in %(entry)s führen nur Einheiten des Berechtigungskreises.")
            % {"entry": entry},
            next_step=_("Wählen Sie einen anderen Eintrag oder bitten Sie die zuständige Einheit."),
        )
    start: dict[str, Any] = {"lead_unit": entry.lead_unit_id, "case_worker": request.user.pk}
    types = TypeChoice.for_rule(rules_of([entry])[entry.pk])
    posted = request.POST if request.method == "POST" else None
    if posted is not None and wants_other_fields(posted):
        start, posted = start | request.POST.dict(), None
    form = NewCaseFileForm(posted, units=units, types=types, initial=start)
    status = 200
    if posted is not None:
        if form.is_valid() and (opened := _opened(request, entry, form)) is not None:
            return redirect(case_file_url(opened))
        status = 422
    return render(
        request, "records/case_file_new.html", {"form": form, "entry": entry}, status=status
    )


def _opened(request: HttpRequest, entry: FilePlanEntry, form: NewCaseFileForm) -> CaseFile | None:
    """The new file; None when it is refused, with the reason at its field."""
    data = form.cleaned_data
    unit: OrgUnit = data["lead_unit"]
    wanted = NewCaseFile(
        entry=entry,
        lead_unit=unit,
        title=data["title"],
        file_type=data["file_type"],
        business_data=form.typed_data(),
        case_worker=data["case_worker"],
        confidentiality=form.level(),
        remark=data["remark"],
    )
    actor = person(person_of(request), OPENED)
    try:
        [opened] = open_case_files([wanted], actor)
    except (InvalidInput, IllegalState) as refusal:
        add_refusal(form, refusal)
        return None
    said = _("Die Akte %(number)s ist angelegt.") % {"number": opened.aktenzeichen}
    undo = reverse("case-file-opening-undo", args=[opened.uuid, actor.operation.pk])
    add_notice(request, said, undo_url=undo)
    say_cleaned(request, cleaned=form.cleaned_unseen)
    return opened


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """A service's refusal beside the field it names, else above the form."""
    field = getattr(refusal, "field", "")
    said = f"{refusal.reason} {refusal.next_step}".strip()
    form.add_error(field if field in form.fields else None, said)


def say_cleaned(request: HttpRequest, *, cleaned: bool) -> None:
    """Tell that characters nobody sees were taken out of what was typed."""
    if cleaned:
        add_notice(
            request,
            _("Unsichtbare Zeichen (z. B. Schreibrichtungszeichen) wurden aus dem Text entfernt."),
        )


@require_GET
def open_by_number(request: HttpRequest, number: str) -> HttpResponse:
    """One step from an aktenzeichen to its file; former numbers lead there too."""
    return redirect(case_file_url(file_numbers.case_file_by_number(request.user, number)))
