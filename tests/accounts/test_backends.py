"""Demo persons exist for the demo only; technical users of connectors never log in."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from goettingen_ecm.accounts.demo import DEMO_PASSWORD_HINT
from goettingen_ecm.accounts.models import User
from tests.personas import CLERK_SOCIAL


def logs_in(username: str, password: str) -> bool:
    """Whether the login leads to a session of the person."""
    client = Client()
    client.post(reverse("account_login"), {"login": username, "password": password})
    return SESSION_KEY in client.session


def test_a_demo_person_logs_in_with_the_demo_password(city: None) -> None:
    assert logs_in(CLERK_SOCIAL, DEMO_PASSWORD_HINT)


def test_without_the_demo_the_known_password_is_worth_nothing(
    city: None, settings: Settings
) -> None:
    settings.DEMO = False
    assert not logs_in(CLERK_SOCIAL, DEMO_PASSWORD_HINT)


def test_a_demo_session_ends_with_the_demo(
    client_of: Callable[[str], Client], settings: Settings
) -> None:
    client = client_of(CLERK_SOCIAL)
    assert client.get(reverse("start")).status_code == 200
    settings.DEMO = False
    assert client.get(reverse("start")).status_code == 302


def test_a_technical_user_never_logs_in(city: None) -> None:
    connector = User.objects.get(username="openprosoz")
    connector.set_password(DEMO_PASSWORD_HINT)
    connector.save()
    assert not logs_in("openprosoz", DEMO_PASSWORD_HINT)
