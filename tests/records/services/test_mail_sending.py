"""Mails out of a file (E3): filed as sent, each recipient once, answers come back to the matter."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.choices import Direction, MailState
from records.models import Component, Document, SentMail
from records.selectors.filing_suggestions import suggestions_for
from records.services import uploads
from records.services.incoming_filing import FilingWish, file_items
from records.services.mail_sending import MOST_ATTEMPTS, send_again, send_waiting
from records.services.mail_writing import MailWish, write_mail
from records.services.move_checks import Place
from records.tasks import send_mails
from tests import personas, stories
from tests.e2e.conftest import free_port
from tests.records.services.test_incoming import acting
from tests.records.services.test_mail_intake import bring, mail
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story
from workflows.models import FollowUp

ERIKA, KARL = "erika@example.org", "karl@example.org"


class Server:
    """Takes mails as a mail server of the house does; some addresses it does not like."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken += [(one, bytes(envelope.original_content)) for one in envelope.rcpt_tos]
        return "250 OK"


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    taking = Server()
    running = Controller(taking, hostname="127.0.0.1", port=free_port())
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    settings.EMAIL_USE_TLS, settings.DEFAULT_FROM_EMAIL = False, "eAkte <eakte@stadt.example>"
    yield taking
    running.stop()


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


def write(story: Story, *to: str, key: str = "1", **more: Any) -> Document:
    values: dict[str, Any] = {
        "matter": story.matter,
        "recipients": to or (ERIKA,),
        "subject": "Ihr Antrag – Rückfrage",
        "text": "Guten Tag,\nbitte senden Sie uns die Nebenkosten.",
        "may_travel_open": True,
    }
    return write_mail(personas.person(personas.CLERK_SOCIAL), MailWish(**values | more), key)


def state_of(document: Document) -> tuple[str, list[str], list[str]]:
    found = SentMail.objects.get(document=document)
    return found.state, found.pending, found.refused


def parsed(data: bytes) -> EmailMessage:
    found = message_from_bytes(data, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def test_e3_what_is_filed_is_what_is_sent(story: Story, server: Server) -> None:
    paper = filing.file_data(story.matter, "Bescheid", ("Bescheid.pdf", filing.pdf("Bescheid")))
    document = write(story, ERIKA, KARL, attached=[paper])
    assert (document.direction, document.dispatched_on) == (Direction.OUTGOING, None)
    assert send_mails() == 1
    assert [address for address, _data in server.taken] == [ERIKA, KARL]
    main = Component.objects.get(version__document=document, position=0)
    kept = uploads.open_blob(main.blob).read()
    assert {data for _address, data in server.taken} == {kept}
    sent = parsed(kept)
    assert sent["Subject"] == "Ihr Antrag – Rückfrage"
    assert [one.get_filename() for one in sent.iter_attachments()] == ["Bescheid.pdf"]
    document.refresh_from_db()
    assert document.dispatched_on == clock.today()
    assert state_of(document) == (MailState.SENT, [], [])
    assert AuditEntry.objects.filter(action="records.mail.sent").count() == 1
    assert send_mails() == 0


def test_e3_the_answer_to_it_leads_to_the_matter(story: Story, server: Server) -> None:
    document = write(story)
    own = SentMail.objects.get(document=document).message_id
    [answer] = bring(("a.eml", mail("Re: Rückfrage", key="9@x", answers=own).as_bytes()))
    [best, *_more] = suggestions_for(personas.person(personas.CLERK_SOCIAL), answer)
    assert best.matter == story.matter
    assert "E-Mail-Verlauf" in best.reason


def test_an_address_nobody_has_is_said_and_the_others_have_theirs(
    story: Story, server: Server
) -> None:
    server.answers[KARL] = "550 5.1.1 No such user"
    document = write(story, KARL, ERIKA)
    assert send_waiting(5) == 1
    assert [address for address, _data in server.taken] == [ERIKA]
    assert state_of(document) == (MailState.FAILED, [], [KARL])
    found = SentMail.objects.get(document=document)
    assert "No such user" in found.problem
    assert found.sent_at is not None
    server.answers.clear()
    send_again(found, acting())
    assert send_waiting(5) == 1
    assert [address for address, _data in server.taken] == [ERIKA, KARL]
    assert state_of(document) == (MailState.SENT, [], [])
    with pytest.raises(IllegalState):
        send_again(found, acting())
    with pytest.raises(Forbidden):
        send_again(found, acting(personas.HEAD_SOCIAL))


def test_a_server_that_is_away_is_asked_again_and_not_for_ever(
    story: Story, server: Server, settings: Settings
) -> None:
    server.answers[ERIKA] = "451 4.3.0 Try later"
    document = write(story)
    assert send_waiting(5) == 1
    assert state_of(document)[0] == MailState.WAITING
    assert send_waiting(5) == 0, "not due yet"
    settings.EMAIL_PORT = free_port()
    now = clock.now()
    for hour in range(1, MOST_ATTEMPTS):
        with clock.fixed(now + timedelta(hours=2 * hour)):
            assert send_waiting(5) == 1
    assert state_of(document) == (MailState.FAILED, [ERIKA], [])
    assert "antwortet nicht" in SentMail.objects.get(document=document).problem
    assert FollowUp.objects.filter(object_id=document.pk, done_at=None).count() == 1
    assert server.taken == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"recipients": []}, "recipients"),
        ({"recipients": ["kein-at"]}, "recipients"),
        ({"recipients": ["a@example.org\nBcc: x@example.org"]}, "recipients"),
        ({"recipients": [f"{n}@example.org" for n in range(51)]}, "recipients"),
        ({"subject": " \u200b "}, "subject"),
        ({"subject": "x" * 301}, "subject"),
        ({"text": ""}, "text"),
        ({"may_travel_open": False}, "may_travel_open"),
    ],
)
def test_bad_input_is_named_and_nothing_is_filed(
    story: Story, change: dict[str, Any], field: str
) -> None:
    before = Document.objects.count()
    with pytest.raises(InvalidInput) as refused:
        write(story, **change)
    assert refused.value.field == field
    assert (Document.objects.count(), SentMail.objects.count()) == (before, 0)


