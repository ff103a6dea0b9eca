"""Filing in the browser: what is taken, what is refused and why, what a refusal leaves behind."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import outbox
from records import blob_store
from records.choices import CaseFileStatus, Direction
from records.models import Blob, Document
from records.services import blobs
from tests import stories
from tests.desk.markup import page, text_of
from tests.records.content.samples import package, zipped
from tests.records.views import filing
from tests.stories import Story

MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ" + bytes(62) + b"PE\0\0" + bytes(400)


def send(
    client: Client, story: Story, data: bytes, name: str = "schreiben.pdf", **more: Any
) -> HttpResponse:
    values = {
        "file": SimpleUploadedFile(name, data),
        "matter": story.matter.pk,
        "direction": Direction.INCOMING,
        "repeat_key": "eins",
        **more,
    }
    address = reverse("document-upload", args=[story.case_file.uuid])
    return client.post(address, values)  # type: ignore[return-value]


def newest(story: Story) -> Document:
    return story.case_file.documents.latest("pk")


def refused(answer: HttpResponse) -> str:
    """The reason at the file field of a form that was not taken."""
    assert answer.status_code == 422
    reasons = page(answer.content).xpath('//div[@id="id_file_error"]')
    assert len(reasons) == 1
    return text_of(reasons[0])


@pytest.fixture
def nothing_left(story: Story) -> Any:
    """After the test the file, the store and the table of contents are as before."""
    before = (story.case_file.documents.count(), Blob.objects.count(), filing.tmp_files())
    yield
    after = (story.case_file.documents.count(), Blob.objects.count(), filing.tmp_files())
    assert after == before


def test_a_pdf_is_filed_and_found_by_its_words(clerk: Client, story: Story) -> None:
    answer = send(clerk, story, filing.pdf("Mitteilung über den Zuckerrübenschaden"), title="Brief")
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("case-file", args=[story.case_file.uuid])
    filed = newest(story)
    assert (filed.title, filed.page_count, filed.problem) == ("Brief", 1, "")
    assert filed.mime_type == "application/pdf"
    said = page(clerk.get(answer.headers["Location"]).content).xpath('//*[@id="meldungen"]')
    assert "„Brief“ liegt jetzt in der Akte." in text_of(said[0])
    outbox.deliver_batch()
    hits = clerk.get(reverse("search"), {"q": "Zuckerrübenschäden"})
    assert reverse("document", args=[filed.uuid]) in hits.content.decode()


def test_the_facts_of_the_form_are_kept(clerk: Client, story: Story) -> None:
    more = {"direction": "ausgang", "received_on": "20.11.2026", "letter_date": "18.11.2026"}
    assert send(clerk, story, filing.pdf("Text"), **more).status_code == 302
    filed = newest(story)
    facts = (filed.direction, filed.received_on, filed.letter_date, filed.matter)
    assert facts == ("ausgang", date(2026, 11, 20), date(2026, 11, 18), story.matter)
    assert filed.sort_date == date(2026, 11, 20)


def test_without_a_title_the_file_name_serves(clerk: Client, story: Story) -> None:
    send(clerk, story, filing.pdf("Text"), name="Vermerk März.pdf")
    assert newest(story).title == "Vermerk März"


def test_a_new_matter_is_opened(clerk: Client, story: Story) -> None:
    answer = send(clerk, story, filing.pdf("Text"), matter="", matter_title="Widerspruch 2026")
    assert answer.status_code == 302
    assert newest(story).matter.title == "Widerspruch 2026"


def test_a_double_click_files_once(clerk: Client, story: Story) -> None:
    before = story.case_file.documents.count()
    assert send(clerk, story, filing.pdf("Text"), matter="", matter_title="Neu").status_code == 302
    assert send(clerk, story, filing.pdf("Text"), matter="", matter_title="Neu").status_code == 302
    assert story.case_file.documents.count() == before + 1
    assert story.case_file.matters.filter(title="Neu").count() == 1


def test_going_back_and_taking_another_file_files_both(clerk: Client, story: Story) -> None:
    """The browser brings the same form back, with the same hidden key."""
    before = story.case_file.documents.count()
    send(clerk, story, filing.pdf("Eins"), name="eins.pdf")
    send(clerk, story, filing.pdf("Zwei"), name="zwei.pdf")
    assert story.case_file.documents.count() == before + 2


def bomb() -> bytes:
    """A spreadsheet that unpacks to 200 MB of zeros."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/media/image1.bin", "w", force_zip64=True) as entry:
            for _ in range(200):
                entry.write(bytes(1024 * 1024))
    return target.getvalue()


