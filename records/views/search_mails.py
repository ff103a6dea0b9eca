"""Mails about saved searches: choosing, changing, ending; everybody for themselves."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.accounts.models import User
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from records.choices import MailRhythm
from records.models import SavedView
from records.saved_searches_desk import saved_searches
from records.services import search_subscriptions as service


@require_GET
def search_mails(request: HttpRequest) -> HttpResponse:
    """Which searches write to the person; where the mails' own link leads."""
    user = person_of(request)
    context: dict[str, Any] = {"saved": saved_searches(user), "rhythms": MailRhythm.choices}
    return render(request, "records/search_mails.html", context | {"email": user.email})


@require_POST
def choose(request: HttpRequest, search_id: int) -> HttpResponse:
    """Begin, change or end the mails of one search; the way back says all in its address."""
    user = person_of(request)
    before = _address(user, search_id)
    view = _choose(user, search_id, request)
    if view is None:
        raise Http404
    add_notice(request, _notice(view, _said(request, "rhythmus")), undo_url=before)
    return redirect("search-mails")


def _choose(user: User, search_id: int, request: HttpRequest) -> SavedView | None:
    rhythm = _said(request, "rhythmus")
    if not rhythm:
        return service.unsubscribe(user, search_id)
    deputising = bool(_said(request, "vertretung"))
    return service.subscribe(user, search_id, rhythm, with_substitutions=deputising)


def _address(user: User, search_id: int) -> str:
    """What leads back to the choice of now."""
    said = {}
    for one in service.own_subscriptions(user):
        if one.pk == search_id:
            said = {"rhythmus": one.rhythm, "vertretung": "1" if one.with_substitutions else ""}
    return f"{reverse('saved-search-mail', args=[search_id])}?{urlencode(said)}"


def _notice(view: SavedView, rhythm: str) -> str:
    name = {"name": view.name}
    if not rhythm:
        return _("Zur Suche „%(name)s“ kommen keine E-Mails mehr.") % name
    said = {"when": MailRhythm(rhythm).label}
    return _("Neues zur Suche „%(name)s“ kommt %(when)s per E-Mail.") % (name | said)


def _said(request: HttpRequest, name: str) -> str:
    """From the form; an undo has no fields and says it in its address."""
    source = request.POST if name in request.POST or "gewaehlt" in request.POST else request.GET
    return str(source.get(name, ""))
