"""Taking a document into work, giving it back, asking for it, taking it over: one page."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from records.models import Document, WorkingCopy
from records.selectors.documents import lock_of
from records.services import check_outs
from records.services.actor import person
from records.services.locks import until_text
from records.views.changeable import changeable_document
from records.views.tables import document_url


@require_http_methods(["GET", "POST"])
def work(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Who works on the document and what can be done about it."""
    document = changeable_document(request, uuid, despite_lock=True)
    if request.method == "POST":
        return _act(request, document)
    lock = lock_of(document)
    context = {
        "document": document,
        "lock": lock,
        "until": until_text(lock) if lock else "",
        "saved": WorkingCopy.objects.filter(document=document).first(),
        "own": lock is not None and lock.holder_id == request.user.pk,
    }
    return render(request, "records/document_work.html", context)


def _act(request: HttpRequest, document: Document) -> HttpResponse:
    user = person_of(request)
    match request.POST.get("tun"):
        case "nehmen":
            [lock] = check_outs.check_out([document.pk], person(user, check_outs.CHECKED_OUT))
            text = _("Sie bearbeiten das Dokument bis %(until)s.") % {"until": until_text(lock)}
            add_notice(request, text, link_url=_original(document), link_label=_("Herunterladen"))
        case "zurueck":
            check_outs.give_back([document.pk], person(user, check_outs.RETURNED))
            add_notice(request, _("Das Dokument ist wieder frei."))
        case "bitten":
            lock = check_outs.ask_release(document.pk, person(user, check_outs.RELEASE_ASKED))
            text = _("%(name)s sieht Ihre Bitte auf der Startseite.") % {"name": lock.holder}
            add_notice(request, text)
        case "uebernehmen":
            actor = person(user, check_outs.TAKEN_OVER)
            lock = check_outs.take_over(document.pk, _holder(request), actor)
            text = _("Sie bearbeiten das Dokument jetzt, bis %(until)s.")
            add_notice(request, text % {"until": until_text(lock)})
        case _:
            raise Http404
    return redirect(document_url(document))


def _original(document: Document) -> str:
    return reverse("document-original", args=[document.uuid, document.version_number, 0])


def _holder(request: HttpRequest) -> int:
    """Whom the page has shown as the holder; nobody for anything that is no number."""
    shown = request.POST.get("von", "")
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 18 else 0
