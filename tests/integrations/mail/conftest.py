"""A real IMAP server (Dovecot) with a mailbox of its own for each test."""

import mailbox as maildirs
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from goettingen_ecm.accounts.models import OrgUnit
from integrations.choices import MailSecurity
from integrations.models import Mailbox
from tests.quick_city import built_city, quick_city

__all__ = ["built_city", "quick_city"]

USER, PASSWORD = "wohngeld", "geheim-und-lang"
CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = no
disable_plaintext_auth = no
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
mail_location = maildir:{folder}/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """Where it listens and where its mailboxes lie."""

    port: int
    folder: Path

    def deliver(self, *messages: bytes, user: str = USER) -> None:
        """As the mail server of the house would."""
        folder = self.folder / "mail" / user
        box = maildirs.Maildir(folder, create=True)
        for data in messages:
            box.add(data)
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, "nobody", "nogroup")

    def messages_in(self, folder: str = "", user: str = USER) -> int:
        """How many lie in a folder (as the server names it on disk), '' being INBOX."""
        place = self.folder / "mail" / user
        if folder:
            place = place / f".{folder}"
        return sum(len(list((place / part).glob("*"))) for part in ("new", "cur"))


@pytest.fixture(scope="session")
def imap_program() -> str:
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is None or os.geteuid() != 0:
        pytest.skip("dovecot ist nicht installiert oder der Test läuft nicht als root")
    return program


@pytest.fixture
def imap(imap_program: str, tmp_path: Path) -> Iterator[ImapServer]:
    """A server on a free port of this machine, gone afterwards."""
    port = _free_port()
    for one in [tmp_path, *tmp_path.parents]:
        if one.is_relative_to("/tmp") and one != Path("/tmp"):
            one.chmod(one.stat().st_mode | 0o055)
    config = tmp_path / "dovecot.conf"
    config.write_text(CONFIG.format(folder=tmp_path, port=port, password=PASSWORD))
    (tmp_path / "mail").mkdir()
    shutil.chown(tmp_path / "mail", "nobody", "nogroup")
    server = subprocess.Popen([imap_program, "-F", "-c", str(config)])
    _wait_for(port, server, tmp_path / "log")
    yield ImapServer(port, tmp_path)
    server.send_signal(signal.SIGTERM)
    server.wait(timeout=20)


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 20
    while True:
        with closing(socket.socket()) as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        said = log.read_text() if log.exists() else ""
        assert server.poll() is None and time.monotonic() < until, said
        time.sleep(0.05)


def _free_port() -> int:
    with closing(socket.socket()) as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@pytest.fixture
def box(quick_city: None, imap: ImapServer, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    """The mailbox of the Wohngeldstelle on that server."""
    monkeypatch.setenv("ECM_MAILBOX_WOHNGELD_PASSWORD", PASSWORD)
    return Mailbox.objects.create(
        code="wohngeld",
        name="Wohngeldstelle",
        host="127.0.0.1",
        port=imap.port,
        security=MailSecurity.NONE,
        user_name=USER,
        unit=OrgUnit.objects.get(code="50.1"),
    )
