"""Umlegen at the desk of data protection: number, preview, notice with the way back, no title."""

import pytest
from django.test import Client
from django.urls import reverse

from records.choices import CaseFileStatus, DocumentStatus, MisfilingReason
from records.models import CaseFile, Document, Misfiling
from records.services.actor import person
from records.services.misfiling import Finding, mark_misfiled
from tests import personas, stories
from tests.desk.markup import page, text_of
from tests.records.views.conftest import logged_in
from tests.stories import Story

WHY = "Nach Rückfrage bei der Bauaufsicht"


@pytest.fixture
def officer(quick_city: None) -> Client:
    return logged_in(personas.DATA_PROTECTION)


@pytest.fixture
def right(quick_city: None) -> Story:
    return stories.building_file()


@pytest.fixture
def marked(story: Story) -> Misfiling:
    actor = person(personas.person(personas.CLERK_SOCIAL), "test")
    return mark_misfiled([story.document.pk], Finding(MisfilingReason.WRONG_FILE), actor)[0]


def at(marked: Misfiling) -> str:
    return reverse("misfiling-move", args=[marked.uuid])


def shown(content: bytes) -> str:
    return text_of(page(content).xpath("//main")[0])


def status(marked: Misfiling) -> str:
    return Document.objects.get(pk=marked.document_id).status


def test_number_preview_move_and_back(officer: Client, marked: Misfiling, right: Story) -> None:
    assert at(marked) in officer.get(reverse("misfilings")).content.decode()
    wanted = {"target": right.case_file.aktenzeichen, "reason": WHY}
    preview = officer.post(at(marked), wanted)
    text = shown(preview.content)
    assert str(personas.person(personas.CLERK_BUILDING)) in text
    assert str(personas.person(personas.CLERK_SOCIAL)) in text
    assert "verschiedenen Berechtigungskreisen" in text
    # Neither file's title: data protection sees neither.
    assert "Garage" not in text
    assert "Ahlers" not in text
    assert status(marked) == DocumentStatus.MISFILED
    confirmed = wanted | {"bestaetigt": "1", "akte": str(right.case_file.uuid)}
    answer = officer.post(at(marked), confirmed, follow=True)
    assert answer.status_code == 200
    undo = page(answer.content).xpath("//form[@data-undo]/@action")[0]
    assert right.case_file.aktenzeichen in shown(answer.content)
    assert right.case_file.aktenzeichen not in shown(
        logged_in(personas.ADMINISTRATION).get(reverse("misfilings")).content
    )
    seen = logged_in(personas.CLERK_BUILDING).get(reverse("document", args=[marked.document.uuid]))
    assert seen.status_code == 200
    assert officer.post(at(marked), confirmed).status_code == 409
    assert officer.post(undo).status_code == 302
    assert status(marked) == DocumentStatus.MISFILED
    assert officer.post(undo).status_code == 409


def test_another_number_than_previewed_is_previewed_first(
    officer: Client, marked: Misfiling, right: Story
) -> None:
    other = stories.social_file("4712")
    wanted = {
        "target": right.case_file.aktenzeichen,
        "reason": WHY,
        "bestaetigt": "1",
        "akte": str(other.case_file.uuid),
    }
    assert "Das wird geschehen" in officer.post(at(marked), wanted).content.decode()
    assert status(marked) == DocumentStatus.MISFILED


def test_what_is_wrong_is_said_and_the_typed_values_stay(
    officer: Client, marked: Misfiling, right: Story
) -> None:
    unknown = officer.post(at(marked), {"target": "99.99-1/2026", "reason": WHY})
    assert unknown.status_code == 422
    assert "Fragen Sie die zuständige Einheit" in unknown.content.decode()
    assert WHY in unknown.content.decode()
    wanted = {"target": right.case_file.aktenzeichen, "reason": ""}
    assert officer.post(at(marked), wanted).status_code == 422
    CaseFile.objects.filter(pk=right.case_file.pk).update(status=CaseFileStatus.CANCELLED)
    refused = officer.post(at(marked), wanted | {"reason": WHY, "bestaetigt": "1"})
    assert refused.status_code == 409
    assert "ist storniert" in refused.content.decode()
    assert WHY in refused.content.decode()
    assert "Jetzt umlegen" not in refused.content.decode()


def test_only_data_protection(marked: Misfiling, right: Story) -> None:
    for username in (personas.ADMINISTRATION, personas.CLERK_SOCIAL, personas.CLERK_BUILDING):
        client = logged_in(username)
        assert client.get(at(marked)).status_code == 403
        undo = reverse("misfiling-move-undo", args=[marked.uuid])
        assert client.post(undo).status_code == 403
