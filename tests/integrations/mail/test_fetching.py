"""Mailboxes (E1, E3): every message ends in a basket, as known or held back; nothing gets lost."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings

from goettingen_ecm.operations import clock
from integrations.choices import MailOutcome
from integrations.mail import fetching
from integrations.mail.server import Messages
from integrations.models import Mailbox, MailboxMessage
from records.choices import IncomingChannel
from records.models import IncomingItem
from records.services import intake, uploads
from tests.integrations.mail.conftest import ImapServer
from tests.records.services.test_mail_intake import mail, with_attachments

DONE, HELD = "eAkte &APw-bernommen", "eAkte zur&APw-ckgestellt"


def outcomes() -> list[str]:
    return list(MailboxMessage.objects.order_by("uid").values_list("outcome", flat=True))


def test_e1_messages_come_into_the_basket_as_they_were_sent(box: Mailbox, imap: ImapServer) -> None:
    data = with_attachments().as_bytes()
    imap.deliver(data, mail("Zweite", key="2@x").as_bytes())
    assert fetching.fetch_due() == 2
    first = IncomingItem.objects.get(channel_key="eins@example.org")
    assert (first.channel, first.unit, first.files.count()) == (IncomingChannel.MAIL, box.unit, 3)
    kept = uploads.open_blob(first.files.get(position=0).blob).read()
    assert kept.replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n")
    assert outcomes() == [MailOutcome.RECEIVED] * 2
    assert (imap.messages_in(), imap.messages_in(DONE)) == (0, 2)
    box.refresh_from_db()
    assert (box.problem, box.lease_until) == ("", None)
    assert box.checked_at is not None
    assert fetching.fetch_due() == 0


def test_e3_the_same_mail_twice_is_one_item_and_counted(box: Mailbox, imap: ImapServer) -> None:
    imap.deliver(mail().as_bytes(), mail().as_bytes())
    assert fetching.fetch_due() == 2
    assert outcomes() == [MailOutcome.RECEIVED, MailOutcome.KNOWN]
    assert IncomingItem.objects.count() == 1
    assert imap.messages_in(DONE) == 2


def test_what_is_too_large_is_held_back_and_said(
    box: Mailbox, imap: ImapServer, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 2000
    imap.deliver(with_attachments().as_bytes(), mail().as_bytes())
    assert fetching.fetch_due() == 2
    assert sorted(outcomes()) == sorted([MailOutcome.HELD, MailOutcome.RECEIVED])
    held = MailboxMessage.objects.get(outcome=MailOutcome.HELD)
    assert "eAkte zurückgestellt" in held.explanation
    assert (imap.messages_in(HELD), imap.messages_in(DONE)) == (1, 1)


def test_a_crash_before_the_move_files_nothing_twice(
    box: Mailbox, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap.deliver(mail().as_bytes())
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Messages, "move", _killed)
        fetching.fetch_due()
    assert (imap.messages_in(), IncomingItem.objects.count()) == (1, 1)
    assert fetching.fetch_due() == 0, "the lease of the killed worker still holds"
    with clock.fixed(clock.now() + 2 * fetching.LEASE):
        assert fetching.fetch_due() == 0
    assert (imap.messages_in(DONE), outcomes()) == (1, [MailOutcome.RECEIVED])


def _killed(*_arguments: object) -> None:
    raise KeyboardInterrupt


def test_what_cannot_be_looked_at_now_waits_in_the_mailbox(
    box: Mailbox, imap: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    imap.deliver(mail().as_bytes())
    with monkeypatch.context() as patched:
        patched.setattr(intake, "INSPECTION_SECONDS", 0.0)
        assert fetching.fetch_due() == 0
    box.refresh_from_db()
    assert "dauert zu lange" in box.problem
    assert (imap.messages_in(), IncomingItem.objects.count()) == (1, 0)
    assert fetching.fetch_due() == 1


def test_damaged_and_real_mails_come_in_too(
    box: Mailbox, imap: ImapServer, test_data: Path
) -> None:
    files = sorted((test_data / "mail").glob("*.eml"))
    imap.deliver(*(one.read_bytes() for one in files), b"kein Kopf, nur Text\n")
    assert fetching.fetch_due() == len(files) + 1
    assert set(outcomes()) == {MailOutcome.RECEIVED}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"user_name": "wohngeld", "folder": "Gibt es nicht"}, "Den Ordner"),
        ({"port": 1}, "antwortet nicht"),
        ({"code": "anders"}, "ECM_MAILBOX_ANDERS_PASSWORD"),
    ],
)
def test_what_is_wrong_is_said_and_tried_again(
    box: Mailbox, imap: ImapServer, change: dict[str, object], said: str
) -> None:
    Mailbox.objects.filter(pk=box.pk).update(**change)
    imap.deliver(mail().as_bytes())
    assert fetching.fetch_due() == 0
    box.refresh_from_db()
    assert said in box.problem
    assert (box.checked_at, box.lease_until) == (None, None)
    Mailbox.objects.filter(pk=box.pk).update(code="wohngeld", folder="INBOX", port=imap.port)
    assert fetching.fetch_due() == 1
    box.refresh_from_db()
    assert box.problem == ""


def test_a_wrong_password_is_said(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECM_MAILBOX_WOHNGELD_PASSWORD", "falsch")
    assert fetching.fetch_due() == 0
    box.refresh_from_db()
    assert "lehnt Benutzer oder Kennwort ab" in box.problem


def test_passwords_never_travel_in_the_clear() -> None:
    box = Mailbox(code="x", name="X", host="mail.example", security="keine", user_name="x")
    with pytest.raises(ValidationError, match="Unverschlüsselt"):
        box.clean()
    same = Mailbox(host="mail.example", security="tls", folder="A", done_folder="A")
    with pytest.raises(ValidationError, match="verschieden"):
        same.clean()
