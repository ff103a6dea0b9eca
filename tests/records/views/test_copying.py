"""A copy at the desk: where to, the copy's page names its origin, the way back."""

from django.test import Client
from django.urls import reverse

from records.choices import CaseFileStatus
from records.models import CaseFile, DocumentCopy
from tests import personas, stories
from tests.desk.markup import page, text_of
from tests.records.views.conftest import logged_in
from tests.stories import Story


def address(story: Story) -> str:
    return reverse("document-copy", args=[story.document.uuid])


def facts(client: Client, uuid: object) -> str:
    answer = page(client.get(reverse("document", args=[uuid])).content)
    return text_of(answer.xpath('//*[@class="desk-page-header__facts"]')[0])


def test_a10_filed_by_number_and_taken_back(clerk: Client, story: Story) -> None:
    other = stories.social_file("4712")
    preview = clerk.post(address(story), {"target": other.case_file.aktenzeichen})
    assert str(other.case_file) in preview.content.decode()
    wanted = {
        "target": str(other.case_file.uuid),
        "akte": str(other.case_file.uuid),
        "vorgang": str(other.matter.uuid),
        "bestaetigt": "1",
    }
    assert clerk.post(address(story), wanted).status_code == 302
    made = DocumentCopy.objects.get().copy
    assert made.matter_id == other.matter.pk
    answer = page(clerk.get(reverse("document", args=[made.uuid])).content)
    [undo] = answer.xpath("//form[@data-undo]/@action")
    assert f"Kopie von „Bescheid“ in {story.case_file.aktenzeichen}" in facts(clerk, made.uuid)
    assert f"Kopie liegt in {other.case_file.aktenzeichen}" in facts(clerk, story.document.uuid)
    assert clerk.post(undo).status_code == 302
    made.refresh_from_db()
    assert made.status == "storniert"
    assert f"stornierte Kopie in {other.case_file.aktenzeichen}" in facts(
        clerk, story.document.uuid
    )


def test_why_not_is_said(clerk: Client, story: Story) -> None:
    number = story.case_file.aktenzeichen
    assert "liegt schon dort" in clerk.post(address(story), {"target": number}).content.decode()
    other = stories.social_file("4712").case_file
    CaseFile.objects.filter(pk=other.pk).update(status=CaseFileStatus.CLOSED)
    closed = clerk.post(address(story), {"target": str(other.uuid)}).content.decode()
    assert "ist abgeschlossen" in closed
    assert 'name="bestaetigt"' not in closed
    wanted = {"target": str(other.uuid), "akte": str(other.uuid), "bestaetigt": "1"}
    assert clerk.post(address(story), wanted).status_code == 409
    assert clerk.post(address(story), {"target": "Unbekanntes"}).status_code == 422


def test_strangers(story: Story) -> None:
    for name in (personas.CLERK_BUILDING, personas.DATA_PROTECTION):
        assert logged_in(name).get(address(story)).status_code == 404