def pdf_bomb() -> bytes:
    """A page whose content unpacks to 600 MB."""
    with pikepdf.new() as document:
        document.add_blank_page()
        document.pages[0].Contents = document.make_stream(bytes(600 * 1024 * 1024))
        target = io.BytesIO()
        document.save(target, compress_streams=True)
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        pytest.param(lambda: HTML, "brief.pdf", "nicht angenommen", id="html as pdf"),
        pytest.param(lambda: SVG, "brief.pdf", "nicht angenommen", id="svg as pdf"),
        pytest.param(lambda: SVG, "bild.png", "nicht angenommen", id="svg as png"),
        pytest.param(lambda: EXE, "brief.pdf", "nicht angenommen", id="exe as pdf"),
        pytest.param(lambda: package(MACROS), "brief.docx", "Makros", id="macros"),
        pytest.param(
            lambda: zipped({"a.txt": b"a"}), "brief.pdf", "nicht angenommen", id="zip as pdf"
        ),
        pytest.param(bomb, "tabelle.xlsx", "entpack", id="zip bomb"),
        pytest.param(pdf_bomb, "brief.pdf", "entpack", id="pdf bomb"),
        pytest.param(lambda: b"", "brief.pdf", "leer", id="empty"),
    ],
)
def test_what_is_refused_says_why_and_leaves_nothing(
    clerk: Client,
    story: Story,
    nothing_left: None,
    data: Callable[[], bytes],
    name: str,
    reason: str,
) -> None:
    assert reason in refused(send(clerk, story, data(), name))


def test_too_large(clerk: Client, story: Story, nothing_left: None, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    data = filing.pdf("Text") + bytes(1024 * 1024)
    assert refused(send(clerk, story, data)).endswith("Die Datei ist größer als 1 MB.")


def test_no_file_at_all(clerk: Client, story: Story, nothing_left: None) -> None:
    assert refused(send(clerk, story, b"", file=""))


def test_a_refused_form_keeps_what_was_typed(clerk: Client, story: Story) -> None:
    more = {"title": 'Brief vom "Amt" & Co', "letter_date": "18.11.2026", "direction": "intern"}
    answer = send(clerk, story, HTML, matter="", matter_title="Neuer Fall", **more)
    form = page(answer.content).xpath('//form[@method="post"][.//*[@name="file"]]')[0]
    assert form.xpath('.//*[@name="title"]/@value') == [more["title"]]
    assert form.xpath('.//*[@name="matter_title"]/@value') == ["Neuer Fall"]
    assert form.xpath('.//*[@name="letter_date"]/@value') == ["18.11.2026"]
    assert form.xpath('.//*[@name="direction"]/option[@selected]/@value') == ["intern"]
    assert form.xpath('.//*[@name="repeat_key"]/@value') == ["eins"]


def test_neither_matter_nor_a_new_one_is_said_at_its_field(clerk: Client, story: Story) -> None:
    answer = send(clerk, story, filing.pdf("Text"), matter="")
    assert answer.status_code == 422
    assert page(answer.content).xpath('//div[@id="id_matter_title_error"]')


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../x.pdf", "x.pdf"),
        ("C:\\Users\\Brandt\\Bescheid.pdf", "Bescheid.pdf"),
        ("Änderungsbescheid – 2026 №4 🏠.pdf", "Änderungsbescheid – 2026 №4 🏠.pdf"),
        ("a" * 300 + ".pdf", None),
        ("Bescheid (neu); x=1.pdf", "Bescheid (neu); x=1.pdf"),
    ],
)
def test_names_lose_their_path_and_nothing_else(
    clerk: Client, story: Story, sent: str, kept: str | None
) -> None:
    answer = clerk.generic(
        "POST",
        reverse("document-upload", args=[story.case_file.uuid]),
        _raw_form(sent, filing.pdf("Text"), story),
        content_type="multipart/form-data; boundary=grenze",
    )
    assert answer.status_code == 302
    name = newest(story).versions.get().components.get().file_name
    assert len(name) <= 255
    assert name.endswith(".pdf")
    assert "/" not in name
    if kept is not None:
        assert name == kept


