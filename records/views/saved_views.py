"""Saving and deleting views, choosing columns; everybody for themselves."""

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.desk.notices import add_notice
from records.choices import ListPage
from records.services import saved_views
from records.views.listing import COLUMNS, page_address


@require_POST
def save(request: HttpRequest, page: str) -> HttpResponse:
    """Keep the shown filters, order and columns under a name."""
    wanted = _page(page)
    view = saved_views.save_view(
        person_of(request), wanted, request.POST.get("name", ""), request.POST.get("words", "")
    )
    add_notice(request, _("Die Ansicht „%(name)s“ ist gespeichert.") % {"name": view.name})
    return redirect(_back(request, wanted))


@require_POST
def columns(request: HttpRequest, page: str) -> HttpResponse:
    """Show these columns from now on, where no view says otherwise."""
    wanted = _page(page)
    words = request.POST.getlist("spalte") if "uebernehmen" in request.POST else []
    saved_views.save_columns(person_of(request), wanted, words)
    add_notice(request, _("Ihre Spalten sind gespeichert."))
    return redirect(_without_columns(_back(request, wanted)))


@require_POST
def delete(request: HttpRequest, page: str, view_id: int) -> HttpResponse:
    """Remove an own view."""
    wanted = _page(page)
    saved_views.delete_view(person_of(request), view_id)
    add_notice(request, _("Die Ansicht ist gelöscht."))
    return redirect(_back(request, wanted))


def _page(word: str) -> ListPage:
    if word not in ListPage.values:
        raise Http404
    return ListPage(word)


def _back(request: HttpRequest, page: ListPage) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return page_address(page)


def _without_columns(address: str) -> str:
    """Columns named in the address would hide the ones just chosen."""
    base, _mark, words = address.partition("?")
    query = QueryDict(words, mutable=True)
    query.pop(COLUMNS, None)
    return f"{base}?{query.urlencode()}" if query else base
