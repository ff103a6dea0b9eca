"""The handbook inside the product, news until read, feedback."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import get_resolver

from goettingen_ecm.desk import handbook
from goettingen_ecm.desk.models import Feedback
from goettingen_ecm.operations import clock
from tests import personas
from tests.desk.markup import inline_code, page, text_of
from tests.personas import CLERK_SOCIAL

ClientOf = Callable[[str], Client]


@pytest.mark.parametrize("name", sorted(handbook.BOOKS))
def test_each_book_is_a_page_without_inline_code(
    city: None, client_of: ClientOf, name: str
) -> None:
    answer = client_of(CLERK_SOCIAL).get(f"/hilfe/{name}/")
    root = page(answer.content)
    assert list(inline_code(root)) == []
    assert len(root.xpath("//h1")) == 1
    anchors = {f"#{one}" for one in root.xpath("//main//h2/@id")}
    contents = root.xpath('//nav[contains(@class, "handbook")]//a/@href')
    assert contents and set(contents) <= anchors


def test_unknown_book(city: None, client_of: ClientOf) -> None:
    assert client_of(CLERK_SOCIAL).get("/hilfe/geheim/").status_code == 404


def test_markdown_of_the_books_passes_no_raw_html() -> None:
    for name in handbook.BOOKS:
        assert "<script" not in handbook.book(name).html
        assert "Seiten:" not in handbook.book(name).html


def test_explained_pages_are_real_addresses_and_sections() -> None:
    known = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    for url_name, (book, anchor) in handbook.explained_pages().items():
        assert url_name in known, url_name
        assert f'id="{anchor}"' in handbook.book(book).html, anchor


def test_help_leads_to_the_section_of_the_page(city: None, client_of: ClientOf) -> None:
    root = page(client_of(CLERK_SOCIAL).get("/suche/").content)
    (link,) = root.xpath('//a[@data-key="h"]/@href')
    assert link == "/hilfe/sachbearbeitung/#suchen"


def test_news_stay_until_read(city: None, client_of: ClientOf) -> None:
    client = client_of(CLERK_SOCIAL)
    newest = handbook.book("neu").sections[0].title
    assert newest in text_of(page(client.get("/").content))
    assert client.post("/neuigkeiten/gelesen/").status_code == 302
    assert newest not in text_of(page(client.get("/").content))
    assert newest in text_of(page(client_of(personas.CLERK_BUILDING).get("/").content))


def test_feedback_arrives_with_the_name_of_the_page(city: None, client_of: ClientOf) -> None:
    client = client_of(CLERK_SOCIAL)
    (link,) = page(client.get("/suche/").content).xpath(
        '//footer//a[contains(@href, "seite=")]/@href'
    )
    form = page(client.get(link).content)
    assert form.xpath('//input[@name="page"]/@value') == ["search"]
    fields = {"text": "Zu kleine Schrift", "page": "search", "back": "/suche/"}
    answer = client.post("/rueckmeldung/", fields)
    assert answer.headers["Location"] == "/suche/"
    kept = Feedback.objects.get()
    assert (kept.page, kept.text, kept.user) == (
        "search", "Zu kleine Schrift", personas.person(CLERK_SOCIAL),
    )  # fmt: skip


def test_feedback_never_leads_elsewhere_and_keeps_what_was_typed(
    city: None, client_of: ClientOf
) -> None:
    client = client_of(CLERK_SOCIAL)
    away = client.post("/rueckmeldung/", {"text": "x", "back": "https://example.org/"})
    assert away.headers["Location"] == "/"
    long = client.post("/rueckmeldung/", {"text": "y" * 4001})
    assert long.status_code == 422
    assert "y" * 4001 in long.content.decode()
    assert client.post("/rueckmeldung/", {"text": "  "}).status_code == 422


def test_administration_reads_and_ticks_feedback_off(city: None, client_of: ClientOf) -> None:
    client_of(CLERK_SOCIAL).post("/rueckmeldung/", {"text": "Zu kleine Schrift"})
    administrator, one = client_of(personas.ADMINISTRATION), Feedback.objects.get()
    assert "Zu kleine Schrift" in text_of(page(administrator.get("/rueckmeldungen/").content))
    address = f"/rueckmeldungen/{one.pk}/bearbeitet/"
    assert client_of(CLERK_SOCIAL).post(address).status_code == 403
    assert administrator.post(address).status_code == 302
    shown = text_of(page(administrator.get("/rueckmeldungen/?nach=").content))
    assert "Zu kleine Schrift" not in shown
    every = text_of(page(administrator.get("/rueckmeldungen/?stand=alle").content))
    assert "Zu kleine Schrift" in every
    administrator.post(address)
    assert not Feedback.objects.get().answered


def test_feedback_list_goes_on(city: None, client_of: ClientOf) -> None:
    user = personas.person(CLERK_SOCIAL)
    Feedback.objects.bulk_create(
        Feedback(user=user, text=f"Nr. {n:02}", created_at=clock.now()) for n in range(60)
    )
    client = client_of(personas.ADMINISTRATION)
    first = page(client.get("/rueckmeldungen/").content)
    (onward,) = first.xpath('//a[@rel="next"]/@href')
    last = text_of(page(client.get(f"/rueckmeldungen/{onward}").content))
    assert "Nr. 59" in text_of(first) and "Nr. 09" not in text_of(first)
    assert "Nr. 09" in last and "Nr. 00" in last and "Nr. 10" not in last