def _raw_form(name: str, data: bytes, story: Story) -> bytes:
    """As a browser that hides nothing would send it: Django's test client strips paths."""
    quoted = name.replace('"', "%22").encode()
    parts = [
        b'Content-Disposition: form-data; name="file"; filename="' + quoted + b'"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + data,
        b'Content-Disposition: form-data; name="matter"\r\n\r\n%d' % story.matter.pk,
        b'Content-Disposition: form-data; name="direction"\r\n\r\neingang',
    ]
    return b"".join(b"--grenze\r\n" + part + b"\r\n" for part in parts) + b"--grenze--\r\n"


def reader_of(client: Client, document: Document) -> str:
    answer = client.get(reverse("document", args=[document.uuid]))
    assert answer.status_code == 200
    return text_of(page(answer.content).xpath("//main")[0])


def test_an_encrypted_pdf_is_kept_marked_and_explained(clerk: Client, story: Story) -> None:
    data = filing.encrypted_pdf()
    assert send(clerk, story, data).status_code == 302
    filed = newest(story)
    assert filed.problem == "encrypted"
    shown = reader_of(clerk, filed)
    assert "mit Kennwort geschützt" in shown
    assert "Original herunterladen" in shown
    listed = clerk.get(reverse("case-file", args=[story.case_file.uuid])).content.decode()
    assert "mit Kennwort geschützt" in listed
    assert original(clerk, filed) == data


def test_a_broken_pdf_is_kept_marked_and_explained(clerk: Client, story: Story) -> None:
    data = b"%PDF-1.7\n" + b"\x00\xff" * 2000
    assert send(clerk, story, data).status_code == 302
    filed = newest(story)
    assert filed.problem == "broken"
    assert "beschädigt" in reader_of(clerk, filed)
    assert original(clerk, filed) == data
    outbox.deliver_batch()
    filed.refresh_from_db()
    assert filed.problem == "broken"


def original(client: Client, document: Document) -> bytes:
    address = reverse("document-original", args=[document.uuid, document.version_number, 0])
    answer = client.get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


