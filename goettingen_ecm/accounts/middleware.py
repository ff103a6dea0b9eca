"""Session lock and, by setting, the duty of a second factor."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock

GetResponse = Callable[[HttpRequest], HttpResponse]
LAST_SEEN = "last_seen"
# Set by parts of pages that ask again by themselves (progress): that is no click.
BACKGROUND = "X-Background"
# Writing the session on every click would cost a query each; a minute is exact enough.
WRITE_EVERY = timedelta(minutes=1)
FREE_OF_MFA = ("/konto/", "/static/", "/gesundheit/")


class SessionLockMiddleware:
    """Ends a session after SESSION_LOCK_AFTER without a click; the next page asks for the login."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if self._idle_too_long(request):
                return self._lock(request)
            if self._needs_second_factor(request):
                return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _idle_too_long(self, request: HttpRequest) -> bool:
        now = clock.now().timestamp()
        seen = float(request.session.get(LAST_SEEN, now))
        if now - seen > settings.SESSION_LOCK_AFTER.total_seconds():
            return True
        if LAST_SEEN not in request.session or (
            now - seen > WRITE_EVERY.total_seconds() and BACKGROUND not in request.headers
        ):
            request.session[LAST_SEEN] = now
        return False

    def _lock(self, request: HttpRequest) -> HttpResponse:
        address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': _page_of(request)})}"
        logout(request)
        messages.info(request, _("Sie waren länger nicht aktiv. Bitte melden Sie sich wieder an."))
        if "HX-Request" in request.headers:
            # A part of a page must not be replaced by the login form: the whole page goes there.
            return HttpResponse(status=204, headers={"HX-Redirect": address})
        return redirect(address)

    def _needs_second_factor(self, request: HttpRequest) -> bool:
        if not settings.MFA_REQUIRED or request.path.startswith(FREE_OF_MFA):
            return False
        return not is_mfa_enabled(request.user)


def _page_of(request: HttpRequest) -> str:
    """The page the person was on: what was asked for, or where a form or part of it stood."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    shown = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    parts = urlsplit(shown)
    if parts.netloc != request.get_host():
        return "/"
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))
