"""Pages of the frame itself: keys, theme, a sign of life for the session, the component gallery."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from goettingen_ecm.desk.context import THEME_COOKIE, THEMES
from goettingen_ecm.desk.error_views import csrf_failure as csrf_failure
from goettingen_ecm.desk.gallery import gallery_context

THEME_AGE = 60 * 60 * 24 * 365


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """All keys on one page; the overlay's content without JavaScript."""
    return render(request, "desk/keys.html")


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the computer is set; a cookie, because it belongs to the device."""
    response = redirect(_back(request))
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        response.set_cookie(
            THEME_COOKIE,
            choice,
            max_age=THEME_AGE,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    else:
        response.delete_cookie(THEME_COOKIE, samesite="Lax")
    return response


@require_GET
def keepalive(request: HttpRequest) -> HttpResponse:
    """ "Weiterarbeiten" in the time-out warning: the request itself keeps the session."""
    return HttpResponse(status=204)


@login_not_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with believable content; only in demo mode or while developing."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "desk/gallery.html", gallery_context(request))


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return target
    return "/"
