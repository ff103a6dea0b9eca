"""Mails taken apart on their way in: head and attachments beside the original (requirement E3)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from records import blob_store
from records.blob_store import Staged
from records.content.mail_results import MAIL_TYPES, Mail, MailHead
from records.content.results import ContentUnreadable, Inspection, InspectRequest
from records.services.sandbox import sandbox

INSPECTION_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment: its name, its bytes beside the store, what the sandbox found."""

    name: str
    staged: Staged
    found: Inspection


@dataclass(frozen=True, slots=True)
class Apart:
    """A mail's head and attachments; ``note`` says in German what could not be taken out."""

    head: MailHead = field(default_factory=MailHead)
    attached: Sequence[Attached] = ()
    note: str = ""


@contextmanager
def taken_apart(files: Sequence[tuple[Staged, Inspection]]) -> Iterator[list[Apart | None]]:
    """One answer for each file, None for what is no mail; the bytes are gone at the end."""
    staged: list[Staged] = []
    try:
        yield [_apart(one, found, staged) for one, found in files]
    finally:
        blob_store.discard(staged)


def _apart(original: Staged, found: Inspection, staged: list[Staged]) -> Apart | None:
    if found.sniffed.mime not in MAIL_TYPES or found.problem is not None:
        return None
    try:
        mail = sandbox().open_mail(original.path, found.sniffed.mime)
    except ContentUnreadable as unreadable:
        said = _("Die Anlagen dieser E-Mail ließen sich nicht herauslösen: %(why)s")
        return Apart(note=said % {"why": unreadable})
    return Apart(mail.head, _attached(mail, staged), _note(mail))


def _attached(mail: Mail, staged: list[Staged]) -> list[Attached]:
    fresh = [blob_store.stage_chunks([part.data]) for part in mail.parts]
    staged += fresh
    if not fresh:
        return []
    names = [part.name for part in mail.parts]
    requests = [InspectRequest(f.path, declared_name=n) for n, f in zip(names, fresh, strict=True)]
    seen = sandbox().inspect_batch(requests, deadline_seconds=INSPECTION_SECONDS)
    return [Attached(*one) for one in zip(names, fresh, seen, strict=True)]


def _note(mail: Mail) -> str:
    if not mail.inside:
        return ""
    said = _("Nur im Original enthalten (eingebettete Outlook-Elemente): %(names)s")
    return said % {"names": ", ".join(mail.inside)}
