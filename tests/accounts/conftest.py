import itertools
import os
import random
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from goettingen_ecm.accounts.models import User
from goettingen_ecm.settings import base

PASSWORD = "Leine-Ufer-Spaziergang-7"
_addresses = itertools.count(random.Random(os.getpid()).randrange(2**22) * 4)


@pytest.fixture
def staff(city: None, settings: pytest.FixtureRequest) -> User:
    """A clerk with a password of the product's own hashing (Argon2), not the tests' quick one."""
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS  # type: ignore[attr-defined]
    person = User.objects.get(username="brandt")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def browser() -> Callable[[], Client]:
    """Browsers at addresses nobody used before: rate limits count per address."""

    def opened() -> Client:
        number = next(_addresses) % 2**24
        address = f"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}"
        return Client(REMOTE_ADDR=address)

    return opened


def log_in(client: Client, username: str, password: str, **more: str) -> object:
    return client.post(
        "/konto/login/", {"login": username, "password": password, **more}, follow=False
    )


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def seconds_of_lock() -> float:
    return float(settings.SESSION_LOCK_AFTER.total_seconds())
