import itertools
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from goettingen_ecm.accounts.models import User
from goettingen_ecm.settings import base
from tests.quick_city import built_city, quick_city

__all__ = ["built_city", "quick_city"]

PASSWORD = "Leine-Ufer-Spaziergang-7"
_addresses = itertools.count(random.Random(os.getpid()).randrange(2**22) * 4)


@pytest.fixture
def staff(quick_city: None) -> User:
    """A clerk with a known password, in the tests' quick hashing."""
    person = User.objects.get(username="brandt")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def argon2(settings: Settings) -> None:
    """The product's own hashing; name it before ``staff``."""
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS


@pytest.fixture
def browser() -> Callable[[], Client]:
    """Browsers at addresses nobody used before: rate limits count per address."""

    def opened() -> Client:
        number = next(_addresses) % 2**24
        address = f"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}"
        return Client(REMOTE_ADDR=address)

    return opened


def log_in(client: Client, username: str, password: str, *, address: str = "", **more: str) -> Any:
    """``address`` is what a reverse proxy says of the person's machine."""
    return client.post(
        "/konto/login/",
        {"login": username, "password": password, **more},
        headers={"X-Forwarded-For": address} if address else {},
    )


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
