"""Storno at the desk: reason, notice with the way back, struck out, gone from the lists."""

import pytest
from django.test import Client
from django.urls import reverse

from records.choices import DocumentStatus
from records.models import Document
from tests import personas
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story

WHY = "Gehört zu einem anderen Antrag"


def at(name: str, story: Story) -> str:
    return reverse(name, args=[story.document.uuid])


def fresh(story: Story) -> Document:
    return Document.objects.get(pk=story.document.pk)


def cancel(client: Client, story: Story, reason: str = WHY) -> int:
    data = {"reason": reason, "row_version": fresh(story).row_version}
    return client.post(at("document-cancel", story), data).status_code


def shown(client: Client, address: str) -> str:
    return text_of(page(client.get(address).content).xpath("//main")[0])


def titles(client: Client, address: str) -> list[str]:
    return [text_of(one) for one in page(client.get(address).content).xpath("//tbody//th")]


def file_address(story: Story) -> str:
    return reverse("case-file", args=[story.case_file.uuid])


def test_w10_cancelling_and_the_way_back(clerk: Client, story: Story) -> None:
    assert "Stornieren" in clerk.get(at("document", story)).content.decode()
    assert cancel(clerk, story) == 302
    answer = page(clerk.get(at("document", story)).content)
    assert text_of(answer.xpath("//h1/s")[0]) == "Bescheid"
    head = text_of(answer.xpath('//*[@class="desk-page-header__facts"]')[0])
    assert "storniert am" in head
    assert WHY in head
    undo = answer.xpath("//form[@data-undo]/@action")[0]
    assert undo == at("document-restore", story)
    assert clerk.post(undo).status_code == 302
    assert fresh(story).status == DocumentStatus.VALID
    assert clerk.post(undo).status_code == 409


def test_lists_and_search_show_it_only_when_asked(clerk: Client, story: Story) -> None:
    cancel(clerk, story)
    assert titles(clerk, file_address(story)) == []
    [title] = titles(clerk, file_address(story) + "?storno=auch")
    assert title == "Bescheid storniert"
    assert titles(clerk, file_address(story) + "?dokumentstand=storniert") == [title]
    assert titles(clerk, file_address(story) + "?storno=quatsch") == []
    search = reverse("search") + "?q=Heizkostennachzahlung"
    assert "0 Treffer" in shown(clerk, search)
    assert "1 Treffer" in shown(clerk, search + "&storno=auch")


def test_the_page_of_a_cancelled_document_offers_lifting_only(clerk: Client, story: Story) -> None:
    cancel(clerk, story)
    actions = clerk.get(at("document", story)).content.decode()
    assert "Storno aufheben" in actions
    assert "Angaben ändern" not in actions
    assert WHY in shown(clerk, at("document-cancel", story))
    assert cancel(clerk, story) == 409
    refused = clerk.get(at("document-edit", story))
    assert refused.status_code == 409
    assert "Heben Sie zuerst das Storno auf." in refused.content.decode()


def test_the_history_of_the_file_names_the_reason(clerk: Client, story: Story) -> None:
    cancel(clerk, story)
    history = shown(clerk, reverse("case-file-history", args=[story.case_file.uuid]))
    assert "Stand: gültig → storniert" in history
    assert f"Grund: {WHY}" in history


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_no_reason_no_storno(clerk: Client, story: Story, reason: str) -> None:
    assert cancel(clerk, story, reason) == 422
    assert fresh(story).status == DocumentStatus.VALID


def test_somebody_was_faster(clerk: Client, story: Story) -> None:
    data = {"reason": WHY, "row_version": 99}
    answer = clerk.post(at("document-cancel", story), data)
    assert answer.status_code == 409
    assert WHY in answer.content.decode()
    assert fresh(story).status == DocumentStatus.VALID


def test_strangers_and_readers(story: Story) -> None:
    for name in (personas.CLERK_BUILDING, personas.DATA_PROTECTION):
        stranger = logged_in(name)
        assert cancel(stranger, story) == 404
        assert stranger.post(at("document-restore", story)).status_code == 404


def test_many_at_once_and_back(clerk: Client, story: Story) -> None:
    made = filing.fill(story.matter, 3)
    Document.objects.filter(pk=made[2].pk).update(is_final=True)
    base = reverse("documents-cancel", args=[story.case_file.uuid])
    where = base + "?" + "&".join(f"auswahl={one.uuid}" for one in made)
    assert clerk.post(where, {"reason": ""}).status_code == 422
    preview = clerk.post(where, {"reason": WHY})
    assert "1 × Endgültige Dokumente bleiben unverändert." in text_of(page(preview.content))
    assert len(titles(clerk, file_address(story))) == 4
    done = clerk.post(where, {"reason": WHY, "bestaetigt": "1"})
    assert done.status_code == 302
    assert Document.objects.filter(status=DocumentStatus.CANCELLED).count() == 2
    [undo] = page(clerk.get(file_address(story)).content).xpath("//form[@data-undo]/@action")
    assert len(titles(clerk, file_address(story))) == 2
    assert WHY in clerk.get(reverse("document", args=[made[0].uuid])).content.decode()
    clerk.post(undo)
    assert len(titles(clerk, file_address(story))) == 4
