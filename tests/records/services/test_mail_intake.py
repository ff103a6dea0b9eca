"""Mails in a basket and in a file (E3): taken apart, kept as sent, shown, found, put to their thread."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from msgforge import Message as OutlookMessage

from records.choices import ComponentKind, Direction
from records.models import Component, Document, IncomingItem, Rendition
from records.selectors.filing_suggestions import Confidence, suggestions_for
from records.selectors.incoming import same_content, viewed_blob
from records.services import uploads
from records.services.incoming_filing import FilingWish, file_items
from records.services.intake import receive_uploads
from records.services.move_checks import Place
from records.services.renditions import render_next
from records.services.uploads import UploadWish, file_upload, index_filed
from tests import personas, stories
from tests.access import world as w
from tests.records.services.test_incoming import acting
from tests.records.views import filing
from tests.stories import Story


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


def mail(
    subject: str = "Antrag auf Wohngeld", *, key: str = "eins@example.org", answers: str = ""
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Erika Müller <erika@example.org>"
    message["To"] = "wohngeld@musterstadt.example"
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 08:15:00 +0100"
    message["Message-ID"] = f"<{key}>"
    if answers:
        message["In-Reply-To"] = f"<{answers}>"
    message.set_content("Sehr geehrte Damen und Herren,\nanbei die Nebenkosten.\n")
    return message


def with_attachments() -> EmailMessage:
    message = mail()
    data = filing.pdf("Heizkostennachzahlung")
    message.add_attachment(data, maintype="application", subtype="pdf", filename="../Übersicht.pdf")
    message.add_attachment(mail("Innen", key="innen@example.org"))
    return message


def bring(*files: tuple[str, bytes], together: bool = False) -> list[IncomingItem]:
    taken = [SimpleUploadedFile(name, data) for name, data in files]
    brandt = personas.person(personas.CLERK_SOCIAL)
    unit = w.unit("50.1")
    return [one.item for one in receive_uploads(brandt, unit, taken, together=together)]


def names(item: IncomingItem) -> list[tuple[str, str]]:
    return [(one.kind, one.file_name) for one in item.files.all()]


def into(story: Story, item: IncomingItem) -> Document:
    [filed] = file_items({item.pk: FilingWish(Place(story.case_file, story.matter))}, acting())
    assert filed.document is not None
    return filed.document


def test_e3_body_and_attachments_are_one_item_and_the_original_stays(story: Story) -> None:
    data = with_attachments().as_bytes()
    [item] = bring(("post.eml", data))
    assert (item.subject, item.sender) == (
        "Antrag auf Wohngeld",
        "Erika Müller <erika@example.org>",
    )
    assert item.channel_key == "eins@example.org"
    assert names(item) == [
        (ComponentKind.MAIN, "post.eml"),
        (ComponentKind.ATTACHMENT, "Übersicht.pdf"),
        (ComponentKind.ATTACHMENT, "Innen.eml"),
    ]
    assert "Nebenkosten" in item.first_page
    assert "Heizkostennachzahlung" in item.first_page
    original = item.files.get(position=0)
    assert uploads.open_blob(original.blob).read() == data
    assert original.refusal == ""
    filed = into(story, item)
    kinds = Component.objects.filter(version__document=filed).values_list("kind", flat=True)
    assert sorted(kinds) == [ComponentKind.ATTACHMENT] * 2 + [ComponentKind.MAIN]


def test_e3_a_mail_is_read_as_pages_and_its_words_are_found(story: Story) -> None:
    [item] = bring(("post.eml", mail().as_bytes()))
    assert render_next()
    pages = viewed_blob(item.files.select_related("blob__rendition__pdf").get(position=0))
    assert (pages.mime_type, pages.page_count) == ("application/pdf", 1)
    filed = into(story, item)
    index_filed([filed.pk])
    assert "Nebenkosten" in filed.text.text
    assert "Erika Müller" in filed.text.text


def test_e3_outlook_files_are_mails_too(story: Story) -> None:
    [item] = bring(("post.msg", outlook()))
    assert (item.subject, item.sender) == ("Nachzahlung", "Erika Müller <erika@example.org>")
    assert names(item)[1:] == [(ComponentKind.ATTACHMENT, "Beleg.pdf")]
    assert "Grüße" in item.first_page


def outlook() -> bytes:
    made = OutlookMessage(
        subject="Nachzahlung",
        text_body="Viele Grüße aus Göttingen",
        to=[("wohngeld@musterstadt.example", "Wohngeldstelle")],
        sender=("erika@example.org", "Erika Müller"),
        sent=True,
    )
    made.attach_bytes("Beleg.pdf", filing.pdf("Beleg"), "application/pdf")
    return made.as_bytes()


def test_e3_the_same_message_id_is_shown(story: Story) -> None:
    first, second = bring(
        ("a.eml", mail().as_bytes()), ("b.eml", mail("WG: Antrag auf Wohngeld").as_bytes())
    )
    brandt = personas.person(personas.CLERK_SOCIAL)
    assert same_content(brandt, second) == [first]
    assert bring(("c.eml", mail().as_bytes())) == [first]


def test_e3_an_answer_leads_to_the_matter_of_its_thread(story: Story) -> None:
    [first] = bring(("a.eml", mail().as_bytes()))
    into(story, first)
    [answer] = bring(("b.eml", mail("Re: Frage", key="2@x", answers="eins@example.org").as_bytes()))
    [best, *_more] = suggestions_for(personas.person(personas.CLERK_SOCIAL), answer)
    assert (best.case_file, best.matter) == (story.case_file, story.matter)
    assert best.confidence == Confidence.SURE
    assert "E-Mail-Verlauf" in best.reason
    # Who answers the answer that still waits in the basket has only the sender to go by.
    [third] = bring(("d.eml", mail("Re: Re", key="3@x", answers="2@x").as_bytes()))
    [guess] = suggestions_for(personas.person(personas.CLERK_SOCIAL), third)
    assert guess.confidence == Confidence.POSSIBLE


def test_a_bomb_of_attachments_is_kept_whole(story: Story) -> None:
    message = mail()
    for number in range(201):
        message.add_attachment(b"x", maintype="application", subtype="pdf", filename=f"{number}")
    [item] = bring(("bombe.eml", message.as_bytes()))
    assert len(names(item)) == 1
    assert "mehr als 200 Anlagen" in item.files.get().refusal


@pytest.mark.parametrize(
    "data",
    [
        b"From: a@b\nTo: c@d\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed\n\nkein Rand",
        b"From: a@b\nTo: c@d\nSubject: =?utf-8?b?kaputt\nDate: gestern\n\nText",
        b"From: a@b\nTo: c@d\nSubject: x\nContent-Type: multipart/mixed; boundary=r\n\n--r\n"
        b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n!!!\n--r--",
    ],
)
def test_damaged_mails_are_kept(story: Story, data: bytes) -> None:
    [item] = bring(("kaputt.eml", data))
    assert uploads.open_blob(item.files.get(position=0).blob).read() == data


def test_every_real_mail_comes_in_and_can_be_read(story: Story, test_data: Path) -> None:
    files = [p for p in sorted((test_data / "mail").iterdir()) if p.suffix in (".eml", ".msg")]
    items = bring(*((one.name, one.read_bytes()) for one in files))
    assert len({item.pk for item in items}) == len(files)
    while render_next():
        pass
    assert not Rendition.objects.exclude(state="done").exists()


def test_e3_a_mail_dropped_on_a_file_brings_its_attachments(story: Story) -> None:
    message = with_attachments()
    message.add_attachment(
        b"MZ" + bytes(200), maintype="application", subtype="x-msdownload", filename="a.exe"
    )
    wish = UploadWish(
        file=SimpleUploadedFile("post.eml", message.as_bytes()),
        title="",
        matter=story.matter,
        matter_title="",
        document_type=None,
        direction=Direction.INCOMING,
        received_on=None,
        letter_date=None,
    )
    filed = file_upload(personas.person(personas.CLERK_SOCIAL), story.case_file, wish, "k")
    found = Component.objects.filter(version__document=filed).order_by("position")
    # The program stays inside the original.
    assert [one.file_name for one in found] == ["post.eml", "Übersicht.pdf", "Innen.eml"]
