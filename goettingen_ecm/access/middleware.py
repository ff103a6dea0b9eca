"""One state of rights for each page that only reads."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from goettingen_ecm.access.principals import hold_rights

READING = ("GET", "HEAD")


class OneStateOfRightsMiddleware:
    """Lists, counts and predicates of one answer agree, and the epoch is read once for them all.

    Requests that write go on asking each time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in READING and request.user.is_authenticated:
            hold_rights(request.user)
        return self.get_response(request)
