"""Storno of files and matters at the desk: what is in the way, gone from the lists, way back."""

import pytest
from django.test import Client
from django.urls import reverse

from records.choices import CaseFileStatus, MatterStatus
from records.models import CaseFile, Document, Matter
from records.services.actor import person
from records.services.cancelling_parents import cancel_case_files, cancel_matters
from records.services.matters import NewMatter, open_matters
from tests import personas, stories
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.stories import Story

WHY = "Doppelt angelegt, siehe 50.10-4712"


def at(name: str, story: Story) -> str:
    one = story.matter if name in ("matter-cancel", "matter-restore") else story.case_file
    return reverse(name, args=[one.uuid])


def shown(client: Client, address: str) -> str:
    return text_of(page(client.get(address).content).xpath("//main")[0])


def rows(client: Client, address: str) -> list[str]:
    return [text_of(one) for one in page(client.get(address).content).xpath("//tbody//th")]


def menu(client: Client, address: str) -> list[str]:
    links = page(client.get(address).content).xpath(
        '//*[contains(@class, "desk-page-header__actions")]//a'
    )
    return [text_of(one) for one in links]


def cancel(client: Client, name: str, story: Story, reason: str = WHY) -> int:
    model = Matter if name.startswith("matter-") else CaseFile
    pk = story.matter.pk if model is Matter else story.case_file.pk
    version = model._default_manager.values_list("row_version", flat=True).get(pk=pk)
    return client.post(at(name, story), {"reason": reason, "row_version": version}).status_code


def test_w10_a_file_leaves_the_lists_and_stays_reachable(clerk: Client, story: Story) -> None:
    page_of_file = at("case-file", story)
    assert "Akte stornieren" in menu(clerk, page_of_file)
    assert "Dokumente1" in shown(clerk, at("case-file-cancel", story))
    assert cancel(clerk, "case-file-cancel", story) == 302
    number = story.case_file.aktenzeichen
    assert number not in rows(clerk, reverse("case-files"))
    assert number in rows(clerk, reverse("case-files") + "?storno=auch")
    assert number in rows(clerk, reverse("case-files") + "?stand=storniert")
    assert number not in shown(clerk, reverse("file-plan-entry", args=[story.case_file.entry_id]))
    answer = page(clerk.get(page_of_file).content)
    head = text_of(answer.xpath('//*[@class="desk-page-header__facts"]')[0])
    assert WHY in head
    assert str(personas.person(personas.CLERK_SOCIAL)) in head
    # What was cancelled along is read where it lies.
    assert rows(clerk, page_of_file) == ["Bescheid storniert"]
    assert "Bewilligung 2026 (storniert)" in shown(clerk, page_of_file)
    assert WHY in shown(clerk, reverse("case-file-history", args=[story.case_file.uuid]))
    offered = menu(clerk, page_of_file)
    assert "Storno aufheben" in offered
    assert not {"Dokument ablegen", "Neuer Vorgang", "Akte stornieren"} & set(offered)
    assert clerk.post(at("case-file-restore", story)).status_code == 302
    assert number in rows(clerk, reverse("case-files"))


def test_a_matter_leaves_the_tree_and_says_why_where_it_is_opened(
    clerk: Client, story: Story
) -> None:
    chosen = f"{at('case-file', story)}?vorgang={story.matter.uuid}"
    assert "Vorgang stornieren" in menu(clerk, chosen)
    assert cancel(clerk, "matter-cancel", story) == 302
    undo = page(clerk.get(chosen).content).xpath("//form[@data-undo]/@action")[0]
    assert undo == at("matter-restore", story)
    assert WHY in shown(clerk, chosen)
    assert rows(clerk, chosen) == ["Bescheid storniert"]
    assert "Storno des Vorgangs aufheben" in menu(clerk, chosen)
    assert "Vorgang ändern" not in menu(clerk, chosen)
    assert "Bewilligung 2026" not in shown(clerk, at("case-file", story))
    assert "Bewilligung 2026 (storniert)" in shown(clerk, at("case-file", story) + "?storno=auch")
    # Documents come back with their matter, not alone.
    document = reverse("document", args=[story.document.uuid])
    assert "Storno aufheben" not in clerk.get(document).content.decode()
    assert WHY in shown(clerk, at("matter-cancel", story))
    assert clerk.post(at("matter-restore", story)).status_code == 302
    assert Matter.objects.get(pk=story.matter.pk).status == MatterStatus.ACTIVE


