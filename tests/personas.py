"""Hand-written people of the tests: the demo city's, logged in through a real session."""

from collections.abc import Callable

import pytest
from django.test import Client

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.models import User
from integrations.demo import city as demo_city

CLERK_SOCIAL = "brandt"
CLERK_BUILDING = "kruse"
HEAD_SOCIAL = "voss"
REGISTRY = "lindner"
ADMINISTRATION = "yilmaz"
ARCHIVE = "hartmann"
DATA_PROTECTION = "seidel"
STAFF = (
    CLERK_SOCIAL,
    CLERK_BUILDING,
    HEAD_SOCIAL,
    REGISTRY,
    ADMINISTRATION,
    ARCHIVE,
    DATA_PROTECTION,
)


@pytest.fixture
def city(db: None) -> None:
    """Musterstadt an der Leine: units, people, file plan, OPEN/PROSOZ."""
    demo_city.build_city()


def person(username: str) -> User:
    return User.objects.get(username=username)


@pytest.fixture
def client_of(city: None) -> Callable[[str], Client]:
    """A browser session of a persona by user name."""

    def log_in(username: str) -> Client:
        client = Client()
        client.force_login(person(username), backend=BACKEND)
        return client

    return log_in
