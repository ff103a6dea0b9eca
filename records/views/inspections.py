"""Akteneinsicht: the requests of a file, a new one, its PDF, the note that it was granted."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import (
    Forbidden,
    IllegalState,
    InvalidInput,
    LostUpdate,
    Refusal,
)
from records import policies
from records.inspection_forms import DocumentChoice, GrantForm, InspectionForm
from records.models import CaseFile, Inspection
from records.selectors import case_files, inspections
from records.services import inspections as services
from records.services import uploads
from records.services.actor import person


@require_GET
def list_of_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who looked into the file or asked to."""
    case_file = case_files.visible_case_file(request.user, uuid)
    context = {
        "case_file": case_file,
        "rows": inspections.inspections_of(case_file)[: inspections.LISTED],
        "may_request": policies.can_file_documents(request.user, case_file),
    }
    return render(request, "records/inspections_of_file.html", context)


@require_GET
def open_list(request: HttpRequest) -> HttpResponse:
    """Requests not granted yet in all visible files."""
    if not policies.works_with_case_files(request.user):
        raise Forbidden(
            _("Offene Akteneinsichten sehen Sachbearbeitung, Leitung und Registratur."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    rows = inspections.open_inspections(request.user)[: inspections.LISTED]
    return render(request, "records/inspections_open.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask who wants to see what; POST keeps it and orders the PDF."""
    case_file = case_files.visible_case_file(request.user, uuid)
    if not policies.can_file_documents(request.user, case_file):
        raise Forbidden(
            _("Akteneinsicht gewährt, wer in der federführenden Einheit mit der Akte arbeitet."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    sent = request.POST if request.method == "POST" else None
    form = InspectionForm(
        sent,
        bases=list(inspections.released_bases()),
        parties=inspections.asking_parties(case_file),
    )
    choice = DocumentChoice(inspections.offered_documents(request.user, case_file), sent)
    if sent is None or not form.is_valid():
        return _form_page(request, case_file, form, choice, 200 if sent is None else 422)
    try:
        made, _job = services.request_inspection(
            services.NewInspection(
                case_file=case_file,
                documents=choice.shown(),
                withheld=choice.withheld(),
                **form.typed(),
            ),
            person(person_of(request), "records.inspection.request"),
        )
    except InvalidInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
        return _form_page(request, case_file, form, choice, 422)
    add_notice(request, _("Die Akteneinsicht ist angelegt; ihr PDF wird erstellt."))
    return redirect("inspection", uuid=made.uuid)


def _form_page(
    request: HttpRequest,
    case_file: CaseFile,
    form: InspectionForm,
    choice: DocumentChoice,
    status: int,
) -> HttpResponse:
    context = {
        "case_file": case_file,
        "form": form,
        "choice": choice.rows,
        "bases": inspections.released_bases(),
        "cut": len(choice.rows) >= inspections.OFFERED,
    }
    return render(request, "records/inspection_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The request, its documents and its PDF; POST notes to whom Einsicht was granted."""
    inspection = inspections.visible_inspection(request.user, uuid)
    if request.method == "GET":
        return _page(request, inspection)
    form = GrantForm(request.POST, inspection=inspection)
    if not form.is_valid():
        return _page(request, inspection, form=form, status=422)
    typed = form.cleaned_data
    try:
        services.grant_inspections(
            {inspection.pk: (typed["granted_to"], typed["granted_on"])},
            person(person_of(request), "records.inspection.grant"),
            versions={inspection.pk: typed["row_version"]},
        )
    except InvalidInput as refused:
        form.add_error(refused.field, refused.reason)
        return _page(request, inspection, form=form, status=422)
    except (LostUpdate, IllegalState) as refused:
        current = inspections.visible_inspection(request.user, uuid)
        return _page(request, current, message=refused, status=409)
    add_notice(request, _("Die gewährte Einsicht ist vermerkt."))
    return redirect("inspection", uuid=uuid)


def _page(
    request: HttpRequest,
    inspection: Inspection,
    *,
    form: GrantForm | None = None,
    message: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = inspections.shown_rows(request.user, inspection)
    works = policies.can_file_documents(request.user, inspection.case_file)
    whole = inspections.may_be_handed_out(request.user, inspection)
    open_for_note = works and inspection.pdf_id is not None and inspection.granted_on is None
    context = {
        "inspection": inspection,
        "case_file": inspection.case_file,
        "rows": [one for one in rows if not one.withheld],
        "withheld": [one for one in rows if one.withheld],
        "whole": whole,
        "may_take": works and whole and inspection.pdf_id is not None,
        "form": (form or GrantForm(inspection=inspection)) if open_for_note else None,
        "message": message,
    }
    return render(request, "records/inspection.html", context, status=status)


@require_GET
def pdf(request: HttpRequest, uuid: UUID) -> FileResponse:
    """The PDF to hand out: a download for who grants Einsicht, written down."""
    inspection = inspections.visible_inspection(request.user, uuid)
    if not policies.can_file_documents(request.user, inspection.case_file):
        raise Forbidden(
            _("Das Einsichts-PDF holt, wer in der federführenden Einheit mit der Akte arbeitet."),
            next_step=_("Wenden Sie sich an die federführende Einheit."),
        )
    if inspection.pdf is None:
        raise Http404
    if not inspections.may_be_handed_out(request.user, inspection):
        raise IllegalState(
            _("Das PDF enthält ein Dokument, das nicht mehr in der Akte liegt."),
            next_step=_("Legen Sie die Akteneinsicht neu an."),
        )
    services.record_taken(inspection, person(person_of(request), "records.inspection.take"))
    file = uploads.open_blob(inspection.pdf)
    name = f"Akteneinsicht {inspection.case_file.aktenzeichen}.pdf".replace("/", "-")
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf")
