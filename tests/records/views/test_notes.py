"""The note's form: as a page, for a dialog, in the menus; what a refusal leaves standing."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from records.choices import CaseFileStatus, DocumentStatus
from records.models import CaseFile
from tests.desk.markup import page
from tests.stories import Story
from workflows.models import FollowUp


def address(story: Story) -> str:
    return reverse("note-new", args=[story.case_file.uuid])


def send(client: Client, story: Story, query: str = "", **typed: Any) -> HttpResponse:
    values = {"subject": "Rückruf zur Abrechnung", "matter": story.matter.pk, **typed}
    return client.post(address(story) + query, values)  # type: ignore[return-value]


def test_the_page_files_and_goes_back_to_where_one_was(clerk: Client, story: Story) -> None:
    origin = reverse("document", args=[story.document.uuid])
    answer = send(clerk, story, f"?zurueck={origin}", wished_on="+14")
    assert (answer.status_code, answer.headers["Location"]) == (302, origin)
    note = story.case_file.documents.latest("pk")
    assert note.title == "Telefonvermerk: Rückruf zur Abrechnung"
    said = clerk.get(origin).content.decode()
    assert "liegt jetzt in der Akte. Wiedervorlage am" in said
    undo = reverse("note-take-back", args=[note.uuid])
    assert undo in said
    clerk.post(undo)
    note.refresh_from_db()
    assert note.status == DocumentStatus.CANCELLED
    assert not FollowUp.objects.filter(done_at=None).exists()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org"])
def test_nobody_is_led_elsewhere(clerk: Client, story: Story, elsewhere: str) -> None:
    answer = send(clerk, story, f"?zurueck={elsewhere}")
    assert answer.headers["Location"] == reverse("case-file", args=[story.case_file.uuid])


def test_a_day_gone_by_is_said_at_its_field_and_nothing_is_lost(
    clerk: Client, story: Story
) -> None:
    before = story.case_file.documents.count()
    answer = send(clerk, story, wished_on="gestern", with_whom="Ahlers")
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "Vergangenheit" in shown
    assert 'value="Ahlers"' in shown
    assert "Rückruf zur Abrechnung" in shown
    assert story.case_file.documents.count() == before


def test_a_dialog_gets_the_form_alone_with_its_address(clerk: Client, story: Story) -> None:
    asked = address(story) + f"?vorgang={story.matter.uuid}"
    headers = {"HX-Request": "true", "HX-Target": "dialog"}
    answer = clerk.get(asked, headers=headers)
    assert b"<html" not in answer.content
    [form] = page(answer.content).xpath("//form[@data-draft]")
    assert form.get("action") == asked
    [chosen] = form.xpath(".//select[@name='matter']/option[@selected]")
    assert chosen.get("value") == str(story.matter.pk)


@pytest.mark.parametrize("name", ["case-file", "document"])
def test_the_key_is_in_the_menu_where_one_may_file(clerk: Client, story: Story, name: str) -> None:
    uuid = story.case_file.uuid if name == "case-file" else story.document.uuid
    shown = reverse(name, args=[uuid])
    [link] = page(clerk.get(shown).content).xpath("//a[@data-key='v']")
    assert link.get("href").startswith(address(story))
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
    assert page(clerk.get(shown).content).xpath("//a[@data-key='v']") == []
    refused = clerk.get(address(story))
    assert refused.status_code == 409
    assert "Die Registratur kann den Abschluss aufheben." in refused.content.decode()


def test_others_do_not_learn_of_the_file(outsider: Client, story: Story) -> None:
    assert outsider.get(address(story)).status_code == 404
