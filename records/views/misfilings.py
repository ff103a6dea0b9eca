"""Fehlablagen: marking one, taking it back, the list of data protection and its decision."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, LostUpdate
from records import policies
from records.choices import MisfilingReason
from records.misfiling_forms import MisfilingForm, PutBackForm
from records.models import Document, Misfiling
from records.selectors import misfilings
from records.selectors.documents import visible_document
from records.services import misfiling
from records.services.actor import person
from records.services.misfiling import Finding
from records.views.tables import case_file_url, document_url


@require_http_methods(["GET", "POST"])
def mark(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why the document lies in the wrong place; then it is gone from every page."""
    document = visible_document(request.user, uuid)
    if not policies.can_mark_misfiled(request.user, document):
        raise Forbidden(
            _("Eine Fehlablage kennzeichnet, wer in einer Einheit Akten bearbeitet."),
            next_step=_("Sagen Sie der Registratur oder dem Datenschutz Bescheid."),
        )
    if request.method == "GET":
        initial = {"row_version": document.row_version}
        return _marking_page(request, document, MisfilingForm(initial=initial))
    form = MisfilingForm(request.POST)
    if not form.is_valid():
        return _marking_page(request, document, form, status=422)
    try:
        return _marked(request, document, form)
    except InvalidInput as refusal:
        form.add_error(refusal.field or None, refusal.reason)
        return _marking_page(request, document, form, status=422)
    except LostUpdate as refusal:
        kept = form.cleaned_data | {"row_version": document.row_version}
        form = MisfilingForm(initial=kept)
        return _marking_page(request, document, form, status=409, message=refusal)


def _marking_page(
    request: HttpRequest, document: Document, form: MisfilingForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"document": document, "form": form} | more
    return render(request, "records/document_misfiled.html", context, status=status)


def _marked(request: HttpRequest, document: Document, form: MisfilingForm) -> HttpResponse:
    data = form.cleaned_data
    finding = Finding(MisfilingReason(data["reason"]), data["note"])
    actor = person(person_of(request), "records.document.misfiled")
    shown = {document.pk: data["row_version"]}
    [made] = misfiling.mark_misfiled([document.pk], finding, actor, versions=shown)
    add_notice(
        request,
        _("Das Dokument ist für niemanden mehr sichtbar; der Datenschutz entscheidet."),
        undo_url=reverse("misfiling-undo", args=[made.uuid]),
    )
    return redirect(case_file_url(document.case_file))


@require_POST
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back one's own marking."""
    one = get_object_or_404(Misfiling, uuid=uuid, marked_by=person_of(request))
    actor = person(person_of(request), "records.document.misfiling_undo")
    [document] = misfiling.undo_marking([one.pk], actor)
    add_notice(request, _("Das Dokument liegt wieder in der Akte."))
    return redirect(document_url(document))


@require_GET
def misfiling_list(request: HttpRequest) -> HttpResponse:
    """What waits and what was decided; no titles."""
    return _list_page(request, PutBackForm())


def _list_page(
    request: HttpRequest, form: PutBackForm, refused: Misfiling | None = None
) -> HttpResponse:
    if not policies.can_read_misfilings(request.user):
        raise Forbidden(_("Fehlablagen sehen der Datenschutz und die Fachadministration."))
    seen = set(rights_of(request.user).scope_ids)
    rows = misfilings.misfilings_for(request.user)[: misfilings.ROWS_SHOWN]
    context = {
        "rows": [(one, one.case_file.scope_id in seen) for one in rows],
        "decides": policies.can_decide_misfilings(request.user),
        "form": form,
        "refused": refused,
    }
    return render(
        request, "records/misfiling_list.html", context, status=422 if form.errors else 200
    )


@require_POST
def put_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Data protection has looked: the document lies right."""
    if not policies.can_decide_misfilings(request.user):
        raise Forbidden(_("Über Fehlablagen entscheidet der Datenschutz."))
    one = get_object_or_404(misfilings.misfilings_for(request.user), uuid=uuid)
    form = PutBackForm(request.POST)
    if not form.is_valid():
        return _list_page(request, form, refused=one)
    actor = person(person_of(request), "records.document.misfiling_put_back")
    misfiling.put_back([one.pk], form.cleaned_data["reason"], actor)
    add_notice(request, _("Das Dokument liegt wieder in der Akte."))
    return redirect("misfilings")
