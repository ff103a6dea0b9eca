"""A clerk of the Sozialamt at the desk, and one of the Bauamt who sees nothing of it."""

import pytest
from django.test import Client

from goettingen_ecm.accounts.backends import BACKEND
from tests import personas, stories
from tests.stories import Story


def logged_in(username: str) -> Client:
    client = Client()
    client.force_login(personas.person(username), backend=BACKEND)
    return client


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def clerk(quick_city: None) -> Client:
    return logged_in(personas.CLERK_SOCIAL)


@pytest.fixture
def outsider(quick_city: None) -> Client:
    return logged_in(personas.CLERK_BUILDING)
