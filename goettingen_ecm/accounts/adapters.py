"""allauth adapted to a city's staff: no self sign-up, second factor by setting."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from goettingen_ecm.accounts.backends import may_log_in
from goettingen_ecm.accounts.models import User


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the administration, never by signing up.

    Who may not log in at all (backends.py) gets the answer of a wrong password.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        return user if user is not None and may_log_in(user) else None
