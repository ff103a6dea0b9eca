"""What is known about a mail that was taken apart."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr

RFC822, OUTLOOK = "message/rfc822", "application/vnd.ms-outlook"
MAIL_TYPES = (RFC822, OUTLOOK)


def shown_person(text: str) -> str:
    """``Erika Müller <erika@example.org>`` however it is quoted, so that the same one reads the same.

    Without the directory's own address (``/o=ExchangeLabs/…``), which tells nobody anything.
    """
    name, address = parseaddr(text)
    if not name or not address:
        return text.strip()
    return name if address.startswith("/o=") else f"{name} <{address}>"


@dataclass(frozen=True, slots=True)
class MailHead:
    """The head of a mail as written; ids without angle brackets, the oldest message first.

    ``refers_to``: the messages it answers (References, In-Reply-To; RFC 5322 3.6.4).
    """

    message_id: str = ""
    refers_to: tuple[str, ...] = ()
    sender: str = ""
    receivers: str = ""
    copies: str = ""
    subject: str = ""
    sent_at: datetime | None = None

    def lines(self) -> list[str]:
        """The fields that are there, one a line, as they stand above a mail."""
        named = {
            "From": self.sender,
            "To": self.receivers,
            "Cc": self.copies,
            "Subject": self.subject,
            "Date": self.sent_at.isoformat() if self.sent_at else "",
        }
        return [f"{name}: {value}" for name, value in named.items() if value]


@dataclass(frozen=True, slots=True)
class MailPart:
    """An attachment: a name without path, its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """A mail inside the child; attachments are decoded when asked for.

    ``inside``: names of attachments that cannot be taken out (embedded Outlook objects).
    """

    head: MailHead
    body: str
    parts: Callable[[], Iterator[MailPart]]
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it leaves the sandbox."""

    head: MailHead
    body: str
    parts: list[MailPart] = field(default_factory=list)
    inside: tuple[str, ...] = ()
