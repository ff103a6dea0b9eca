"""Moving documents into another file: where to, who gains and loses sight, then the move."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.audit.recording import record_search
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations import jobs
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput, LostUpdate, Refusal
from records.models import CaseFile, Document, Matter
from records.moving_desk import JOB, job_parameters
from records.moving_forms import FileMoveForm, MatterChoice
from records.selectors import case_files, filing_targets
from records.selectors.documents import lock_of, visible_document
from records.selectors.sight_changes import sight_change
from records.services import moving
from records.services.actor import person
from records.services.documents import filing_refusal
from records.services.locks import locked_by_another
from records.services.move_checks import Place
from records.views import bulk, filtered_lists
from records.views.bulk import Selected
from records.views.changeable import require_filing
from records.views.tables import case_file_url, document_url


@dataclass(frozen=True, slots=True)
class Moving:
    """What is to be moved and from where; ``document`` when it is one from its own page."""

    case_file: CaseFile
    selected: Selected
    document: Document | None = None

    @property
    def title(self) -> str:
        return _("In andere Akte verschieben")


@require_http_methods(["GET", "POST"])
def move_one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One document from its page."""
    document = visible_document(request.user, uuid)
    require_filing(request, document)
    lock = lock_of(document)
    if lock is not None and lock.holder_id != request.user.pk:
        raise locked_by_another(document, lock)
    selected = Selected([document.pk], document_url(document), document.title)
    source = case_files.visible_case_file(request.user, document.case_file.uuid)
    return _answer(request, Moving(source, selected, document))


@require_http_methods(["GET", "POST"])
def move_many(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The chosen documents of one file: dry run, job."""
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
    return _answer(request, Moving(case_file, selected))


def _answer(request: HttpRequest, what: Moving) -> HttpResponse:
    form = FileMoveForm(bulk.posted(request))
    if not form.is_valid():
        return _page(request, what, form, status=422 if form.errors else 200)
    named = request.POST.get("gemeint") or form.cleaned_data["target"]
    found = filing_targets.place_named(request.user, named)
    if found is None:
        return _offer(request, what, form)
    choice = matter_choice(request, *found)
    if "bestaetigt" not in request.POST:
        return _preview(request, what, found[0], choice)
    try:
        return _act(request, what, found[0], choice)
    except LostUpdate as refusal:
        message: Refusal = refusal
    except (InvalidInput, IllegalState) as refusal:
        message = refusal
    return _preview(request, what, found[0], choice, message)


def matter_choice(request: HttpRequest, case_file: CaseFile, named: Matter | None) -> MatterChoice:
    """Bound from the second look at the same file on."""
    asked = request.POST if request.POST.get("akte") == str(case_file.uuid) else None
    matters = list(filing_targets.matters_to_file_in(request.user, case_file))
    choice = MatterChoice(asked, matters=matters, named=named)
    choice.is_valid()
    return choice


def _page(
    request: HttpRequest, what: Moving, form: FileMoveForm, status: int = 200, **more: Any
) -> HttpResponse:
    back = what.selected.back_url
    context = {
        "form": form,
        "title": what.title,
        "document": what.document,
        "count": len(what.selected.ids),
        "crumbs": [(what.selected.crumb, back), (what.title, "")],
        "back_url": back,
        "action": request.get_full_path(),
    } | more
    return render(request, "records/document_move.html", context, status=status)


def _offer(request: HttpRequest, what: Moving, form: FileMoveForm) -> HttpResponse:
    offered = offered_files(request, form, what.case_file)
    return _page(request, what, form, 200 if offered else 422, offered=offered)


def offered_files(
    request: HttpRequest, form: FileMoveForm, without: CaseFile | None
) -> list[tuple[str, str]]:
    """Words instead of a number: the files they find, to choose from; an error at the field."""
    typed = form.cleaned_data["target"]
    found = filing_targets.files_like(request.user, typed, without=without)
    record_search(
        typed,
        actor_id=request.user.pk or 0,
        session_key=request.session.session_key or "",
        circles=rights_of(request.user).circles,
        hits=len(found),
    )
    if not found:
        said = _("Keine Akte gefunden, in der Sie ablegen dürfen. Nehmen Sie andere Wörter.")
        form.add_error("target", said)
    return [(str(one.uuid), f"{one.aktenzeichen} {one.title}") for one in found]


def _preview(
    request: HttpRequest,
    what: Moving,
    case_file: CaseFile,
    choice: MatterChoice,
    message: Refusal | None = None,
) -> HttpResponse:
    there = Place(case_file, choice.matter())
    planned = moving.plan(what.selected.ids, there, bulk.asking_actor(request))
    sight = sight_change(what.case_file, case_file, person_of(request))
    if not (sight.oneself_loses or getattr(message, "field", "") == "loss_confirmed"):
        choice.fields.pop("loss_confirmed")
    more = bulk.sums(planned) | {
        "there": there,
        "choice": choice,
        "sight": sight,
        "narrowed": there.matter is not None and there.matter.narrow_to is not None,
        "message": message,
        "row_version": what.document.row_version if what.document else 0,
    }
    form = FileMoveForm(initial={"target": str(case_file.uuid)})
    return _page(request, what, form, 409 if message else 200, **more)


def _act(
    request: HttpRequest, what: Moving, case_file: CaseFile, choice: MatterChoice
) -> HttpResponse:
    there = Place(case_file, choice.matter())
    confirmed = bool(choice.cleaned_data.get("loss_confirmed"))
    if what.document is not None:
        return _move_now(request, what.document, there, loss_confirmed=confirmed)
    title = _("Dokumente verschieben in %(number)s") % {"number": case_file.aktenzeichen}
    parameters = job_parameters(there, loss_confirmed=confirmed)
    job = jobs.Wanted(JOB, title, what.selected.ids, parameters)
    return bulk.start_job(request, job, what.selected)


def _move_now(
    request: HttpRequest, document: Document, there: Place, *, loss_confirmed: bool
) -> HttpResponse:
    actor = person(person_of(request), JOB)
    shown = request.POST.get("row_version", "")
    moving.move_to_file(
        [document.pk],
        there,
        actor,
        versions={document.pk: int(shown) if shown.isascii() and shown.isdigit() else 0},
        loss_confirmed=loss_confirmed,
    )
    facts = {"number": there.case_file.aktenzeichen}
    if not case_files.documents_shown(request.user).filter(pk=document.pk).exists():
        add_notice(request, _("Das Dokument liegt in %(number)s; Sie sehen es nicht mehr.") % facts)
        return redirect(case_file_url(document.case_file))
    back = reverse("document-move-back", args=[document.uuid, actor.operation.pk])
    add_notice(request, _("Das Dokument liegt jetzt in %(number)s.") % facts, undo_url=back)
    return redirect(document_url(document))


@require_POST
def move_back(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Take back one's own move of the document."""
    document = visible_document(request.user, uuid)
    actor = person(person_of(request), "records.documents.move_back")
    moving.undo_move(operation_id, actor)
    add_notice(request, _("Das Dokument liegt wieder, wo es war."))
    return redirect(document_url(document))
