"""Akteneinsicht: one numbered PDF of chosen documents, nothing left out in silence (D5)."""

import io
from datetime import date

import pypdfium2 as pdfium
import pytest
import typst
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records import blob_store
from records.choices import ComponentKind, Direction, InspectionState
from records.models import Document, Inspection, InspectionBasis
from records.selectors.inspections import released_bases
from records.services import blobs, texts
from records.services.actor import Actor, person
from records.services.documents import NewComponent, NewDocument, NewVersion, file_documents
from records.services.inspections import NewInspection, grant_inspections, request_inspection
from tests import personas, stories
from tests.stories import Story

PAGES = b"#set page(width: 300pt, height: 400pt)\nGeheimnis Seite eins #pagebreak() Seite zwei"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def clerk(story: Story) -> Actor:
    return person(personas.person(personas.CLERK_SOCIAL), "test")


def filed(story: Story, actor: Actor, name: str, data: bytes, title: str = "Gutachten") -> Document:
    staged = blob_store.stage_chunks([data])
    blob = blobs.store_staged([staged])[staged.sha256]
    content = NewVersion([NewComponent(ComponentKind.MAIN, blob, name)])
    wanted = NewDocument(story.matter, title, Direction.INCOMING, content)
    [document] = file_documents([wanted], actor)
    texts.extract_texts([document.pk])
    document.refresh_from_db()
    return document


def two_pages() -> bytes:
    made = typst.compile(PAGES, format="pdf")
    assert isinstance(made, bytes)
    return made


def wish(story: Story, shown: list[Document], **others: object) -> NewInspection:
    usual: dict[str, object] = {"requester": "RA Beispiel", "ground": "§ 25 SGB X", "withheld": {}}
    return NewInspection(
        case_file=story.case_file,
        requested_on=clock.today(),
        documents=shown,
        **(usual | others),  # type: ignore[arg-type]
    )


def made(wanted: NewInspection, actor: Actor) -> tuple[Inspection, bytes]:
    inspection, job = request_inspection(wanted, actor)
    while jobs.run_batch(job.pk):
        pass
    inspection.refresh_from_db()
    assert inspection.pdf is not None, (inspection.problem, Job.objects.get(pk=job.pk).state)
    return inspection, blob_store.path_of(bytes(inspection.pdf.sha256)).read_bytes()


def page_texts(data: bytes) -> list[str]:
    with pdfium.PdfDocument(data) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def test_d5_one_numbered_pdf_with_contents_bookmarks_and_links(story: Story, clerk: Actor) -> None:
    report = filed(story, clerk, "gutachten.pdf", two_pages())
    inspection, data = made(wish(story, [report, story.document]), clerk)
    texts_of = page_texts(data)
    # Cover, contents, two pages of the report, a placeholder for the text file.
    assert (inspection.state, inspection.page_count) == (InspectionState.DONE, 5)
    number = story.case_file.aktenzeichen
    assert all(f"Blatt {n} von 5 · {number}" in said for n, said in enumerate(texts_of, 1))
    assert "RA Beispiel" in texts_of[0] and "§ 25 SGB X" in texts_of[0]
    assert "Gutachten" in texts_of[1] and "Geheimnis" in texts_of[2]
    reader = PdfReader(io.BytesIO(data))
    marks = [(str(m.title), reader.get_destination_page_number(m)) for m in reader.outline]  # type: ignore[union-attr,arg-type]
    assert marks[2:] == [("Gutachten", 2), ("Bescheid", 4)]
    links = [note.get_object() for note in reader.pages[1]["/Annots"]]  # type: ignore[attr-defined]
    assert [note["/Subtype"] for note in links] == ["/Link", "/Link"]


