"""Pages of the frame: gallery, keys, theme, errors, log-in."""

from collections.abc import Callable

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings

from goettingen_ecm.desk import error_views
from goettingen_ecm.desk.context import Frame, optional_url
from goettingen_ecm.operations.refusals import Forbidden
from tests.desk.markup import inline_code, page, text_of
from tests.personas import CLERK_SOCIAL

ClientOf = Callable[[str], Client]
pytestmark = pytest.mark.django_db

GALLERY = "/gestaltung/"


def test_the_gallery_shows_every_component_without_inline_code(client: Client) -> None:
    answer = client.get(GALLERY)
    assert answer.status_code == 200
    root = page(answer.content)
    assert list(inline_code(root)) == []
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert len(root.xpath("//main//h1")) == 1


@override_settings(DEMO=False, DEBUG=False)
def test_the_gallery_exists_only_for_demo_and_development(client: Client) -> None:
    assert client.get(GALLERY).status_code == 404


def test_the_frame_of_a_clerk_has_search_navigation_and_log_out(client_of: ClientOf) -> None:
    root = page(client_of(CLERK_SOCIAL).get("/").content)
    assert root.xpath('//form[@role="search"]//input[@name="q" and @data-key="/"]')
    assert root.xpath('//nav[@id="bereiche"]//a[@href="/" and @aria-current="page"]')
    out = root.xpath("//form[@data-forget-drafts]")[0]
    assert out.get("method") == "post"
    assert root.xpath("//dialog[@data-session-lock]/@data-session-lock") == ["1800"]
    assert root.xpath('//a[@class="desk-skip"]/@href') == ["#inhalt", "#suchfeld"]
    assert list(inline_code(root)) == []


def test_strangers_see_no_frame(client: Client) -> None:
    root = page(client.get("/gibt/es/nicht/").content)
    assert not root.xpath('//form[@role="search"]')
    assert not root.xpath("//dialog[@data-session-lock]")


def test_missing_and_invisible_read_the_same() -> None:
    request = RequestFactory().get("/akte/1/")
    first = error_views.not_found(request, Exception("no CaseFile matches the given query"))
    second = error_views.not_found(request, Exception("geheim"))
    assert first.status_code == second.status_code == 404
    assert first.content == second.content
    assert "CaseFile" not in first.content.decode()


def test_a_refusals_reason_is_shown_and_foreign_texts_are_not() -> None:
    request = RequestFactory().get("/")
    ours = error_views.forbidden(request, Forbidden("Nur die Registratur darf umhängen."))
    theirs = error_views.forbidden(request, PermissionError("secret table name"))
    assert "Nur die Registratur darf umhängen." in ours.content.decode()
    assert "secret" not in theirs.content.decode()
    assert ours.status_code == theirs.status_code == 403


def test_a_server_error_needs_neither_database_nor_session(
    django_assert_num_queries: Callable[[int], object],
) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        answer = error_views.server_error(HttpRequest())
    assert answer.status_code == 500
    assert "Der Fehler liegt bei uns" in answer.content.decode()


def test_an_old_form_answers_in_german_and_saves_nothing(city: None) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/darstellung/", {"theme": "dunkel"})
    assert answer.status_code == 403
    assert "Das Formular ist abgelaufen" in text_of(page(answer.content))
    assert "ecm_theme" not in answer.cookies


def test_an_htmx_error_is_a_fragment(client: Client) -> None:
    answer = client.get("/gibt/es/nicht/", headers={"hx-request": "true"})
    assert answer.status_code == 404
    assert b"<html" not in answer.content
    assert b'role="alert"' in answer.content


def test_the_theme_is_a_cookie_and_shows_in_the_page(client: Client) -> None:
    client.post("/darstellung/", {"theme": "dunkel", "next": GALLERY})
    root = page(client.get(GALLERY).content)
    assert root.get("data-kern-theme") == "dark"
    client.post("/darstellung/", {"theme": "system", "next": GALLERY})
    assert page(client.get(GALLERY).content).get("data-kern-theme") is None


def test_the_theme_form_leads_nowhere_else(client: Client) -> None:
    answer = client.post("/darstellung/", {"theme": "hell", "next": "https://boese.example/"})
    assert answer["Location"] == "/"


def test_a_forged_theme_cookie_is_ignored() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["ecm_theme"] = '"><script>'
    assert Frame(request).theme == ""
    assert Frame(request).theme_choice == "system"


def test_a_sign_of_life_needs_a_session(client: Client, client_of: ClientOf) -> None:
    assert client.get("/lebenszeichen/").status_code == 302
    assert client_of(CLERK_SOCIAL).get("/lebenszeichen/").status_code == 204


def test_all_keys_are_on_a_page_of_their_own(client_of: ClientOf) -> None:
    answer = client_of(CLERK_SOCIAL).get("/tasten/")
    assert "nächste Zeile" in text_of(page(answer.content))


def test_log_in_offers_personas_only_in_the_demo(city: None, client: Client) -> None:
    root = page(client.get("/konto/login/").content)
    names = root.xpath('//button[@name="username"]/@value')
    assert CLERK_SOCIAL in names
    assert list(inline_code(root)) == []
    with override_settings(DEMO=False):
        plain = page(client.get("/konto/login/").content)
    assert not plain.xpath('//button[@name="username"]')


def test_a_wrong_password_is_told_at_the_top_and_the_name_stays(city: None, client: Client) -> None:
    answer = client.post("/konto/login/", {"login": CLERK_SOCIAL, "password": "falsch"})
    root = page(answer.content)
    assert root.xpath("//*[@data-form-errors]")
    assert root.xpath('string(//input[@name="login"]/@value)') == CLERK_SOCIAL


def test_pages_other_apps_do_not_offer_are_left_out() -> None:
    assert optional_url("gibt-es-nicht") == ""
