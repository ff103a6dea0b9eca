"""What is done with an Eingang from its page: file, hand on, give back, assign, close, undo."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

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
from records.incoming_desk import count_again
from records.incoming_forms import (
    AssignForm,
    CloseForm,
    FilingForm,
    ForwardForm,
    GiveBackForm,
    StepForm,
)
from records.models import CaseFile, IncomingItem, IncomingStep, Matter
from records.moving_forms import FileMoveForm
from records.selectors import filing_targets, incoming
from records.services import incoming as services
from records.services.actor import Actor, person
from records.services.documents import filing_refusal
from records.services.incoming_filing import FilingWish, file_items
from records.services.move_checks import Place
from records.views import bulk
from records.views.incoming import item_page, item_url, next_url
from records.views.moving import offered_files
from records.views.tables import document_url

STALE = gettext_lazy(
    "Jemand anderes hat den Eingang inzwischen verändert. Bitte sehen Sie noch einmal hin."
)


@require_POST
def file_item(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """File into a suggestion at once (``sofort``), or look at a typed file first."""
    item = incoming.visible_item(request.user, uuid)
    if not policies.works_with_case_files(request.user):
        raise Forbidden(_("Sie dürfen nirgends Dokumente ablegen."))
    form = FileMoveForm(request.POST)
    if not form.is_valid():
        return item_page(request, item, 422, target_form=form)
    named = request.POST.get("gemeint") or form.cleaned_data["target"]
    found = filing_targets.place_named(request.user, named)
    if found is None:
        offered = offered_files(request, form, None)
        status = 200 if offered else 422
        return item_page(request, item, status, target_form=form, offered=offered)
    if "sofort" in request.POST:
        return _accept(request, item, *found)
    return _preview(request, item, *found)


def _accept(
    request: HttpRequest, item: IncomingItem, case_file: CaseFile, matter: Matter | None
) -> HttpResponse:
    """A suggestion as it was shown, with the row version it was shown for."""
    try:
        return _filed(request, item, FilingWish(Place(case_file, matter)), _version(request))
    except (InvalidInput, IllegalState, LostUpdate) as refusal:
        return item_page(request, _again(request, item), 409, message=_message(refusal))


def _version(request: HttpRequest) -> int:
    text = request.POST.get("row_version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)


def _preview(
    request: HttpRequest, item: IncomingItem, case_file: CaseFile, matter: Matter | None
) -> HttpResponse:
    matters = list(filing_targets.matters_to_file_in(request.user, case_file))
    same = request.POST.get("akte") == str(case_file.uuid)
    form = FilingForm(request.POST if same else None, item=item, matters=matters, named=matter)
    message: Refusal | None = None
    if same and "bestaetigt" in request.POST and form.is_valid():
        try:
            version = form.cleaned_data["row_version"]
            return _filed(request, item, form.wish(case_file), version)
        except (InvalidInput, IllegalState, LostUpdate) as refusal:
            message = _message(refusal)
            item = _again(request, item)
            form = FilingForm(_renewed(request, item), item=item, matters=matters, named=matter)
    context = {
        "item": item,
        "there": case_file,
        "form": form,
        "message": message,
        "refusal": filing_refusal(case_file, bulk.asking_actor(request)),
        "back_url": item_url(item),
    }
    status = 409 if message else 422 if form.errors else 200
    return render(request, "records/incoming_filing.html", context, status=status)


def _renewed(request: HttpRequest, item: IncomingItem) -> Mapping[str, Any]:
    """What was typed, with the present version: sent once more it is meant."""
    kept = request.POST.copy()
    kept["row_version"] = str(item.row_version)
    return kept


def _again(request: HttpRequest, item: IncomingItem) -> IncomingItem:
    return incoming.visible_item(request.user, item.uuid)


def _message(refusal: Refusal) -> Refusal:
    return IllegalState(str(STALE)) if isinstance(refusal, LostUpdate) else refusal


def _filed(
    request: HttpRequest, item: IncomingItem, wish: FilingWish, version: int
) -> HttpResponse:
    actor = person(person_of(request), "records.incoming.file")
    [filed] = file_items({item.pk: wish}, actor, versions={item.pk: version})
    count_again(request)
    where = {"title": filed.subject, "number": wish.place.case_file.aktenzeichen}
    add_notice(
        request,
        _("„%(title)s“ liegt jetzt in %(number)s.") % where,
        undo_url=undo_url(item, actor),
        link_url=document_url(filed.document) if filed.document else "",
        link_label=_("Öffnen"),
    )
    return redirect(next_url(request, item, item))


def undo_url(item: IncomingItem, actor: Actor) -> str:
    return reverse("incoming-undo", args=[item.uuid, actor.operation.pk])


@require_POST
def act(request: HttpRequest, uuid: UUID, what: str) -> HttpResponse:
    """One of the other steps; a refused one shows the page with what was typed."""
    if what not in ACTS:
        raise Http404
    item = incoming.visible_item(request.user, uuid)
    name, make, do = ACTS[what]
    form = make(request, item)
    if not form.is_valid():
        return item_page(request, item, 422, **{name: form})
    actor = person(person_of(request), f"records.incoming.{name.removesuffix('_form')}")
    try:
        said = do(form, item, actor, {item.pk: form.cleaned_data["row_version"]})
    except InvalidInput as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.reason)
        return item_page(request, item, 422, **{name: form})
    except (IllegalState, LostUpdate) as refusal:
        return item_page(request, _again(request, item), 409, message=_message(refusal))
    count_again(request)
    add_notice(request, said, undo_url=undo_url(item, actor))
    stays = what == AssignForm.what
    return redirect(item_url(item) if stays else next_url(request, item, item))


def _forward_form(request: HttpRequest, item: IncomingItem) -> StepForm:
    units = list(incoming.units_to_forward_to(item))
    return ForwardForm(request.POST, item=item, units=units)


def _assign_form(request: HttpRequest, item: IncomingItem) -> StepForm:
    return AssignForm(request.POST, item=item, people=incoming.people_of(item.unit))


Versions = Mapping[int, int]


def _forward(form: Any, item: IncomingItem, actor: Actor, versions: Versions) -> str:
    reason = form.cleaned_data["reason"]
    services.forward_items([item.pk], form.target(), actor, reason=reason, versions=versions)
    return _("„%(subject)s“ liegt jetzt im anderen Korb.") % {"subject": item.subject}


def _give_back(form: Any, item: IncomingItem, actor: Actor, versions: Versions) -> str:
    services.give_back([item.pk], actor, reason=form.cleaned_data["reason"], versions=versions)
    return _("„%(subject)s“ ist zurückgegeben.") % {"subject": item.subject}


def _close(form: Any, item: IncomingItem, actor: Actor, versions: Versions) -> str:
    services.close_items([item.pk], actor, reason=form.cleaned_data["reason"], versions=versions)
    return _("„%(subject)s“ ist ohne Ablage erledigt.") % {"subject": item.subject}


def _assign(form: Any, item: IncomingItem, actor: Actor, versions: Versions) -> str:
    services.assign_items([item.pk], form.person(), actor, versions=versions)
    return _("Die Zuständigkeit für „%(subject)s“ ist gespeichert.") % {"subject": item.subject}


Maker = Callable[[HttpRequest, IncomingItem], StepForm]
Doer = Callable[[Any, IncomingItem, Actor, Versions], str]
ACTS: dict[str, tuple[str, Maker, Doer]] = {
    ForwardForm.what: ("forward_form", _forward_form, _forward),
    GiveBackForm.what: (
        "give_back_form",
        lambda request, item: GiveBackForm(request.POST, item=item),
        _give_back,
    ),
    CloseForm.what: (
        "close_form",
        lambda request, item: CloseForm(request.POST, item=item),
        _close,
    ),
    AssignForm.what: ("assign_form", _assign_form, _assign),
}


@require_POST
def undo(request: HttpRequest, uuid: UUID, operation_id: int) -> HttpResponse:
    """Take back one's own last step; also when it has led out of the person's sight."""
    if not IncomingStep.objects.filter(operation_id=operation_id, item__uuid=uuid).exists():
        raise Http404
    reason = _("Ablage des Eingangs zurückgenommen")
    actor = person(person_of(request), "records.incoming.undo", reason=reason)
    [item] = services.undo_step(operation_id, actor)
    count_again(request)
    add_notice(request, _("Der Eingang liegt wieder wie vorher."))
    seen = IncomingItem.objects.visible_to(request.user).contains(item)
    return redirect(item_url(item) if seen else reverse("inbox"))
