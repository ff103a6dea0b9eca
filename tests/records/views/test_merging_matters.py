"""Merging matters at the desk (A10): choose, preview, confirm, where the old ones lead, way back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from records.choices import CaseFileStatus, MatterStatus
from records.models import Document, Matter, MatterMerge
from records.services.actor import Actor, person
from records.services.matter_changes import change_matters
from records.services.matters import NewMatter, open_matters
from tests import personas, stories
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story


def acting() -> Actor:
    return person(personas.person(personas.CLERK_SOCIAL), "test.merge")


def address(story: Story) -> str:
    return reverse("matters-merge", args=[story.case_file.uuid])


def text(answer: Any) -> str:
    return text_of(page(answer.content))


@pytest.fixture
def other(story: Story) -> Matter:
    [made] = open_matters([NewMatter(story.case_file, "Widerspruch")], acting())
    filing.fill(made, 2)
    return made


def chosen(*matters: Matter, **more: str) -> dict[str, Any]:
    return {"vorgang": [str(one.uuid) for one in matters]} | more


def confirmed(*matters: Matter, **more: str) -> dict[str, Any]:
    stands = {f"stand_{one.uuid}": str(one.row_version) for one in matters}
    return chosen(*matters, bestaetigt="1", **stands, **more)


def test_a10_preview_merge_and_way_back(clerk: Client, story: Story, other: Matter) -> None:
    file_page = page(clerk.get(reverse("case-file", args=[story.case_file.uuid])).content)
    assert file_page.xpath(f"//a[@href='{address(story)}']")
    preview = clerk.post(address(story), chosen(story.matter, other, title="Leistung 2026"))
    assert preview.status_code == 200
    facts = page(preview.content).xpath("//dl[@class='desk-facts']/div")
    assert "Dokumente3" in [text_of(one) for one in facts]
    assert not MatterMerge.objects.exists()
    answer = clerk.post(
        address(story), confirmed(story.matter, other, title="Leistung 2026"), follow=True
    )
    made = Matter.objects.get(title="Leistung 2026")
    assert "alles liegt jetzt in „Leistung 2026“" in text(answer)
    assert Document.objects.filter(matter=made).count() == 3
    [undo] = page(answer.content).xpath("//form[@data-undo]/@action")
    back = clerk.post(undo, follow=True)
    assert "Die Vorgänge sind wieder getrennt" in text(back)
    assert Document.objects.filter(matter=other).count() == 2
    assert Matter.objects.get(pk=made.pk).status == MatterStatus.CANCELLED


def test_a10_the_page_of_a_merged_matter_leads_on(
    clerk: Client, story: Story, other: Matter
) -> None:
    file_url = reverse("case-file", args=[story.case_file.uuid])
    clerk.post(address(story), confirmed(story.matter, other))
    made = MatterMerge.objects.filter(source=other).get().target
    assert made.title == story.matter.title
    old = page(clerk.get(f"{file_url}?vorgang={other.uuid}").content)
    assert "Er wurde zusammengeführt mit" in text_of(old)
    assert old.xpath(f"//main//a[@href='{file_url}?vorgang={made.uuid}']")
    tree = text_of(
        page(clerk.get(file_url).content).xpath("//nav[@aria-label='Vorgänge der Akte']")[0]
    )
    assert (tree.count(made.title), "Widerspruch" in tree) == (1, False)


def test_what_is_in_the_way_is_said_and_cannot_be_confirmed(
    clerk: Client, story: Story, other: Matter
) -> None:
    below = open_matters([NewMatter(story.case_file, "Teil", parent=other)], acting())[0]
    Matter.objects.filter(pk=below.pk).update(status=CaseFileStatus.CLOSED)
    preview = clerk.post(address(story), chosen(story.matter, other))
    assert "Widerspruch: Ein Teilvorgang lässt sich nicht mitnehmen" in text(preview)
    assert not page(preview.content).xpath("//button[@name='bestaetigt']")
    assert clerk.post(address(story), confirmed(story.matter, other)).status_code == 409


def test_changed_since_the_preview_is_asked_again(
    clerk: Client, story: Story, other: Matter
) -> None:
    data = confirmed(story.matter, other, title="Getippt")
    change_matters({other.pk: {"title": "Von der Kollegin"}}, acting())
    answer = clerk.post(address(story), data)
    assert answer.status_code == 409
    assert "inzwischen geändert" in text(answer)
    assert page(answer.content).xpath("//input[@name='title']/@value") == ["Getippt"]
    other.refresh_from_db()
    assert clerk.post(address(story), confirmed(story.matter, other)).status_code == 302


def test_matters_of_another_file_are_offered_when_named(clerk: Client, story: Story) -> None:
    there = stories.social_file("4712")
    number = there.case_file.aktenzeichen
    asked = clerk.get(address(story), {"aus": number})
    assert f"Bewilligung 2026 ({number})" in text(asked)
    aus = str(there.case_file.uuid)
    preview = clerk.post(address(story), chosen(story.matter, there.matter, aus=aus))
    assert "Sehen die Dokumente neu" in text(preview)
    clerk.post(address(story), confirmed(story.matter, there.matter, aus=aus))
    there.document.refresh_from_db()
    assert there.document.case_file_id == story.case_file.pk
    assert clerk.get(address(story), {"aus": "Unbekanntes"}).status_code == 422


def test_one_alone_is_not_enough(clerk: Client, story: Story) -> None:
    answer = clerk.post(address(story), chosen(story.matter, title="Bleibt stehen"))
    assert answer.status_code == 422
    assert "mindestens zwei" in text(answer)
    assert page(answer.content).xpath("//input[@name='title']/@value") == ["Bleibt stehen"]


def test_strangers(story: Story) -> None:
    assert logged_in(personas.CLERK_BUILDING).get(address(story)).status_code == 404
