"""Saving, opening, renaming, deleting searches; everybody for themselves."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from records.services import saved_searches, search_subscriptions


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep a search under a name. The way back of a deletion says all in its address."""
    name, words = _said(request, "name"), _said(request, "words")
    seen = request.GET.get("seen", "")
    known = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
    view = saved_searches.save_search(person_of(request), name, words, seen=known)
    search_subscriptions.subscribe_again(view, _said(request, "mail"))
    add_notice(request, _("Die Suche „%(name)s“ ist gespeichert.") % {"name": view.name})
    return redirect(f"{reverse('search')}?{view.query}" if request.POST else reverse("search"))


@require_GET
def open_search(request: HttpRequest, search_id: int) -> HttpResponse:
    """Its hits; from now on they are seen."""
    view = saved_searches.look_at(person_of(request), search_id)
    if view is None:
        raise Http404
    return redirect(f"{reverse('search')}?{view.query}")


@require_POST
def rename(request: HttpRequest, search_id: int) -> HttpResponse:
    """Give an own search another name."""
    done = saved_searches.rename_search(person_of(request), search_id, _said(request, "name"))
    if done is None:
        raise Http404
    view, old = done
    undo = f"{reverse('saved-search-rename', args=[view.pk])}?{urlencode({'name': old})}"
    add_notice(request, _("Die Suche heißt jetzt „%(name)s“.") % {"name": view.name}, undo_url=undo)
    return redirect("search")


@require_POST
def delete(request: HttpRequest, search_id: int) -> HttpResponse:
    """Remove an own search."""
    mail = search_subscriptions.in_words(person_of(request), search_id)
    view = saved_searches.delete_search(person_of(request), search_id)
    if view is None:
        raise Http404
    said = {"name": view.name, "words": view.query, "seen": view.seen_document_id or 0}
    said |= {"mail": mail} if mail else {}
    undo = f"{reverse('saved-search-save')}?{urlencode(said)}"
    notice = _("Die Suche „%(name)s“ ist gelöscht.") % {"name": view.name}
    add_notice(request, notice, undo_url=undo)
    return redirect("search")


def _said(request: HttpRequest, name: str) -> str:
    """From the form; an undo has no fields and says it in its address."""
    return str(request.POST.get(name, request.GET.get(name, "")))
