"""Moving documents into another file at the desk: find it, look at the preview, move, go back."""

import pytest
from django.test import Client
from django.urls import reverse

from records.choices import CaseFileStatus
from records.models import CaseFile, Document
from records.services.check_outs import check_out
from tests import personas, stories
from tests.access import world as w
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture
def other(story: Story) -> Story:
    return stories.social_file("4712")


def address(story: Story) -> str:
    return reverse("document-move", args=[story.document.uuid])


def shown(answer: object) -> str:
    return text_of(page(answer.content).xpath("//main")[0])  # type: ignore[attr-defined]


def confirmed(story: Story, other: Story, **more: str) -> dict[str, str]:
    uuid = str(other.case_file.uuid)
    version = Document.objects.get(pk=story.document.pk).row_version
    return {
        "target": uuid,
        "akte": uuid,
        "vorgang": str(other.matter.uuid),
        "row_version": str(version),
        "bestaetigt": "1",
    } | more


def lies_in(story: Story) -> int:
    return Document.objects.get(pk=story.document.pk).case_file_id


def test_from_the_document_by_number_and_back(clerk: Client, story: Story, other: Story) -> None:
    assert (
        address(story)
        in clerk.get(reverse("document", args=[story.document.uuid])).content.decode()
    )
    assert clerk.get(address(story)).status_code == 200
    preview = clerk.post(address(story), {"target": other.case_file.aktenzeichen})
    assert str(other.case_file) in shown(preview)
    assert "Jetzt verschieben" in shown(preview)
    assert clerk.post(address(story), confirmed(story, other)).status_code == 302
    assert Document.objects.get(pk=story.document.pk).matter_id == other.matter.pk
    answer = page(clerk.get(reverse("document", args=[story.document.uuid])).content)
    assert other.case_file.aktenzeichen in text_of(answer.xpath("//main/..")[0])
    [undo] = answer.xpath("//form[@data-undo]/@action")
    assert clerk.post(undo).status_code == 302
    assert lies_in(story) == story.case_file.pk
    assert clerk.post(undo).status_code == 409


def test_words_offer_only_files_to_file_in(clerk: Client, story: Story, other: Story) -> None:
    offered = shown(clerk.post(address(story), {"target": "Ahlers, Hannelore"}))
    assert other.case_file.aktenzeichen in offered
    assert story.case_file.aktenzeichen not in offered.split("Welche Akte ist gemeint?")[1]
    chosen = {"target": "Ahlers", "gemeint": str(other.case_file.uuid)}
    assert "Das wird geschehen" in shown(clerk.post(address(story), chosen))
    CaseFile.objects.filter(pk=other.case_file.pk).update(status=CaseFileStatus.CLOSED)
    nothing = clerk.post(address(story), {"target": "Ahlers, Hannelore"})
    assert nothing.status_code == 422
    assert "Keine Akte gefunden" in shown(nothing)


def test_a_hidden_file_is_not_there(clerk: Client, story: Story) -> None:
    hidden = stories.building_file().case_file
    for typed in (hidden.aktenzeichen, str(hidden.uuid), "Garage Lindenweg"):
        answer = clerk.post(address(story), {"target": typed})
        assert answer.status_code == 422
        assert hidden.title not in answer.content.decode()
    wanted = {"target": str(hidden.uuid), "akte": str(hidden.uuid), "bestaetigt": "1"}
    assert clerk.post(address(story), wanted).status_code == 422
    assert lies_in(story) == story.case_file.pk


def test_why_not_is_said_before_and_after(clerk: Client, story: Story, other: Story) -> None:
    CaseFile.objects.filter(pk=other.case_file.pk).update(status=CaseFileStatus.CLOSED)
    preview = clerk.post(address(story), {"target": other.case_file.aktenzeichen})
    assert "ist abgeschlossen" in shown(preview)
    assert "Jetzt verschieben" not in shown(preview)
    late = clerk.post(address(story), confirmed(story, other))
    assert late.status_code == 409
    assert "Die Registratur kann den Abschluss aufheben." in shown(late)


def test_somebody_was_faster(clerk: Client, story: Story, other: Story) -> None:
    answer = clerk.post(address(story), confirmed(story, other, row_version="99"))
    assert answer.status_code == 409
    assert "inzwischen geändert" in shown(answer)
    assert lies_in(story) == story.case_file.pk


def test_in_work_by_another(clerk: Client, story: Story) -> None:
    check_out([story.document.pk], w.acting(personas.person(personas.HEAD_SOCIAL)))
    answer = clerk.get(address(story))
    assert answer.status_code == 409
    assert "in Bearbeitung durch" in shown(answer)
    document = clerk.get(reverse("document", args=[story.document.uuid])).content.decode()
    assert address(story) not in document


def test_strangers(story: Story, other: Story) -> None:
    for name in (personas.CLERK_BUILDING, personas.DATA_PROTECTION):
        assert logged_in(name).post(address(story), confirmed(story, other)).status_code == 404


def test_many_at_once_and_back(clerk: Client, story: Story, other: Story) -> None:
    made = filing.fill(story.matter, 3)
    base = reverse("documents-move", args=[story.case_file.uuid])
    where = base + "?" + "&".join(f"auswahl={one.uuid}" for one in made)
    preview = clerk.post(where, {"target": other.case_file.aktenzeichen})
    assert "werden verschoben3" in shown(preview)
    assert clerk.post(where, confirmed(story, other)).status_code == 302
    assert Document.objects.filter(matter=other.matter).count() == 4
    file_page = reverse("case-file", args=[story.case_file.uuid])
    [undo] = page(clerk.get(file_page).content).xpath("//form[@data-undo]/@action")
    clerk.post(undo)
    assert Document.objects.filter(matter=story.matter).count() == 4
