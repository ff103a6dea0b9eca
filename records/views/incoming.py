"""The inbox (Posteingang): baskets, one Eingang with its suggestions, bringing something in."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import IncomingState
from records.incoming_desk import count_again
from records.incoming_forms import (
    CENTRAL,
    AssignForm,
    CloseForm,
    ForwardForm,
    GiveBackForm,
    IntakeForm,
)
from records.models import IncomingItem
from records.moving_forms import FileMoveForm
from records.policies import works_with_case_files
from records.selectors import incoming
from records.selectors.filing_suggestions import suggestions_for
from records.selectors.incoming import Basket
from records.services import page_images, reading, uploads
from records.services.intake import receive_uploads
from records.views import incoming_tables
from records.views.documents import PAGE_WIDTHS

DONE = "erledigt"


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """The person's baskets: what waits in the chosen one, or what was done lately."""
    return _list_page(request, IntakeForm())


def _list_page(request: HttpRequest, form: IntakeForm, status: int = 200) -> HttpResponse:
    baskets = _baskets(request)
    basket = chosen_basket(baskets, request.GET.get("korb", ""))
    waiting = request.GET.get("stand", "") != DONE
    rows = list(incoming.items_in(request.user, basket.unit, waiting=waiting))
    context = {
        "form": form,
        "basket": basket,
        "basket_name": incoming_tables.basket_name(basket.unit),
        "chips": incoming_tables.basket_chips(baskets, basket),
        "states": incoming_tables.state_chips(basket, waiting=waiting),
        "table": incoming_tables.items_table(request, rows, waiting=waiting),
        "upload_url": upload_url(basket),
        "more": len(rows) == incoming.LISTED,
    }
    return render(request, "records/inbox.html", context, status=status)


def _baskets(request: HttpRequest) -> list[Basket]:
    if not incoming.works_with_baskets(request.user):
        raise Forbidden(
            _("Sie arbeiten in keinem Eingangskorb."),
            next_step=_("Eingangskörbe sehen die Mitglieder einer Einheit und die Poststelle."),
        )
    found = incoming.baskets_of(request.user)
    if not found:
        raise Forbidden(_("Für Ihre Einheit sehen Sie keinen Eingangskorb."))
    return found


def chosen_basket(baskets: list[Basket], named: str) -> Basket:
    """The basket the address names; otherwise the first in which something waits."""
    if named:
        for one in baskets:
            if named == basket_key(one):
                return one
        raise Http404
    return next((one for one in baskets if one.waiting), baskets[0])


def basket_key(basket: Basket) -> str:
    """How a basket is named in addresses."""
    return str(basket.unit.uuid) if basket.unit else CENTRAL


def upload_url(basket: Basket) -> str:
    return reverse("inbox-upload") + "?" + urlencode({"korb": basket_key(basket)})


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Bring files into a basket; everything is kept, what came before is named."""
    basket = chosen_basket(_baskets(request), request.GET.get("korb", ""))
    form = IntakeForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list_page(request, form, status=422)
    said = form.cleaned_data
    try:
        received = receive_uploads(
            person_of(request),
            basket.unit,
            said["new_files"],
            sender=said["sender"],
            together=said["together"],
        )
    except InvalidInput as refusal:
        form.add_error("new_files", refusal.reason)
        return _list_page(request, form, status=422)
    except IllegalState as refusal:
        form.add_error(None, f"{refusal.reason} {refusal.next_step}".strip())
        return _list_page(request, form, status=409)
    count_again(request)
    new = [one.item for one in received if not one.is_repeated]
    _say_received(request, new, [one.item for one in received if one.is_repeated])
    return redirect(item_url(received[0].item) if len(received) == 1 else _list_url(basket))


def _say_received(request: HttpRequest, new: list[IncomingItem], known: list[IncomingItem]) -> None:
    if new:
        said = ngettext("%(n)s Eingang liegt im Korb.", "%(n)s Eingänge liegen im Korb.", len(new))
        add_notice(request, said % {"n": len(new)})
    for item in known:
        said = _("„%(subject)s“ war schon eingegangen (%(state)s) und wurde nicht verdoppelt.")
        facts = {"subject": item.subject, "state": item.get_state_display()}
        add_notice(
            request,
            said % facts,
            level=messages.WARNING,
            link_url=item_url(item),
            link_label=_("Ansehen"),
        )


def item_url(item: IncomingItem) -> str:
    return reverse("incoming-item", args=[item.uuid])


def _list_url(basket: Basket) -> str:
    return reverse("inbox") + "?" + urlencode({"korb": basket_key(basket)})


@require_GET
def item(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One Eingang: what it is, where it may belong, what can be done; the basket beside it."""
    found = incoming.visible_item(request.user, uuid)
    reading.record_incoming_read(request, found)
    return item_page(request, found)