def test_d5_what_cannot_be_shown_says_so_and_why(story: Story, clerk: Actor) -> None:
    broken = filed(story, clerk, "kaputt.pdf", b"%PDF-1.7 abgebrochen", "Befund")
    inspection, data = made(wish(story, [broken]), clerk)
    last = page_texts(data)[-1]
    assert "Hier steht kein Abbild" in last and "kaputt.pdf" in last and "beschädigt" in last
    [row] = inspection.documents.all()
    assert (row.first_page, row.page_count, len(row.gaps)) == (3, 1, 1)


def test_d5_withheld_documents_are_listed_with_their_reason(story: Story, clerk: Actor) -> None:
    report = filed(story, clerk, "gutachten.pdf", two_pages())
    withheld = {story.document: "Daten Dritter"}
    _inspection, data = made(wish(story, [report], withheld=withheld), clerk)
    said = "".join(page_texts(data)[:3])
    assert "Nicht enthaltene Dokumente" in said and "Daten Dritter" in said
    with pytest.raises(InvalidInput):
        request_inspection(wish(story, [report], withheld={story.document: " "}), clerk)


def test_scripts_attachments_and_notes_of_originals_stay_behind(story: Story, clerk: Actor) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(two_pages())))
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.add_attachment("geheim.txt", b"VERSTECKT")
    writer.add_annotation(0, Text(text="VERTRAULICH", rect=(10, 10, 40, 40)))
    hostile = io.BytesIO()
    writer.write(hostile)
    report = filed(story, clerk, "gutachten.pdf", hostile.getvalue())
    _inspection, data = made(wish(story, [report]), clerk)
    reader = PdfReader(io.BytesIO(data))
    assert not {"/OpenAction", "/AcroForm", "/AA"} & set(reader.root_object)
    assert dict(reader.attachments) == {}
    assert all("/Annots" not in page for page in reader.pages[2:])
    kept = [reader.get_object(number) for number in range(1, int(reader.trailer["/Size"]))]  # type: ignore[call-overload]
    streams = b"".join(one.get_data() for one in kept if isinstance(one, StreamObject))
    assert b"VERSTECKT" not in streams and "VERTRAULICH" not in repr(kept)


def test_the_versions_are_those_of_the_request(story: Story, clerk: Actor) -> None:
    inspection, _data = made(wish(story, [story.document]), clerk)
    Document.objects.filter(pk=story.document.pk).update(version_number=2)
    assert [row.version_number for row in inspection.documents.all()] == [1]


def test_granting_is_noted_once_and_by_the_unit(story: Story, clerk: Actor) -> None:
    inspection, _data = made(wish(story, [story.document]), clerk)
    note = {inspection.pk: ("Frau Ahlers", clock.today())}
    stranger = person(personas.person(personas.CLERK_BUILDING), "test")
    with pytest.raises(Forbidden):
        grant_inspections(note, stranger, versions={inspection.pk: 1})
    [granted] = grant_inspections(note, clerk, versions={inspection.pk: 1})
    assert (granted.granted_to, granted.granted_on) == ("Frau Ahlers", clock.today())
    with pytest.raises(IllegalState):
        grant_inspections(note, clerk, versions={inspection.pk: 2})


def test_d5_the_ground_is_kept_as_it_was_worded_then(story: Story, clerk: Actor) -> None:
    day = date(2026, 11, 1)
    basis = InspectionBasis.objects.create(
        name="§ 29 VwVfG", source="BGBl.", as_of=day, released_by="Rechtsamt", released_on=day
    )
    wanted = wish(story, [story.document], basis=basis, ground="Vollmacht vom 2.11.")
    inspection, _job = request_inspection(wanted, clerk)
    InspectionBasis.objects.update(name="§ 29 NVwVfG")
    inspection.refresh_from_db()
    assert inspection.ground == "§ 29 VwVfG, Vollmacht vom 2.11."
    assert list(released_bases()) == [basis]
    InspectionBasis.objects.update(valid_until=date(2026, 11, 2))
    assert not released_bases()
    with pytest.raises(InvalidInput):
        request_inspection(wish(story, [story.document], ground=" "), clerk)
