"""A mailbox on its IMAP server: which messages wait, their bytes, moving them away."""

import imaplib
import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from imap_tools import (
    BaseMailBox,
    ImapToolsError,
    MailBox,
    MailboxFolderSelectError,
    MailboxLoginError,
    MailBoxStartTls,
    MailBoxUnencrypted,
)

from integrations.choices import MailSecurity
from integrations.models import Mailbox
from records.content.sandbox import SandboxUnavailable

SECONDS = 30.0
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_KINDS: dict[str, Any] = {
    MailSecurity.TLS: MailBox,
    MailSecurity.STARTTLS: MailBoxStartTls,
    MailSecurity.NONE: MailBoxUnencrypted,
}


class MailboxUnavailable(Exception):  # noqa: N818 - a state of the server, shown to operators
    """The mailbox cannot be read now; ``str()`` says why in German and names the next step."""


class Messages:
    """The messages of a mailbox's folder, by UID."""

    def __init__(self, server: BaseMailBox, uid_validity: int) -> None:
        self._server = server
        self.uid_validity = uid_validity

    def uids(self, most: int) -> list[int]:
        """The oldest that wait, at most so many."""
        return sorted(int(uid) for uid in self._server.uids("ALL"))[:most]

    def size(self, uid: int) -> int:
        """Bytes; 0 when the message is gone."""
        _status, data = self._server.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
        found = _SIZE.search(data[0]) if data and isinstance(data[0], bytes) else None
        return int(found[1]) if found else 0

    def read(self, uid: int) -> bytes:
        """Exactly what the server keeps; the message stays unread there. Empty when it is gone."""
        _status, data = self._server.client.uid("FETCH", str(uid), "(BODY.PEEK[])")
        parts = [one[1] for one in data or () if isinstance(one, tuple)]
        return bytes(parts[0]) if parts else b""

    def move(self, uid: int, folder: str) -> None:
        """Into another folder, which is made when there is none."""
        if not self._server.folder.exists(folder):
            self._server.folder.create(folder)
        self._server.move([str(uid)], folder)


def password_variable(mailbox: Mailbox) -> str:
    """Where the password is: in the environment, never in the database."""
    return f"ECM_MAILBOX_{mailbox.code.upper().replace('-', '_')}_PASSWORD"


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[Messages]:
    """The mailbox's folder, logged in. Raises MailboxUnavailable."""
    try:
        with _logged_in(mailbox) as server:
            validity = server.folder.status(mailbox.folder, ["UIDVALIDITY"])["UIDVALIDITY"]
            yield Messages(server, validity)
    except (ImapToolsError, imaplib.IMAP4.error, OSError) as error:
        raise MailboxUnavailable(_explained(mailbox, error)) from error


def _logged_in(mailbox: Mailbox) -> BaseMailBox:
    password = os.environ.get(password_variable(mailbox), "")
    if not password:
        said = _("Das Kennwort fehlt. Setzen Sie %(name)s in der Umgebung des Workers.")
        raise MailboxUnavailable(said % {"name": password_variable(mailbox)})
    given: dict[str, Any] = {"timeout": SECONDS}
    if mailbox.security != MailSecurity.NONE:
        given["ssl_context"] = ssl.create_default_context()
    server: BaseMailBox = _KINDS[mailbox.security](mailbox.host, mailbox.port, **given)
    return server.login(mailbox.user_name, password, mailbox.folder)


def _explained(mailbox: Mailbox, error: Exception) -> str:
    if isinstance(error, MailboxLoginError):
        return _("Der Server lehnt Benutzer oder Kennwort ab.")
    if isinstance(error, MailboxFolderSelectError):
        return _("Den Ordner %(name)s gibt es im Postfach nicht.") % {"name": mailbox.folder}
    if isinstance(error, ssl.SSLError):
        return _("Die Verbindung ist nicht sicher: %(why)s") % {"why": error}
    if isinstance(error, SandboxUnavailable):
        return _("Dateien lassen sich zurzeit nicht prüfen; die Nachrichten warten im Postfach.")
    if isinstance(error, OSError):
        said = _("%(host)s antwortet nicht (%(why)s).")
        return said % {"host": f"{mailbox.host}:{mailbox.port}", "why": error}
    return _("Der Server antwortet unverständlich: %(why)s") % {"why": str(error)[:200]}
