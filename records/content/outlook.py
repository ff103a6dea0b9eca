"""Mails as Outlook saves them (.msg, MS-OXMSG). Runs in the child."""

import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import formataddr

from olefile.olefile import OleFileError
from oxmsg import Message
from oxmsg.attachment import Attachment
from oxmsg.domain import constants as c

from records.content.mail_results import MailHead, MailPart, OpenedMail, shown_person
from records.content.plain_text import tidy, visible

ERRORS = (OleFileError, OSError, struct.error, EOFError, AssertionError)


def opened(data: bytes, file_name: Callable[[str, str, int], str]) -> OpenedMail:
    """A .msg; ``file_name`` makes a harmless name of (name, type, number). Raises one of ERRORS."""
    message = Message.load(data)
    body = message.body or ""
    if not body.strip() and (markup := message.html_body):
        body = visible(markup)
    with_bytes: list[tuple[str, Attachment]] = []
    inside: list[tuple[str, Attachment]] = []
    for number, one in enumerate(message.attachments, start=1):
        name = file_name(one.file_name or "", one.mime_type or "", number)
        (with_bytes if one.file_bytes is not None else inside).append((name, one))
    return OpenedMail(
        _head(message), tidy(body), _parts_of(with_bytes), tuple(n for n, _o in inside)
    )


def _parts_of(found: list[tuple[str, Attachment]]) -> Callable[[], Iterator[MailPart]]:
    return lambda: (MailPart(name, one.file_bytes or b"") for name, one in found)


def _head(message: Message) -> MailHead:
    properties = message.properties
    named = (properties.str_prop_value(pid) or "" for pid in (c.PID_IN_REPLY_TO_ID,))
    answered = " ".join([properties.str_prop_value(c.PID_INTERNET_REFERENCES) or "", *named])
    ids = (properties.str_prop_value(c.PID_INTERNET_MESSAGE_ID) or "").strip("<> ")
    people = [formataddr((one.name or "", one.email_address or "")) for one in message.recipients]
    return MailHead(
        message_id=ids,
        refers_to=tuple(dict.fromkeys(one.strip("<> ") for one in answered.split())),
        sender=shown_person(message.sender or ""),
        receivers=", ".join(people),
        subject=message.subject,
        sent_at=_aware(message.sent_date),
    )


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
