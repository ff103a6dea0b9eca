"""Who asks: the technical user of a token. A login of the desk opens nothing here."""

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle

from goettingen_ecm.access.principals import hold_rights
from goettingen_ecm.operations.refusals import Forbidden
from integrations.rest.models import ApiToken
from integrations.rest.tokens import token_in_force

READING = ("GET", "HEAD")
RATE = "1200/min"


class TokenBearer(HttpBearer):
    """``Authorization: Bearer ecm_…``"""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token in force; the request then acts as its user. Raises Forbidden for a change by
        a token that only reads."""
        found = token_in_force(token)
        if found is None:
            return None
        request.user = found.user
        if request.method in READING:
            hold_rights(found.user)
        elif not found.may_write:
            raise Forbidden("Dieser Zugangsschlüssel darf nur lesen.")
        return found


class TokenThrottle(AuthRateThrottle):
    """A program that goes wild slows down itself and nobody else."""

    def __init__(self) -> None:
        super().__init__(RATE)

    def get_cache_key(self, request: HttpRequest) -> str:
        """By token; asked for only after the token was found."""
        return f"rest:{request.auth.pk}"  # type: ignore[attr-defined]
