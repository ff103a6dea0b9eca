"""What went wrong, as application/problem+json (RFC 9457)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, Throttled, ValidationError

from goettingen_ecm.operations.refusals import InvalidInput, Refusal
from records.business_data import FORM_PREFIX

CONTENT_TYPE = "application/problem+json"


def register(api: NinjaAPI) -> None:
    """All answers of the interface that are not what was asked for."""

    def answer(
        request: HttpRequest, status: int, title: str, detail: str = "", **more: object
    ) -> HttpResponse:
        found = {"status": status, "title": title, "detail": detail, **more}
        response = api.create_response(
            request, {key: value for key, value in found.items() if value != ""}, status=status
        )
        response.headers["Content-Type"] = CONTENT_TYPE
        return response

    def refused(request: HttpRequest, refusal: Any) -> HttpResponse:
        field = refusal.field if isinstance(refusal, InvalidInput) else ""
        # The name of an input of the desk means nothing here; the reason names the Fachdatum.
        field = "fachdaten" if field.startswith(FORM_PREFIX) else field
        step = refusal.next_step
        return answer(request, refusal.status, TITLES[refusal.status], refusal.reason,
                      feld=field, naechsterSchritt=step)  # fmt: skip

    def invalid(request: HttpRequest, error: Any) -> HttpResponse:
        problems = [
            {"ort": ".".join(str(part) for part in one["loc"]), "grund": one["msg"]}
            for one in error.errors
        ]
        return answer(request, 422, "Die Anfrage passt nicht zur Beschreibung.", fehler=problems)

    def unknown(request: HttpRequest, _error: Any) -> HttpResponse:
        return answer(request, 404, "Das gibt es nicht, oder Sie dürfen es nicht sehen.")

    def unauthorized(request: HttpRequest, _error: Any) -> HttpResponse:
        response = answer(request, 401, "Der Zugangsschlüssel fehlt oder gilt nicht.")
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def throttled(request: HttpRequest, error: Any) -> HttpResponse:
        response = answer(request, 429, "Zu viele Anfragen; bitte später noch einmal.")
        response.headers["Retry-After"] = str(error.wait or 60)
        return response

    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(ValidationError, invalid)
    api.add_exception_handler(Http404, unknown)
    api.add_exception_handler(AuthenticationError, unauthorized)
    api.add_exception_handler(Throttled, throttled)


TITLES = {
    400: "Die Angabe lässt sich nicht übernehmen.",
    403: "Das ist nicht erlaubt.",
    409: "Das geht im Moment nicht.",
}