def item_page(
    request: HttpRequest, found: IncomingItem, status: int = 200, **more: Any
) -> HttpResponse:
    """The page, with forms as typed and a message where something was refused."""
    waiting = list(incoming.items_in(request.user, found.unit))
    older, newer = _neighbours(waiting, found)
    is_open = found.state == IncomingState.OPEN
    context = {
        "item": found,
        "basket_name": incoming_tables.basket_name(found.unit),
        "list_url": _list_url(Basket(found.unit, 0)),
        "waiting": waiting,
        "older_url": item_url(older) if older else "",
        "newer_url": item_url(newer) if newer else "",
        "parts": incoming_tables.parts_of(found),
        "steps": incoming_tables.told_steps(incoming.steps_of(found)),
        "same": incoming.same_content(request.user, found),
        "is_open": is_open,
        "may_file": is_open and works_with_case_files(request.user),
    } | more
    if is_open:
        context = _forms(found) | context
    if context["may_file"]:
        context |= {"suggestions": suggestions_for(request.user, found)}
    return render(request, "records/incoming_item.html", context, status=status)


def _forms(found: IncomingItem) -> dict[str, Any]:
    units = list(incoming.units_to_forward_to(found))
    people = incoming.people_of(found.unit)
    return {
        "target_form": FileMoveForm(),
        "forward_form": ForwardForm(item=found, units=units),
        "give_back_form": GiveBackForm(item=found),
        "close_form": CloseForm(item=found),
        "assign_form": AssignForm(item=found, people=people),
    }


def _neighbours(
    waiting: list[IncomingItem], found: IncomingItem
) -> tuple[IncomingItem | None, IncomingItem | None]:
    """The waiting ones before and behind; of one that is done the first that waits is next."""
    ids = [one.pk for one in waiting]
    if found.pk not in ids:
        return None, waiting[0] if waiting else None
    here = ids.index(found.pk)
    before = waiting[here - 1] if here else None
    return before, waiting[here + 1] if here + 1 < len(waiting) else None


def next_url(request: HttpRequest, unit_of: IncomingItem, done: IncomingItem) -> str:
    """Where work goes on in the basket ``unit_of`` lay in: the next one waiting, or the list."""
    rows = incoming.items_in(request.user, unit_of.unit)
    behind = [one for one in rows if (one.received_at, one.pk) > (done.received_at, done.pk)]
    following = behind or list(rows)
    return item_url(following[0]) if following else _list_url(Basket(unit_of.unit, 0))


@require_GET
def page_image(request: HttpRequest, uuid: UUID, position: int, page: int) -> HttpResponse:
    """One page as WebP; not logged, the opening of the Eingang is."""
    file = incoming.visible_file(request.user, uuid, position)
    width = request.GET.get("breite", "1200")
    if width not in {str(w) for w in PAGE_WIDTHS}:
        raise Http404
    image = page_images.page_image(incoming.viewed_blob(file), page, int(width))
    if image is None:
        raise Http404
    return HttpResponse(image, content_type="image/webp")


@require_GET
def original(request: HttpRequest, uuid: UUID, position: int) -> FileResponse:
    """The untouched file, always as a download and never as something a browser would run."""
    file = incoming.visible_file(request.user, uuid, position)
    content = uploads.open_blob(file.blob)
    reading.record_incoming_original_taken(request, file.item)
    return FileResponse(
        content,
        as_attachment=True,
        filename=file.file_name,
        content_type="application/octet-stream",
    )
