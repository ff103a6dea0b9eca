"""Querverweise of a file, a matter or a document: list, add by number or words, remove, back."""

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
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import ReferenceKind
from records.cross_reference_forms import ReferenceForm
from records.models import CrossReference
from records.reference_links import references_url, thing_title
from records.selectors import cross_references as selector
from records.selectors.case_files import visible_case_file
from records.selectors.cross_references import Thing
from records.selectors.documents import visible_document
from records.selectors.matters import visible_matter
from records.services import cross_references as services
from records.services.actor import person
from records.views.changing_files import require_changeable
from records.views.opening_files import add_refusal

# The field of what is offered; the end a removal was asked on.
CHOSEN, SIDE, TARGET = "gemeint", "seite", "ziel"


@require_http_methods(["GET", "POST"])
def of_case_file(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The references of a file."""
    return _answer(request, visible_case_file(request.user, uuid))


@require_http_methods(["GET", "POST"])
def of_matter(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The references of a matter."""
    return _answer(request, visible_matter(request.user, uuid))


@require_http_methods(["GET", "POST"])
def of_document(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The references of a document."""
    return _answer(request, visible_document(request.user, uuid))


def _answer(request: HttpRequest, thing: Thing) -> HttpResponse:
    if request.method == "GET":
        return _page(request, thing)
    require_changeable(request, services.file_of(thing))
    form = ReferenceForm(request.POST)
    if not form.is_valid():
        return _page(request, thing, form, status=422)
    named = request.POST.get(CHOSEN) or form.cleaned_data["target"]
    target = selector.thing_named(request.user, named)
    if target is None:
        return _offer(request, thing, form)
    if not _added(request, thing, target, form):
        return _page(request, thing, form, status=422)
    return redirect(references_url(thing))


def _page(
    request: HttpRequest,
    thing: Thing,
    form: ReferenceForm | None = None,
    offered: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_change = selector.may_refer(request.user, services.file_of(thing))
    context = {
        "thing": thing,
        "title": thing_title(thing),
        "case_file": services.file_of(thing),
        "rows": selector.references_of(request.user, thing),
        "form": (form or ReferenceForm()) if may_change else None,
        "offered": offered or [],
    }
    return render(request, "records/cross_references.html", context, status=status)


def _offer(request: HttpRequest, thing: Thing, form: ReferenceForm) -> HttpResponse:
    """Words instead of a number: what they find, to choose from."""
    typed = form.cleaned_data["target"]
    found = [one for one in selector.things_like(request.user, typed) if one != thing]
    record_search(
        typed,
        actor_id=request.user.pk or 0,
        session_key=request.session.session_key or "",
        circles=rights_of(request.user).circles,
        hits=len(found),
    )
    if not found:
        said = _("Dazu wurde nichts gefunden. Prüfen Sie die Nummer oder nehmen Sie andere Wörter.")
        form.add_error("target", said)
    offered = [(str(one.uuid), thing_title(one)) for one in found]
    return _page(request, thing, form, offered, status=422)


def _added(request: HttpRequest, source: Thing, target: Thing, form: ReferenceForm) -> bool:
    """False when it is refused, with the reason at its field."""
    typed = form.cleaned_data
    wanted = services.NewReference(source, target, ReferenceKind(typed["kind"]), typed["note"])
    actor = person(person_of(request), "records.cross_reference.add")
    try:
        [made] = services.add_references([wanted], actor)
    except (InvalidInput, IllegalState) as refusal:
        add_refusal(form, refusal)
        return False
    said = _("Der Querverweis auf „%(title)s“ ist angelegt.") % {"title": thing_title(target)}
    add_notice(request, said, undo_url=reverse("cross-reference-remove", args=[made.uuid]))
    return True


@require_POST
def remove(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take a reference away, from either of its ends."""
    reference = selector.visible_reference(request.user, uuid)
    require_changeable(request, services.file_of(services.source_of(reference)))
    actor = person(person_of(request), "records.cross_reference.remove")
    services.remove_references([reference.pk], actor)
    back = reverse("cross-reference-restore", args=[uuid])
    add_notice(request, _("Der Querverweis ist entfernt."), undo_url=back)
    return redirect(_page_of(request, reference))


@require_POST
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Put a removed reference back."""
    reference = selector.visible_reference(request.user, uuid)
    require_changeable(request, services.file_of(services.source_of(reference)))
    actor = person(person_of(request), "records.cross_reference.restore")
    services.restore_references([reference.pk], actor)
    add_notice(request, _("Der Querverweis ist wieder da."))
    return redirect(_page_of(request, reference))


def _page_of(request: HttpRequest, reference: CrossReference) -> str:
    """The page of the end it was asked on."""
    at_target = request.POST.get(SIDE) == TARGET
    thing = services.target_of(reference) if at_target else services.source_of(reference)
    return references_url(thing)
