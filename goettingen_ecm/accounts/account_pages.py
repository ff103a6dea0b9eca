"""Pages of the login library that a city's staff must not reach."""

from django.http import Http404, HttpRequest, HttpResponse


def not_here(request: HttpRequest) -> HttpResponse:
    """Mail addresses come from the administration and never reset a password: always 404."""
    raise Http404
