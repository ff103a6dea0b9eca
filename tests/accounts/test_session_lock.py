"""An idle session locks; after the login the person is back on the page (S7, session lock)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from goettingen_ecm.accounts.middleware import LAST_SEEN
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from tests.accounts.conftest import PASSWORD, is_logged_in, log_in

LOCK = settings.SESSION_LOCK_AFTER
PAGE = "/akten/?q=a%26b&sort=-datum"


@pytest.fixture
def session(staff: User, browser: Callable[[], Client]) -> Client:
    client = browser()
    log_in(client, "brandt", PASSWORD)
    assert client.get("/akten/").status_code == 200
    return client


def seen(client: Client) -> float:
    return float(client.session[LAST_SEEN])


def next_of(address: str) -> str:
    assert urlsplit(address).path == "/konto/login/"
    return parse_qs(urlsplit(address).query)["next"][0]


def test_up_to_the_limit_work_goes_on(session: Client) -> None:
    with clock.fixed(clock.now() + LOCK - timedelta(seconds=2)):
        assert session.get("/akten/").status_code == 200
    # The click above counts: as long again.
    with clock.fixed(clock.now() + 2 * LOCK - timedelta(seconds=4)):
        assert session.get("/akten/").status_code == 200


def test_after_the_limit_the_login_leads_back_to_the_page(session: Client) -> None:
    with clock.fixed(clock.now() + LOCK + timedelta(seconds=2)):
        answer = session.get(PAGE)
        assert answer.status_code == 302
        assert not is_logged_in(session)
        assert next_of(answer.headers["Location"]) == PAGE
        page = session.get(answer.headers["Location"]).content.decode()
        assert "länger nicht aktiv" in page
        after = log_in(session, "brandt", PASSWORD, next=next_of(answer.headers["Location"]))
        assert after.headers["Location"] == PAGE
        assert session.get(after.headers["Location"]).status_code == 200


def test_the_old_session_is_worth_nothing_afterwards(session: Client) -> None:
    stolen = session.cookies[settings.SESSION_COOKIE_NAME].value
    with clock.fixed(clock.now() + LOCK + timedelta(seconds=2)):
        session.get("/akten/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/akten/").status_code == 302


def test_a_locked_form_leads_back_to_where_it_stood(session: Client) -> None:
    with clock.fixed(clock.now() + LOCK + timedelta(seconds=2)):
        answer = session.post("/konto/logout/", HTTP_REFERER=f"http://testserver{PAGE}")
        assert next_of(answer.headers["Location"]) == PAGE


@pytest.mark.parametrize("header", ["HX-Current-URL", "Referer"])
def test_a_foreign_page_is_never_led_to(session: Client, header: str) -> None:
    with clock.fixed(clock.now() + LOCK + timedelta(seconds=2)):
        foreign = {"HX-Request": "true", header: "https://boese.example/phish?x=1"}
        answer = session.get("/akten/", headers=foreign)
        assert next_of(answer.headers["HX-Redirect"]) == "/"


def test_a_part_of_a_page_sends_the_whole_page_to_the_login(session: Client) -> None:
    """Never the login form inside a table."""
    with clock.fixed(clock.now() + LOCK + timedelta(seconds=2)):
        answer = session.get(
            "/akten/?teil=1",
            HTTP_HX_REQUEST="true",
            HTTP_HX_CURRENT_URL=f"http://testserver{PAGE}",
        )
        assert (answer.status_code, answer.content) == (204, b"")
        assert next_of(answer.headers["HX-Redirect"]) == PAGE


def test_a_page_that_asks_by_itself_does_not_keep_the_session(session: Client) -> None:
    started = clock.now()
    poll = {"HX-Request": "true", "X-Background": "1"}
    with clock.fixed(started + LOCK - timedelta(seconds=5)):
        assert session.get("/akten/", headers=poll).status_code == 200
    with clock.fixed(started + LOCK + timedelta(seconds=5)):
        assert session.get("/akten/", headers=poll).status_code == 204
        assert not is_logged_in(session)


def test_every_polling_part_says_so() -> None:
    polling = {
        path.name: "X-Background" in text
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        if 'hx-trigger="every ' in (text := path.read_text())
    }
    assert polling
    assert all(polling.values()), polling


def test_the_session_is_written_at_most_once_a_minute(session: Client) -> None:
    started = clock.now()
    first = seen(session)
    with clock.fixed(started + timedelta(seconds=50)):
        session.get("/akten/")
        assert seen(session) == first
    with clock.fixed(started + timedelta(seconds=70)):
        session.get("/akten/")
        assert seen(session) > first


def test_a_locked_person_does_not_come_back_with_the_idle_mark_of_before(session: Client) -> None:
    late = clock.now() + LOCK + timedelta(seconds=2)
    with clock.fixed(late):
        session.get("/akten/")
        log_in(session, "brandt", PASSWORD)
        assert session.get("/akten/").status_code == 200
        assert session.get("/akten/").status_code == 200
