"""A copy of a document in another matter or file: where to, who will see it, then the copy."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput, Refusal
from records import policies
from records.models import CaseFile, Document
from records.moving_forms import FileMoveForm, MatterChoice
from records.selectors import case_files, filing_targets
from records.selectors.documents import visible_document
from records.selectors.sight_changes import sight_change
from records.services.actor import person
from records.services.copying import copy_documents, copy_refusal, undo_copies
from records.services.move_checks import Place
from records.views import bulk
from records.views.moving import matter_choice, offered_files
from records.views.tables import document_url


@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose a file and a matter, look, file the copy."""
    document = visible_document(request.user, uuid)
    if not policies.works_with_case_files(request.user):
        raise Forbidden(_("Sie dürfen nirgends Dokumente ablegen."))
    form = FileMoveForm(bulk.posted(request))
    if not form.is_valid():
        return _page(request, document, form, status=422 if form.errors else 200)
    named = request.POST.get("gemeint") or form.cleaned_data["target"]
    found = filing_targets.place_named(request.user, named)
    if found is None:
        offered = offered_files(request, form, None)
        return _page(request, document, form, 200 if offered else 422, offered=offered)
    choice = matter_choice(request, *found)
    message: Refusal | None = None
    if "bestaetigt" in request.POST:
        try:
            return _copied(request, document, Place(found[0], choice.matter()))
        except (InvalidInput, IllegalState) as refusal:
            message = refusal
    return _preview(request, document, found[0], choice, message)


def _page(
    request: HttpRequest, document: Document, form: FileMoveForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, "document": document, "back_url": document_url(document)} | more
    return render(request, "records/document_copy.html", context, status=status)


def _preview(
    request: HttpRequest,
    document: Document,
    case_file: CaseFile,
    choice: MatterChoice,
    message: Refusal | None,
) -> HttpResponse:
    there = Place(case_file, choice.matter())
    choice.fields.pop("loss_confirmed")
    source = case_files.visible_case_file(request.user, document.case_file.uuid)
    more = {
        "there": there,
        "choice": choice,
        "message": message,
        "refusal": copy_refusal(document, there, bulk.asking_actor(request)),
        "sight": sight_change(source, case_file, person_of(request)),
    }
    form = FileMoveForm(initial={"target": str(case_file.uuid)})
    return _page(request, document, form, 409 if message else 200, **more)


def _copied(request: HttpRequest, document: Document, there: Place) -> HttpResponse:
    actor = person(person_of(request), "records.document.copy")
    [made] = copy_documents([document.pk], there, actor)
    said = _("Die Kopie liegt in %(number)s.") % {"number": there.case_file.aktenzeichen}
    back = reverse("document-copy-undo", args=[made.uuid, actor.operation.pk])
    add_notice(request, said, undo_url=back)
    return redirect(document_url(made))


@require_POST
def undo(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Take back one's own copy: it is cancelled, the origin stays as it is."""
    document = visible_document(request.user, uuid)
    reason = _("Kopie zurückgenommen")
    undo_copies(
        operation_id, person(person_of(request), "records.document.copy_undo", reason=reason)
    )
    add_notice(request, _("Die Kopie ist storniert."))
    return redirect(document_url(document))
