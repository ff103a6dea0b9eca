"""Who may log in at all."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from goettingen_ecm.accounts.models import User

BACKEND = "goettingen_ecm.accounts.backends.StaffBackend"


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]
    """Active people; demo persons only in a demo, technical users of connectors never.

    Asked at the login and again with every request, so that a session ends with the permission.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        return may_log_in(user) and bool(super().user_can_authenticate(user))


def may_log_in(user: User) -> bool:
    """People, not connectors; demo persons only while the demo setting is on."""
    return not user.is_technical and (settings.DEMO or not user.is_demo)
