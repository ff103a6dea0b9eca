"""Storno of a document and of many, and lifting it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.job_views import answer_with_job, launch
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.jobs import Result
from goettingen_ecm.operations.refusals import LostUpdate
from records.cancel_desk import JOB
from records.cancel_forms import BulkCancelForm, CancelForm
from records.choices import DocumentStatus
from records.models import Document
from records.selectors import case_files
from records.selectors.cancelling import cancellation_of
from records.selectors.documents import visible_document
from records.services import cancelling
from records.services.actor import person
from records.services.documents import filing_refusal
from records.views import bulk, filtered_lists
from records.views.bulk import Selected
from records.views.changeable import changeable_document, require_filing
from records.views.tables import document_url


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why the document is cancelled; of a cancelled one, lifting it."""
    document = visible_document(request.user, uuid)
    if document.status == DocumentStatus.CANCELLED and request.method == "GET":
        require_filing(request, document)
        context = {"document": document, "cancellation": cancellation_of(document)}
        return render(request, "records/document_restore.html", context)
    document = changeable_document(request, uuid)
    if request.method == "GET":
        initial = {"row_version": document.row_version}
        return _page(request, document, CancelForm(initial=initial))
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _page(request, document, form, status=422)
    try:
        return _save(request, document, form)
    except LostUpdate as refusal:
        return _ask_again(request, uuid, form, refusal)


def _save(request: HttpRequest, document: Document, form: CancelForm) -> HttpResponse:
    reason, shown = form.cleaned_data["reason"], form.cleaned_data["row_version"]
    actor = person(person_of(request), "records.document.cancel", reason=reason)
    cancelling.cancel_documents([document.pk], actor, versions={document.pk: shown})
    back = reverse("document-restore", args=[document.uuid])
    add_notice(request, _("Das Dokument ist storniert."), undo_url=back)
    return redirect(document_url(document))


def _ask_again(
    request: HttpRequest, uuid: UUID, form: CancelForm, refusal: LostUpdate
) -> HttpResponse:
    """Somebody changed the document meanwhile: the reason typed is still there."""
    current = changeable_document(request, uuid)
    kept = {"reason": form.cleaned_data["reason"], "row_version": current.row_version}
    return _page(request, current, CancelForm(initial=kept), status=409, message=refusal)


def _page(
    request: HttpRequest, document: Document, form: CancelForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"document": document, "form": form} | more
    return render(request, "records/document_cancel.html", context, status=status)


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lift the Storno."""
    document = visible_document(request.user, uuid)
    require_filing(request, document)
    actor = person(person_of(request), "records.document.restore")
    cancelling.restore_documents([document.pk], actor)
    add_notice(request, _("Das Storno ist aufgehoben."))
    return redirect(document_url(document))


@require_http_methods(["GET", "POST"])
def cancel_many(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The chosen documents of one file: reason, dry run, job."""
    case_file = case_files.visible_case_file(request.user, uuid)
    matter = case_files.matter_of(request.user, case_file, request.GET.get("vorgang", ""))
    wanted = filtered_lists.document_listing(request, case_file)
    rows = filtered_lists.listed_documents(request, case_file, matter, wanted)
    crumb = f"{case_file.aktenzeichen} {case_file.title}"
    selected = bulk.selected_rows(request, rows, wanted.base, crumb)
    if not selected.ids:
        return bulk.nothing_selected(request, selected)
    if (refusal := filing_refusal(case_file, bulk.asking_actor(request))) is not None:
        raise refusal
    form = BulkCancelForm(bulk.posted(request))
    if not form.is_valid():
        return bulk_page(request, form, selected, _("Dokumente stornieren"))
    if "bestaetigt" not in request.POST:
        planned = cancelling.plan(selected.ids, bulk.asking_actor(request))
        return bulk_page(request, form, selected, _("Dokumente stornieren"), planned)
    title = _("Dokumente stornieren in %(number)s") % {"number": case_file.aktenzeichen}
    return begin(request, jobs.Wanted(JOB, title, selected.ids, {}), form, selected)


def begin(
    request: HttpRequest, job: jobs.Wanted, form: BulkCancelForm, selected: Selected
) -> HttpResponse:
    """Start the Storno of many with the reason of a valid form."""
    actor = person(person_of(request), job.kind, reason=form.cleaned_data["reason"])
    return answer_with_job(request, launch(job, actor.operation), selected.back_url)


def bulk_page(
    request: HttpRequest,
    form: BulkCancelForm,
    selected: Selected,
    title: str,
    planned: Mapping[int, Result] | None = None,
) -> HttpResponse:
    """Reason first, then with ``planned`` what will happen."""
    context = {
        "form": form,
        "title": title,
        "count": len(selected.ids),
        "crumbs": [(selected.crumb, selected.back_url), (title, "")],
        "back_url": selected.back_url,
        "action": request.get_full_path(),
        "confirm_label": _("Jetzt stornieren"),
    }
    if planned is not None:
        form.hide()
        context |= bulk.sums(planned)
    status = 422 if form.errors else 200
    return render(request, "records/bulk_change.html", context, status=status)
