"""allauth adapted to a city's staff: no self sign-up, second factor by setting."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the administration, never by signing up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
