"""Who may log in at all."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

BACKEND = "goettingen_ecm.accounts.backends.StaffBackend"


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]
    """Active people; demo persons only in a demo, technical users of connectors never.

    Asked at the login and again with every request, so that a session ends with the permission.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        if user.is_technical or (user.is_demo and not settings.DEMO):
            return False
        return bool(super().user_can_authenticate(user))