def test_header_lines_in_the_subject_stay_text(story: Story, server: Server) -> None:
    document = write(story, subject="Rückfrage 4/2026\r\nBcc: alle@example.org")
    send_mails()
    [(address, data)] = server.taken
    assert (address, parsed(data)["Bcc"]) == (ERIKA, None)
    assert document.title == "Rückfrage 4/2026 Bcc: alle@example.org"
    name = Component.objects.get(version__document=document, position=0).file_name
    assert name == "Rückfrage 4-2026 Bcc_ alle@example.org.eml"


def test_the_second_click_writes_no_second_mail(story: Story) -> None:
    assert write(story, key="k") == write(story, key="k")
    assert SentMail.objects.count() == 1


def test_answering_in_the_browser(story: Story, server: Server) -> None:
    [item] = bring(("a.eml", mail("Frage", key="1@x").as_bytes()))
    [filed] = file_items({item.pk: FilingWish(Place(story.case_file, story.matter))}, acting())
    document = filed.document
    assert document is not None
    uploads.index_filed([document.pk])
    clerk: Client = logged_in(personas.CLERK_SOCIAL)
    page = clerk.get(reverse("document", args=[document.uuid])).content.decode()
    address = reverse("document-mail", args=[document.uuid]) + "?art=antwort"
    assert address in page
    form = clerk.get(address)
    typed = form.context["form"].initial
    assert typed["recipients"] == ERIKA
    assert typed["subject"] == "AW: Frage"
    assert "> Sehr geehrte Damen und Herren," in typed["text"]
    sent = {"recipients": f"{ERIKA}; {KARL}", "subject": typed["subject"], "text": "Gern."}
    sent["key"] = "6c2b1f0e-6a9d-4a0f-9f62-0c7c5f7f7f11"
    refused = clerk.post(address, sent)
    assert (refused.status_code, b"Gern." in refused.content) == (422, True)
    answer = clerk.post(address, sent | {"may_travel_open": "on"})
    assert answer.status_code == 302
    waiting = clerk.get(answer["Location"]).content.decode()
    assert "wird versendet an" in waiting
    assert "Die Ansicht wird gerade erzeugt" in waiting
    assert "art=antwort" not in waiting, "one's own mail is not answered"
    send_mails()
    assert parsed(server.taken[0][1])["In-Reply-To"] == "<1@x>"
    shown = clerk.get(answer["Location"]).content.decode()
    found = SentMail.objects.get()
    assert "versendet" in shown
    assert reverse("sent-mail", args=[found.uuid]) in shown
    detail = clerk.get(reverse("sent-mail", args=[found.uuid])).content.decode()
    assert "an den Mailserver übergeben" in detail
    assert "Noch einmal versenden" not in detail


def test_what_failed_is_laid_before_its_writer_until_it_is_sent_again(
    story: Story, server: Server
) -> None:
    server.answers[ERIKA] = "550 nein"
    document = write(story)
    send_mails()
    [reminder] = FollowUp.objects.filter(done_at=None)
    assert (reminder.object_id, reminder.owner) == (
        document.pk,
        personas.person(personas.CLERK_SOCIAL),
    )
    assert "550 nein" in reminder.reason
    clerk = logged_in(personas.CLERK_SOCIAL)
    assert document.title in clerk.get(reverse("my-work")).content.decode()
    mail_of = SentMail.objects.get(document=document)
    again = reverse("sent-mail-again", args=[mail_of.uuid])
    assert again in clerk.get(reverse("sent-mail", args=[mail_of.uuid])).content.decode()
    server.answers.clear()
    assert clerk.post(again).status_code == 302
    assert not FollowUp.objects.filter(done_at=None).exists()
    send_mails()
    assert state_of(document)[0] == MailState.SENT
