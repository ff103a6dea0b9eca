"""From an Office file to pages and words in the search: queue, result, failure (Q3)."""

from datetime import timedelta

import pytest

from goettingen_ecm.operations import clock
from records import tasks
from records.choices import ComponentKind, RenditionState
from records.content import office
from records.models import Blob, Component, Document, Rendition
from records.selectors.documents import components_of, readable_components, viewed_blob
from records.selectors.search import search
from records.services import renditions, uploads
from records.services.renditions import ATTEMPTS, render_next
from tests import personas, stories
from tests.records.views import filing
from tests.stories import Story

needs_office = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LETTER = rb"{\rtf1\ansi Der Zuckerr\'fcbenschaden ist erstattet.\page Zweite Seite}"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def letter(story: Story) -> Document:
    return filing.file_data(story.matter, "Erstattung", ("erstattung.rtf", LETTER))


def source_of(document: Document) -> Blob:
    return components_of(document)[0].blob


def test_only_office_files_wait_for_a_pdf(story: Story, letter: Document) -> None:
    filing.file_data(story.matter, "Brief", ("brief.pdf", filing.pdf("Text")))
    [waiting] = Rendition.objects.all()
    assert (waiting.source_id, waiting.state) == (source_of(letter).pk, RenditionState.WAITING)


@needs_office
def test_q3_pages_words_and_search_come_from_the_pdf(letter: Document) -> None:
    brandt = personas.person(personas.CLERK_SOCIAL)
    assert not search(brandt, "Zuckerrübenschäden").hits
    before = bytes(uploads.open_blob(source_of(letter)).read())
    assert render_next()
    [component] = readable_components(letter)
    pdf = viewed_blob(component)
    assert (pdf.mime_type, pdf.page_count) == ("application/pdf", 2)
    letter.refresh_from_db()
    assert (letter.page_count, letter.mime_type, letter.problem) == (2, "application/rtf", "")
    assert [hit.document.pk for hit in search(brandt, "Zuckerrübenschäden").hits] == [letter.pk]
    assert uploads.open_blob(source_of(letter)).read() == before
    assert source_of(letter).mime_type == "application/rtf"
    kinds = [one.kind for one in components_of(letter)]
    assert kinds == [ComponentKind.MAIN, ComponentKind.RENDITION]
    assert not render_next()


@needs_office
def test_every_version_with_the_file_gets_the_pdf_once(story: Story, letter: Document) -> None:
    again = filing.file_data(story.matter, "Abschrift", ("abschrift.rtf", LETTER))
    assert render_next()
    renditions.attach_renditions(source_of(letter), Rendition.objects.get().pdf or Blob())
    rows = Component.objects.filter(kind=ComponentKind.RENDITION)
    assert rows.count() == 2
    assert {row.blob_id for row in rows} == {Rendition.objects.get().pdf_id}
    again.refresh_from_db()
    assert again.page_count == 2


def test_a_file_whose_worker_was_killed_comes_back_but_not_for_ever(
    letter: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conversion that takes the worker with it leaves what was committed before it began."""
    monkeypatch.setattr(office, "program", lambda: "/usr/bin/soffice")
    monkeypatch.setattr(office, "convert_to_pdf", killed)
    now = clock.now()
    for attempt in range(1, ATTEMPTS + 1):
        with clock.fixed(now + attempt * timedelta(hours=1)), pytest.raises(KeyboardInterrupt):
            render_next()
        with clock.fixed(now + attempt * timedelta(hours=1) + timedelta(minutes=1)):
            assert not render_next()
    with clock.fixed(now + timedelta(days=1)):
        assert render_next()
    failed = Rendition.objects.get()
    assert (failed.state, failed.problem, failed.pdf) == (RenditionState.FAILED, "crashed", None)


def killed(*_arguments: object) -> bytes:
    raise KeyboardInterrupt


@needs_office
def test_a_file_libreoffice_cannot_open_says_so(story: Story) -> None:
    document = filing.file_data(story.matter, "Antrag", ("antrag.docx", b"PK\x03\x04" + bytes(99)))
    source = source_of(document)
    assert not Rendition.objects.exists(), "known to be broken, never tried"
    Blob.objects.filter(pk=source.pk).update(mime_type=DOCX, problem="")
    Rendition.objects.create(source=source, due_at=clock.now())
    assert render_next()
    failed = Rendition.objects.get()
    assert (failed.state, failed.problem) == (RenditionState.FAILED, "broken")


def test_without_libreoffice_files_wait(letter: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert tasks.render_office_files() == 0
    assert Rendition.objects.get().state == RenditionState.WAITING
