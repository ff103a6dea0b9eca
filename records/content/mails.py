"""Mails taken apart: head, body, attachments (requirement E3). Runs in the child.

Nothing is fetched, no script is run; what hangs below an attached mail stays inside it.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from records.content import outlook
from records.content.decoding import decoded
from records.content.limits import Limits
from records.content.mail_names import file_name, mail_file_name
from records.content.mail_results import (
    OUTLOOK,
    RFC822,
    MailHead,
    MailPart,
    OpenedMail,
    shown_person,
)
from records.content.plain_text import decoded_as, tidy, visible
from records.content.problems import Problem
from records.content.results import ContentUnreadable

MAIL_ERRORS = (
    ValueError, LookupError, TypeError, AttributeError, RecursionError, HeaderParseError,
    *outlook.ERRORS,
)  # fmt: skip
MOST_IDS = 50
_ID = re.compile(r"<([^<>\s]{1,300})>")
_FIELDS = ("from", "to", "cc", "subject", "date")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature",
               "application/pgp-signature")  # fmt: skip


def opened(data: bytes, mime: str) -> OpenedMail:
    """A mail by its type. Raises one of MAIL_ERRORS when it cannot be parsed."""
    if mime == OUTLOOK:
        return outlook.opened(data, file_name)
    message = message_from_bytes(data)
    return OpenedMail(_head(message), tidy("\n".join(_bodies(message))), _parts_of(message))


def text_of_mail(data: bytes, mime: str = RFC822) -> str:
    """Sender, receivers, subject, date and the bodies of a mail; attachments are not opened.

    Raises one of MAIL_ERRORS when the mail cannot be parsed.
    """
    if mime == OUTLOOK:
        mail = opened(data, mime)
        return tidy("\n".join([*mail.head.lines(), "", mail.body]))
    message = message_from_bytes(data)
    fields = [f"{name.title()}: {_field(message, name)}" for name in _FIELDS if message[name]]
    return tidy("\n".join([*fields, "", *_bodies(message)]))


def bounded_parts(mail: OpenedMail, limits: Limits) -> list[MailPart]:
    """The attachments. Raises ContentUnreadable when they are too many or too large together."""
    found: list[MailPart] = []
    size = 0
    for part in mail.parts():
        found.append(part)
        size += len(part.data)
        if len(found) > limits.mail_parts:
            raise ContentUnreadable(Problem.BOMB, f"mehr als {limits.mail_parts} Anlagen")
        if size > limits.mail_bytes:
            raise ContentUnreadable(Problem.TOO_LARGE, f"mehr als {limits.mail_bytes >> 20} MB")
    return found


def _head(message: Message) -> MailHead:
    ids = _ID.findall(_field(message, "message-id"))
    answered = f"{_field(message, 'references')} {_field(message, 'in-reply-to')}"
    return MailHead(
        message_id=ids[0] if ids else "",
        refers_to=tuple(dict.fromkeys(_ID.findall(answered)))[-MOST_IDS:],
        sender=shown_person(_field(message, "from")),
        receivers=_field(message, "to"),
        copies=_field(message, "cc"),
        subject=_field(message, "subject"),
        sent_at=_moment(_field(message, "date")),
    )


def _field(message: Message, name: str) -> str:
    raw = str(message[name] or "")
    try:
        text = str(make_header(decode_header(raw)))
    except MAIL_ERRORS:
        text = raw
    return " ".join(text.split())


def _moment(value: str) -> datetime | None:
    """The date as written by the sender's machine; None for anything that is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that carry something; an attached mail is one of them and is not entered."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield message


def _is_body(part: Message) -> bool:
    if part.get_content_type() not in ("text/plain", "text/html"):
        return False
    return part.get_content_disposition() != "attachment" and not part.get_filename()


def _bodies(message: Message) -> list[str]:
    """Text parts that are no attachments; HTML only where its plain alternative is missing."""
    parts = [part for part in _leaves(message) if _is_body(part)]
    plain = [_body(part) for part in parts if part.get_content_subtype() == "plain"]
    if any(text.strip() for text in plain):
        return plain
    return [visible(_body(part)) for part in parts if part.get_content_subtype() == "html"]


def _body(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset()
    return (decoded_as(payload, charset) if charset else decoded(payload)) or ""


def _parts_of(message: Message) -> Callable[[], Iterator[MailPart]]:
    def parts() -> Iterator[MailPart]:
        number = 0
        for part in _leaves(message):
            if not _is_attachment(part, whole=message):
                continue
            number += 1
            yield _part(part, number)

    return parts


def _is_attachment(part: Message, *, whole: Message) -> bool:
    """Not the bodies, not signatures (they sign the original, which is kept), no inline logos."""
    if _is_body(part) or part.get_content_type() in _SIGNATURES:
        return False
    inline = part.get_content_maintype() == "image" and part["content-id"]
    return part is not whole and not (inline and part.get_content_disposition() != "attachment")


def _part(part: Message, number: int) -> MailPart:
    mime = part.get_content_type()
    if mime == RFC822 and part.is_multipart():
        inner: Any = part.get_payload(0)
        return MailPart(mail_file_name(_field(inner, "subject"), number), bytes(inner))
    payload = part.get_payload(decode=True)
    name = _decoded_name(part.get_filename() or "")
    return MailPart(file_name(name, mime, number), payload if isinstance(payload, bytes) else b"")


def _decoded_name(name: str) -> str:
    """Many programs write encoded words where the standard wants parameters (RFC 2231)."""
    try:
        return str(make_header(decode_header(name)))
    except MAIL_ERRORS:
        return name
