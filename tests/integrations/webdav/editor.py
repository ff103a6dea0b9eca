"""A small editor for tests: speaks WebDAV to the application as the web server hands it over."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from django.contrib.sessions.backends.db import SessionStore
from django.core import signals
from django.db import close_old_connections
from django.http import HttpRequest
from django.test import RequestFactory

from goettingen_ecm.accounts.models import User
from integrations.webdav import shares
from integrations.webdav.application import beside_django
from records.models import Document, Matter
from tests.records.content import samples

LOCK = (
    b'<?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope>'
    b"<D:locktype><D:write/></D:locktype><D:owner>LibreOffice - </D:owner></D:lockinfo>"
)
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD_MAIN}.main+xml"/></Types>'
)
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument"/></Relationships>'
)


@lru_cache
def docx(text: str) -> bytes:
    """A letter as Word keeps it, of one paragraph; a package made anew has another time in it."""
    body = f'<w:document xmlns:w="{SPACE}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    parts = {"[Content_Types].xml": TYPES, "word/document.xml": body, "_rels/.rels": RELATION}
    return samples.zipped({name: text.encode() for name, text in parts.items()})


def request_of(user: User) -> HttpRequest:
    """A click of a person in a session of its own."""
    request = RequestFactory().post("/")
    request.user, request.session = user, SessionStore()
    request.session.create()
    return request


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Editor:
    """Works below one secret address."""

    secret: str
    lock: str = ""

    def ask(self, method: str, name: str = "", body: bytes = b"", /, **headers: str) -> Answer:
        """One request; ``headers`` as the environment names them (HTTP_DEPTH)."""
        made = RequestFactory().generic(method, f"/dav/{self.secret}/{name}", body)
        made.environ.update(headers)
        # As a web server: reading beyond the end is no error.
        made.environ["wsgi.input"] = BytesIO(body)
        made.environ.setdefault("HTTP_HOST", "testserver")
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, heads: list[tuple[str, str]], _exc: object = None) -> None:
            told.append((status, heads))

        with _connections_kept():
            content = b"".join(beside_django(_no_django)(made.environ, start))
        status, heads = told[-1]
        return Answer(int(status.split()[0]), dict(heads), content)

    def open(self, name: str) -> Answer:
        """LOCK, and remember the token."""
        answer = self.ask("LOCK", name, LOCK, HTTP_DEPTH="0", HTTP_TIMEOUT="Second-180")
        self.lock = answer.headers.get("Lock-Token", "")
        return answer

    def save(self, name: str, data: bytes) -> Answer:
        """PUT, with the lock if there is one."""
        held = {"HTTP_IF": f"({self.lock})"} if self.lock else {}
        return self.ask("PUT", name, data, **held)

    def close(self, name: str) -> Answer:
        """UNLOCK."""
        token, self.lock = self.lock, ""
        return self.ask("UNLOCK", name, HTTP_LOCK_TOKEN=token)

    def names(self) -> list[str]:
        """What the folder shows."""
        answer = self.ask("PROPFIND", HTTP_DEPTH="1")
        found = re.findall(rb"<[^/>]*displayname>([^<]+)<", answer.body)
        return [one.decode() for one in found[1:]]


@contextmanager
def _connections_kept() -> Iterator[None]:
    """As Django's own test client: the test's transaction must outlive the request."""
    for one in (signals.request_started, signals.request_finished):
        one.disconnect(close_old_connections)
    try:
        yield
    finally:
        for one in (signals.request_started, signals.request_finished):
            one.connect(close_old_connections)


def _no_django(_environ: object, _start: object) -> list[bytes]:
    raise AssertionError("not for Django")


def edits(user: User, document: Document) -> Editor:
    """As after the click on the document's page."""
    return Editor(shares.share_document(request_of(user), document))


def browses(user: User, matter: Matter) -> Editor:
    """As after the click on the matter's page."""
    return Editor(shares.share_matter(request_of(user), matter))
