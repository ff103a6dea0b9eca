"""Telephone and file notes: a real document and its follow-up, both or none, with a way back."""

import io
from datetime import date, timedelta

import pikepdf
import pytest

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import OutboxMessage
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import CaseFileStatus, Direction, DocumentStatus, NoteKind
from records.models import CaseFile, Component, Document, DocumentText, FilePlanEntry, SearchEntry
from records.services import uploads
from records.services.note_sheets import NoteText
from records.services.notes import NoteWish, WrittenNote, take_back_notes, write_note
from tests import personas, stories
from tests.stories import Story
from workflows.models import FollowUp

CALL = NoteText(
    NoteKind.TELEPHONE,
    "Frau Ahlers fragt nach der #strong[Heizkostenabrechnung].\nSie sucht die Zählernummer.",
    "Hannelore Ahlers",
    "Wird nachgereicht.",
)


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


def write(
    story: Story, *, by: str = personas.CLERK_SOCIAL, key: str = "eins", again: date | None = None
) -> WrittenNote:
    wish = NoteWish(CALL, story.matter, again)
    return write_note(personas.person(by), story.case_file, wish, key)


def next_week() -> date:
    return clock.today() + timedelta(days=7)


def counts() -> tuple[int, int]:
    return Document.objects.count(), FollowUp.objects.count()


def test_a_note_is_a_document_in_a_durable_format(story: Story) -> None:
    note = write(story).document
    assert note.title.startswith("Telefonvermerk: Hannelore Ahlers, Frau Ahlers fragt")
    assert (str(note.document_type), note.direction) == ("Vermerk", Direction.INTERNAL)
    component = Component.objects.get(version__document=note)
    with pikepdf.open(io.BytesIO(uploads.open_blob(component.blob).read())) as sheet:
        assert sheet.open_metadata()["pdfaid:part"] == "2"
    assert (note.mime_type, note.page_count) == ("application/pdf", 1)


def test_its_text_is_found_after_the_workers_turn(story: Story) -> None:
    note = write(story).document
    message = OutboxMessage.objects.filter(topic=uploads.TOPIC).latest("pk")
    uploads.make_searchable(message.payload)
    assert SearchEntry.objects.filter(document_id=note.pk).exists()
    text = DocumentText.objects.get(document=note).text
    for said in ("#strong[Heizkostenabrechnung]", "Zählernummer", "Wird nachgereicht"):
        assert said in text


def test_the_follow_up_is_made_with_it_or_nothing_is(story: Story) -> None:
    written = write(story, again=next_week())
    assert written.follow_up is not None
    assert written.follow_up.object_id == written.document.pk
    before = counts()
    with pytest.raises(InvalidInput) as refusal:
        write(story, key="zwei", again=clock.today() - timedelta(days=1))
    assert (refusal.value.field, counts()) == ("wished_on", before)


def test_a_double_click_writes_one_note(story: Story) -> None:
    first = write(story, again=next_week())
    before = counts()
    again = write(story, again=next_week())
    assert again.document == first.document
    assert (again.follow_up, counts()) == (first.follow_up, before)


def test_without_a_matter_one_for_notes_is_opened(story: Story) -> None:
    wish = NoteWish(CALL, None)
    clerk = personas.person(personas.CLERK_SOCIAL)
    filed = write_note(clerk, story.case_file, wish, "eins").document
    assert filed.matter.title == "Vermerke"


def test_only_who_may_file_writes_and_only_while_the_file_is_open(story: Story) -> None:
    before = counts()
    with pytest.raises(Forbidden):
        write(story, by=personas.CLERK_BUILDING)
    FilePlanEntry.objects.filter(pk=story.case_file.entry_id).update(allowed_types=["bescheid"])
    with pytest.raises(InvalidInput, match="Vermerk"):
        write(story)
    CaseFile.objects.filter(pk=story.case_file.pk).update(status=CaseFileStatus.CLOSED)
    story.case_file.refresh_from_db()
    with pytest.raises(IllegalState, match="ist abgeschlossen") as refusal:
        write(story)
    assert "Registratur" in refusal.value.next_step
    assert counts() == before


def test_w10_taking_it_back_is_a_storno_and_ends_the_follow_up(story: Story) -> None:
    written = write(story, again=next_week())
    clerk = personas.person(personas.CLERK_SOCIAL)
    with pytest.raises(Forbidden, match="geschrieben"):
        take_back_notes([written.document], personas.person(personas.HEAD_SOCIAL))
    with pytest.raises(Forbidden):
        take_back_notes([story.document], clerk)
    take_back_notes([written.document], clerk)
    written.document.refresh_from_db()
    assert written.document.status == DocumentStatus.CANCELLED
    assert not FollowUp.objects.filter(object_id=written.document.pk, done_at=None).exists()
