"""Comments in the reader (W8): marks over the page, the list beside it, forms without a mouse."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from records.choices import CommentAudience
from records.models import Comment, Document
from tests import personas
from tests.desk.markup import page
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story

TEAM, PRIVATE = CommentAudience.TEAM, CommentAudience.PRIVATE
DRAWN = {"place": "stelle", "x": "0.25", "y": "0.5", "width": "0.5", "height": "0.1"}


@pytest.fixture
def letter(story: Story) -> Document:
    return filing.file_data(story.matter, "Brief", ("brief.pdf", filing.pdf("Eins", "Zwei")))


@pytest.fixture
def head(quick_city: None) -> Client:
    return logged_in(personas.HEAD_SOCIAL)


def send(client: Client, letter: Document, **typed: Any) -> HttpResponse:
    values = {"text": "Frist prüfen", "audience": TEAM, "fassung": 1, **typed}
    return client.post(reverse("comment-new", args=[letter.uuid]), values)  # type: ignore[return-value]


def written(client: Client, letter: Document, **typed: Any) -> Comment:
    answer = send(client, letter, **typed)
    assert answer.status_code == 302, answer.content.decode()
    return Comment.objects.latest("pk")


def read(client: Client, letter: Document, query: str = "") -> Any:
    answer = client.get(reverse("document", args=[letter.uuid]) + query)
    return page(answer.content)


def act(client: Client, name: str, comment: Comment, *more: str, **typed: Any) -> HttpResponse:
    return client.post(reverse(name, args=[comment.uuid, *more]), typed)  # type: ignore[return-value]


def test_a_drawn_region_lies_on_its_page(clerk: Client, letter: Document) -> None:
    comment = written(clerk, letter, page=2, **DRAWN)
    [region] = read(clerk, letter).xpath("(//figure)[2]//*[local-name()='rect']")
    assert (region.get("x"), region.get("width")) == ("250", "500")
    assert region.get("style") is None
    [mark] = read(clerk, letter).xpath("//figure//a")
    assert mark.get("href") == f"#kommentar-{comment.uuid}"
    assert mark.get("aria-label") == "Kommentar 1: Frist prüfen"


def test_without_a_mouse_a_third_of_the_page_is_marked(clerk: Client, letter: Document) -> None:
    comment = written(clerk, letter, page=1, place="unten")
    assert (comment.page, comment.x, comment.width) == (1, 0, 1)
    assert comment.y is not None
    assert comment.y > 0.6
    assert written(clerk, letter).page is None


def test_w8_others_neither_see_nor_reach_a_private_one(
    clerk: Client, head: Client, letter: Document
) -> None:
    comment = written(clerk, letter, audience=PRIVATE)
    own, foreign = read(clerk, letter), read(head, letter)
    place = f"//*[@id='kommentar-{comment.uuid}']"
    assert (len(own.xpath(place)), len(foreign.xpath(place))) == (1, 0)
    assert head.get(reverse("comment-edit", args=[comment.uuid])).status_code == 404
    for name in ("comment-withdraw", "comment-undo", "comment-restore"):
        assert act(head, name, comment).status_code == 404
    found = head.get(reverse("search") + "?q=Frist").content.decode()
    assert "Frist prüfen" not in found


def test_answer_resolve_change_delete_and_each_way_back(
    clerk: Client, head: Client, letter: Document
) -> None:
    comment = written(clerk, letter)
    assert act(head, "comment-reply", comment, text="Mache ich").status_code == 302
    assert act(head, "comment-resolve", comment, "erledigt").status_code == 302
    shown = "".join(read(clerk, letter).xpath("//section[@id or @class]//li//text()"))
    assert "Mache ich" in shown
    assert "Wieder öffnen" in shown
    act(clerk, "comment-edit", comment, text="Anders", row_version=2)
    comment.refresh_from_db()
    assert comment.text == "Anders"
    act(clerk, "comment-undo", comment)
    comment.refresh_from_db()
    assert comment.text == "Frist prüfen"
    assert act(clerk, "comment-withdraw", comment).status_code == 409
    reply = Comment.objects.get(parent=comment)
    act(head, "comment-withdraw", reply)
    assert "Mache ich" not in "".join(read(clerk, letter).itertext())
    act(head, "comment-restore", reply)
    assert "Mache ich" in "".join(read(clerk, letter).itertext())


def test_two_tabs_ask_and_keep_the_typed_text(clerk: Client, letter: Document) -> None:
    comment = written(clerk, letter)
    act(clerk, "comment-edit", comment, text="Erster Tab", row_version=1)
    answer = act(clerk, "comment-edit", comment, text="Zweiter Tab", row_version=1)
    assert answer.status_code == 409
    assert "Zweiter Tab" in answer.content.decode()


def test_what_is_not_taken_is_said_and_kept(clerk: Client, letter: Document) -> None:
    answer = send(clerk, letter, page=9)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Diese Seite gibt es nicht." in shown
    assert "Frist prüfen" in shown
    assert not Comment.objects.exists()


def test_older_marks_name_their_version(clerk: Client, letter: Document) -> None:
    comment = written(clerk, letter, page=2, place="oben")
    filing.renew(letter, ("brief.pdf", filing.pdf("Neu")))
    now = read(clerk, letter)
    assert now.xpath("//figure//a") == []
    [entry] = now.xpath(f"//*[@id='kommentar-{comment.uuid}']")
    assert "zu Fassung 1" in "".join(entry.itertext())
    assert len(read(clerk, letter, "?fassung=1").xpath("//figure//a")) == 1


def test_the_dialog_gets_the_form_with_the_drawn_place(clerk: Client, letter: Document) -> None:
    address = reverse("comment-new", args=[letter.uuid])
    query = "?fassung=1&teil=0&seite=2&x=0.1&y=0.2&width=0.3&height=0.1"
    answer = clerk.get(address + query, headers={"HX-Request": "true", "HX-Target": "dialog"})
    assert b"<html" not in answer.content
    [chosen] = page(answer.content).xpath("//select[@name='place']/option[@selected]")
    assert chosen.get("value") == "stelle"
    [left] = page(answer.content).xpath("//input[@name='x']")
    assert left.get("value") == "0.1"