ACCEPTED = {".pdf", ".rtf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".tiff", ".jpg"}


def test_real_files_never_break_the_page(clerk: Client, story: Story, test_data: Path) -> None:
    """Every answer is a page with a reason or a filed document that opens."""
    folders = [test_data / name for name in ("office", "mail", "scans", "pdf")]
    files = [path for folder in folders for path in sampled(folder)]
    taken = set()
    for path in files:
        answer = send(clerk, story, path.read_bytes(), path.name, repeat_key=path.name)
        if answer.status_code == 302:
            taken.add(path.suffix.lower())
            assert reader_of(clerk, newest(story))
        else:
            assert refused(answer), path
            assert path.suffix.lower() not in ACCEPTED or "protect" in path.name, path
    assert {".pdf", ".docx", ".jpg"} <= taken
    assert filing.tmp_files() == []


def sampled(folder: Path, wanted: int = 9) -> list[Path]:
    """Some of each folder, always the same ones."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix != ".json")
    return files[:: max(1, len(files) // wanted)]


def test_a_closed_file_takes_nothing(clerk: Client, story: Story, nothing_left: None) -> None:
    story.case_file.status = CaseFileStatus.CLOSED
    story.case_file.save(update_fields=["status"])
    assert send(clerk, story, filing.pdf("Text")).status_code == 409
    shown = clerk.get(reverse("document-upload", args=[story.case_file.uuid]))
    assert shown.status_code == 409
    assert "ist abgeschlossen" in shown.content.decode()


def test_a_closed_matter_is_said_on_the_form(
    clerk: Client, story: Story, nothing_left: None
) -> None:
    story.matter.status = CaseFileStatus.CLOSED
    story.matter.save(update_fields=["status"])
    answer = send(clerk, story, filing.pdf("Text"), title="Bleibt stehen")
    assert answer.status_code == 422
    assert "Wählen Sie einen Vorgang in Bearbeitung" in answer.content.decode()
    assert 'value="Bleibt stehen"' in answer.content.decode()


def test_a_matter_of_another_file_cannot_be_chosen(clerk: Client, story: Story) -> None:
    other = stories.social_file("4712")
    before = other.case_file.documents.count()
    answer = send(clerk, story, filing.pdf("Text"), matter=other.matter.pk)
    assert answer.status_code == 422
    assert other.case_file.documents.count() == before


class TestOriginal:
    """Taking the file out of the house: a download, never something a browser would run."""

    def test_is_a_download_under_its_own_name(self, clerk: Client, story: Story) -> None:
        document = filing.file_data(story.matter, "Brief", ("Bescheid für Ümläute.pdf", b"%PDF-1."))
        answer = clerk.get(reverse("document-original", args=[document.uuid, 1, 0]))
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment;")
        assert "Bescheid%20f%C3%BCr%20%C3%9Cml%C3%A4ute.pdf" in disposition
        assert "no-store" in answer.headers["Cache-Control"]

    def test_even_of_what_a_browser_would_show(self, clerk: Client, story: Story) -> None:
        """Deliveries may hold what the upload refuses."""
        document = filing.file_data(story.matter, "Seite", ("seite.html", HTML))
        answer = clerk.get(reverse("document-original", args=[document.uuid, 1, 0]))
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert b"".join(answer.streaming_content) == HTML  # type: ignore[attr-defined]

    def test_is_not_there_for_others(self, outsider: Client, story: Story) -> None:
        address = reverse("document-original", args=[story.document.uuid, 1, 0])
        assert outsider.get(address).status_code == 404
        assert Client().get(address).status_code == 302
        assert taken(story.document) == 0

    def test_is_written_down_each_time(self, clerk: Client, story: Story) -> None:
        for _ in range(2):
            original(clerk, story.document)
        assert taken(story.document) == 2

    def test_of_a_content_the_database_keeps(self, clerk: Client, story: Story) -> None:
        """A delivered index that somebody also files by hand is one content."""
        data = b"Ein kleiner Text, der schon da war."
        blobs.store_small([data])
        send(clerk, story, data, "text.txt")
        assert original(clerk, newest(story)) == data

    def test_of_a_lost_file_says_so(self, clerk: Client, story: Story) -> None:
        document = filing.file_data(story.matter, "Brief", ("brief.txt", b"gleich verloren"))
        blob = document.versions.get().components.get().blob
        blob_store.path_of(bytes(blob.sha256)).unlink()
        answer = clerk.get(reverse("document-original", args=[document.uuid, 1, 0]))
        assert answer.status_code == 409
        assert "lässt sich zurzeit nicht lesen" in answer.content.decode()
        assert taken(document) == 0


def taken(document: Document) -> int:
    entries = AuditEntry.objects.filter(action="records.document.original_taken")
    return entries.filter(object_uuid=document.uuid).count()


def test_reading_is_written_down_once_a_session_hour(clerk: Client, story: Story) -> None:
    for _ in range(3):
        clerk.get(reverse("document", args=[story.document.uuid]))
    entries = AuditEntry.objects.filter(action="records.document.read")
    assert entries.filter(object_uuid=story.document.uuid).count() == 1
