"""Answers when something went wrong. One 404 text for "does not exist" and "not for you"."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"reason": _own_reason(exception)}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's protection code is missing or old: usually the session ended in between."""
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """No context processors: the database or the session may be what failed."""
    return HttpResponse(loader.get_template("500.html").render({}), status=500)


def _own_reason(exception: Exception | None) -> str:
    """A reason we wrote for people; Django's own English texts are not shown."""
    return str(getattr(exception, "reason", ""))
