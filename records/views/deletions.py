"""Deleting under four eyes: proposing, withdrawing, the list, the decision and the proof."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput, LostUpdate
from records import policies
from records.choices import DeletionDecision, DeletionGround
from records.deletion_forms import DecisionForm, DeletionForm
from records.models import DeletionProposal, Document
from records.selectors import deletions
from records.selectors.documents import visible_document
from records.services import deleting, deletion_checks
from records.services.actor import person
from records.services.deleting import Wish
from records.views.tables import document_url


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Why the document shall go; it stays as it is until somebody else has decided."""
    document = visible_document(request.user, uuid)
    if not policies.can_file_documents(request.user, document.case_file):
        raise Forbidden(
            _("Eine Löschung schlägt vor, wer in der Einheit der Akte arbeitet."),
            next_step=_("Bitten Sie die Sachbearbeitung der Akte darum."),
        )
    if request.method == "GET":
        deletion_checks.require_deletable([document])
        return _page(request, document, DeletionForm(initial=_shown(document)))
    form = DeletionForm(request.POST)
    if not form.is_valid():
        return _page(request, document, form, status=422)
    try:
        return _proposed(request, document, form)
    except InvalidInput as refusal:
        form.add_error(refusal.field or None, refusal.reason)
        return _page(request, document, form, status=422)
    except LostUpdate as refusal:
        form = DeletionForm(initial=form.cleaned_data | _shown(document))
        return _page(request, document, form, status=409, message=refusal)


def _shown(document: Document) -> dict[str, object]:
    return {"row_version": document.row_version}


def _page(
    request: HttpRequest,
    document: Document,
    form: DeletionForm,
    *,
    status: int = 200,
    message: LostUpdate | None = None,
) -> HttpResponse:
    context = {"document": document, "form": form, "message": message}
    return render(request, "records/document_delete.html", context, status=status)


def _proposed(request: HttpRequest, document: Document, form: DeletionForm) -> HttpResponse:
    data = form.cleaned_data
    wish = Wish(DeletionGround(data["ground"]), data["reason"])
    actor = person(person_of(request), "records.document.propose_deletion")
    shown = {document.pk: data["row_version"]}
    [made] = deleting.propose_deletion([document.pk], wish, actor, versions=shown)
    add_notice(
        request,
        _("Die Löschung ist vorgeschlagen. Bis zur Entscheidung bleibt das Dokument unverändert."),
        undo_url=reverse("deletion-withdraw", args=[made.uuid]),
    )
    return redirect(document_url(document))


@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take back one's own proposal."""
    one = deletions.deletion_of(request.user, uuid)
    actor = person(person_of(request), "records.document.withdraw_deletion")
    deleting.withdraw_proposals([one.pk], actor)
    add_notice(request, _("Der Löschvorschlag ist zurückgezogen."))
    return redirect(document_url(one.document))


@require_GET
def deletion_list(request: HttpRequest) -> HttpResponse:
    """What waits and what was decided, in files the person sees."""
    if not policies.can_read_deletions(request.user):
        raise Forbidden(_("Löschvorschläge sieht, wer mit Akten arbeitet, und der Datenschutz."))
    rows = deletions.deletions_for(request.user)[: deletions.ROWS_SHOWN]
    return render(request, "records/deletion_list.html", {"rows": list(rows)})


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The proposal, for the second person with its decision; afterwards the proof."""
    one = deletions.deletion_of(request.user, uuid)
    if request.method == "GET" or one.decided_at:
        form = DecisionForm(initial={"row_version": one.document.row_version})
        return _decision_page(request, one, form)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _decision_page(request, one, form, status=422)
    try:
        return _decided(request, one, form)
    except InvalidInput as refusal:
        form.add_error(refusal.field or None, refusal.reason)
        return _decision_page(request, one, form, status=422)
    except LostUpdate as refusal:
        kept = form.cleaned_data | {"row_version": one.document.row_version}
        form = DecisionForm(initial=kept)
        return _decision_page(request, one, form, status=409, message=refusal)


def _decision_page(
    request: HttpRequest,
    one: DeletionProposal,
    form: DecisionForm,
    *,
    status: int = 200,
    message: LostUpdate | None = None,
) -> HttpResponse:
    open_one = one.decided_at is None
    context = {
        "one": one,
        "form": form,
        "message": message,
        "decides": open_one and policies.can_decide_deletion(request.user, one),
        "withdraws": open_one and one.proposed_by_id == request.user.pk,
        "is_deleted": one.decision == DeletionDecision.DELETED,
    }
    return render(request, "records/deletion.html", context, status=status)


def _decided(request: HttpRequest, one: DeletionProposal, form: DecisionForm) -> HttpResponse:
    data, user = form.cleaned_data, person_of(request)
    if request.POST.get("decision") == DeletionDecision.DELETED:
        deleting.approve_deletion(
            [one.pk],
            data["reason"],
            person(user, "records.document.approve_deletion"),
            retention_checked=data["retention_checked"],
            versions={one.document_id: data["row_version"]},
        )
        add_notice(request, _("Das Dokument ist endgültig gelöscht. Der Nachweis bleibt."))
    else:
        actor = person(user, "records.document.reject_deletion")
        deleting.reject_deletion([one.pk], data["reason"], actor)
        add_notice(request, _("Die Löschung ist abgelehnt. Das Dokument bleibt, wie es ist."))
    return redirect("deletion", uuid=one.uuid)
