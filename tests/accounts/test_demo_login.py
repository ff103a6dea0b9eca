"""Persona cards log in with one click, in the demo only."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, override_settings

from goettingen_ecm.accounts.demo import demo_personas
from goettingen_ecm.accounts.models import User
from tests.accounts.conftest import is_logged_in

Browser = Callable[[], Client]
DEMO_LOGIN = "/vorfuehrung/anmelden/"


def click(client: Client, username: str = "brandt", **more: str) -> Any:
    return client.post(DEMO_LOGIN, {"username": username, **more})


def test_a_card_logs_in(quick_city: None, browser: Browser) -> None:
    client = browser()
    answer = click(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/").status_code == 200


def test_it_needs_the_form_of_our_own_page(quick_city: None) -> None:
    client = Client(enforce_csrf_checks=True)
    assert click(client).status_code == 403
    assert not is_logged_in(client)
    assert client.get(DEMO_LOGIN).status_code == 405


@override_settings(DEMO=False)
def test_outside_the_demo_there_is_no_such_page(quick_city: None, browser: Browser) -> None:
    client = browser()
    assert click(client).status_code == 404
    assert not is_logged_in(client)
    assert demo_personas() == []


@pytest.mark.parametrize("kind", ["real", "closed", "unknown"])
def test_only_active_demo_people_have_a_card(quick_city: None, browser: Browser, kind: str) -> None:
    person = User.objects.filter(username="brandt")
    if kind == "real":
        person.update(is_demo=False)
    elif kind == "closed":
        person.update(is_active=False)
    client = browser()
    assert click(client, "niemand" if kind == "unknown" else "brandt").status_code == 404
    assert not is_logged_in(client)
    assert ("brandt" in {p.username for p in demo_personas()}) is (kind == "unknown")


@pytest.mark.parametrize(
    ("target", "lands"),
    [
        ("/akten/?sort=-datum", "/akten/?sort=-datum"),
        ("https://boese.example/", "/"),
        ("//boese.example", "/"),
        ("http:///boese.example", "/"),
        ("/\\boese.example", "/"),
        ("", "/"),
    ],
)
def test_only_own_pages_follow(quick_city: None, browser: Browser, target: str, lands: str) -> None:
    assert click(browser(), next=target).headers["Location"] == lands


def test_a_secure_page_does_not_lead_to_an_insecure_one(quick_city: None, browser: Browser) -> None:
    client = browser()
    answer = client.post(
        DEMO_LOGIN, {"username": "brandt", "next": "http://testserver/akten/"}, secure=True
    )
    assert answer.headers["Location"] == "/"


def test_another_card_changes_the_person_and_the_session(
    quick_city: None, browser: Browser
) -> None:
    client = browser()
    click(client, "brandt")
    before = client.session.session_key
    click(client, "kruse")
    assert client.session["_auth_user_id"] == str(User.objects.get(username="kruse").pk)
    assert client.session.session_key != before
