"""Demo logins: they exist only under the DEMO setting, which production refuses."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.models import User

DEMO_PASSWORD_HINT = "musterstadt-an-der-leine"  # noqa: S105 - printed on purpose, demo only


def demo_personas() -> list[User]:
    """The persons of the demo city that have a card on the login page, in story order."""
    if not settings.DEMO:
        return []
    return list(User.objects.filter(is_demo=True, is_active=True).order_by("id"))


@method_decorator(login_not_required, name="dispatch")
class DemoLoginView(View):
    """POST username: log in as a demo person. 404 without the demo setting."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        person = get_object_or_404(
            User, username=request.POST.get("username", ""), is_demo=True, is_active=True
        )
        login(request, person, backend=BACKEND)
        return redirect(_safe_target(request))


def _safe_target(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return reverse("start")
