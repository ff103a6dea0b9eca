"""allauth adapted to a city's staff: no self sign-up, second factor by setting, encrypted at rest."""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
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


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are useless to whoever gets hold of the database or a backup.

    The key comes from SECRET_KEY; SECRET_KEY_FALLBACKS still open what older keys closed.
    """

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises cryptography.fernet.InvalidToken when no known key fits."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    material = HKDF(SHA256(), length=32, salt=None, info=b"second factor").derive(key.encode())
    return base64.urlsafe_b64encode(material)
