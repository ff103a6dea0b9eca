"""Changing what is known of a document, with a merge question and a way back."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.models import Operation
from goettingen_ecm.operations.refusals import LostUpdate
from records.document_forms import DocumentForm
from records.models import Document
from records.selectors.merging import Merge, merge
from records.services.document_changes import change_document, undo_change
from records.views.changeable import changeable_document
from records.views.opening_files import say_cleaned
from records.views.tables import document_url

STORED = "gespeichert"


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """ "Angaben ändern": title, type, direction, dates, foreign reference."""
    document = changeable_document(request, uuid)
    if request.method == "GET":
        return _page(request, document, DocumentForm(document=document))
    form = DocumentForm(request.POST, document=document)
    if not form.is_valid():
        return _page(request, document, form, status=422)
    try:
        return _save(request, document, form)
    except LostUpdate:
        return _ask(request, uuid, form)


def _page(
    request: HttpRequest,
    document: Document,
    form: DocumentForm,
    question: Merge | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"document": document, "form": form, "question": question}
    return render(request, "records/document_edit.html", context, status=status)


def _save(request: HttpRequest, document: Document, form: DocumentForm) -> HttpResponse:
    values, shown = _wanted(request, form), form.cleaned_data["row_version"]
    actor = change_document(person_of(request), document, values, shown)
    if Document.objects.filter(pk=document.pk, row_version=shown).exists():
        add_notice(request, _("Es war nichts zu ändern."))
        return redirect(document_url(document))
    back = reverse("document-edit-undo", args=[document.uuid, actor.operation.pk])
    add_notice(request, _("Die Angaben sind geändert."), undo_url=back)
    say_cleaned(request, cleaned=form.cleaned_unseen)
    return redirect(document_url(document))


def _wanted(request: HttpRequest, form: DocumentForm) -> dict[str, Any]:
    """What is to be written: after a merge question, without what shall stay as it is stored."""
    values = form.values()
    return {n: v for n, v in values.items() if request.POST.get(f"wahl_{n}") != STORED}


def _ask(request: HttpRequest, uuid: UUID, form: DocumentForm) -> HttpResponse:
    """Somebody else was faster: both values side by side, everything typed still there."""
    current = changeable_document(request, uuid)
    question = merge(current, _wanted(request, form), form.cleaned_data["row_version"])
    merged = DocumentForm(document=current, shown=question.values)
    return _page(request, current, merged, question, status=409)


@require_POST
def undo(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Take back one's own last change of the document."""
    document = changeable_document(request, uuid)
    operation = Operation.objects.filter(pk=operation_id).first()
    if operation is None:
        raise Http404
    undo_change(person_of(request), document, operation)
    add_notice(request, _("Die Änderung ist zurückgenommen."))
    return redirect(document_url(document))