def test_what_is_in_the_way_is_said_before_and_after(clerk: Client, story: Story) -> None:
    Document.objects.filter(pk=story.document.pk).update(is_final=True)
    for name in ("case-file-cancel", "matter-cancel"):
        answer = page(clerk.get(at(name, story)).content)
        assert "Endgültige Dokumente: 1" in text_of(answer.xpath("//main")[0])
        assert not answer.xpath('//main//textarea | //main//input[@name="reason"]')
        assert cancel(clerk, name, story) == 409


def test_typed_values_survive_a_lost_update_and_a_missing_reason(
    clerk: Client, story: Story
) -> None:
    answer = clerk.post(at("case-file-cancel", story), {"reason": WHY, "row_version": 99})
    assert answer.status_code == 409
    assert WHY in answer.content.decode()
    assert cancel(clerk, "case-file-cancel", story, " ") == 422


def test_what_is_cancelled_answers_409_with_the_next_step(clerk: Client, story: Story) -> None:
    actor = person(personas.person(personas.CLERK_SOCIAL), "test", reason=WHY)
    cancel_case_files([story.case_file.pk], actor)
    for name in ("document-upload", "matter-new", "case-file-edit", "matters-cancel"):
        answer = clerk.get(at(name, story))
        assert answer.status_code == 409, name
        assert "heben Sie zuerst das Storno auf" in answer.content.decode()


def test_several_matters_of_a_file(clerk: Client, story: Story) -> None:
    actor = filing.clerk_of(story.matter)
    made = open_matters([NewMatter(story.case_file, title) for title in ("Eins", "Zwei")], actor)
    address = at("matters-cancel", story)
    assert "Vorgänge stornieren" in menu(clerk, at("case-file", story))
    assert clerk.post(address, {"reason": WHY}).status_code == 422
    wanted = {"reason": WHY, "vorgang": [str(one.uuid) for one in made]}
    preview = clerk.post(address, wanted)
    assert "Jetzt stornieren" in preview.content.decode()
    assert not Matter.objects.filter(status=MatterStatus.CANCELLED).exists()
    assert clerk.post(address, wanted | {"bestaetigt": "1"}).status_code == 302
    cancelled = Matter.objects.filter(status=MatterStatus.CANCELLED)
    assert set(cancelled.values_list("title", flat=True)) == {"Eins", "Zwei"}


def test_several_files_of_the_list(clerk: Client, story: Story) -> None:
    second = stories.social_file("4712")
    ticked = f"auswahl={story.case_file.uuid}&auswahl={second.case_file.uuid}"
    address = f"{reverse('case-files-cancel')}?{ticked}"
    assert reverse("case-files-cancel") in clerk.get(reverse("case-files")).content.decode()
    preview = clerk.post(address, {"reason": WHY})
    numbers = page(preview.content).xpath("//section[@aria-labelledby='vorschau']//dd")
    assert [text_of(one) for one in numbers] == ["2", "0", "0"]
    assert clerk.post(address, {"reason": WHY, "bestaetigt": "1"}).status_code == 302
    assert CaseFile.objects.filter(status=CaseFileStatus.CANCELLED).count() == 2
    again = clerk.post(address, {"reason": WHY})
    numbers = page(again.content).xpath("//section[@aria-labelledby='vorschau']//dd")
    assert [text_of(one) for one in numbers] == ["0", "2", "0"]


@pytest.mark.parametrize("name", ["case-file-restore", "matter-restore"])
def test_lifting_what_is_not_cancelled_is_refused(clerk: Client, story: Story, name: str) -> None:
    assert clerk.post(at(name, story)).status_code == 409


def test_a_cancelled_file_is_no_secret_and_no_news_to_others(
    outsider: Client, story: Story
) -> None:
    actor = person(personas.person(personas.CLERK_SOCIAL), "test", reason=WHY)
    cancel_matters([story.matter.pk], actor)
    for name in ("case-file-cancel", "matter-cancel", "case-file"):
        assert outsider.get(at(name, story)).status_code == 404
