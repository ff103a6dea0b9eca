"""Error pages: plain German, no object ids; missing and invisible read the same."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403.html", {"expired_form": True}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """No context processors: the database itself may be what failed."""
    return render(None, "500.html", status=500)  # type: ignore[arg-type]
