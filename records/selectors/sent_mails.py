"""Mails sent out of files, for people who see the document they are filed as."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from goettingen_ecm.access.principals import Person
from records import blob_store
from records.choices import BlobStorage
from records.content.mail_results import MAIL_TYPES, Mail
from records.content.results import ContentUnreadable
from records.models import Document, SentMail
from records.selectors.case_files import documents_in_use, documents_shown, lacks
from records.selectors.documents import readable_components
from records.services.sandbox import sandbox

OFFERED = 30
QUOTED_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reply begins with; ids without angle brackets."""

    recipient: str
    subject: str
    quoted: str
    message_id: str
    thread: tuple[str, ...]


def is_mail(document: Document) -> bool:
    """Whether its main file is a mail."""
    return document.mime_type in MAIL_TYPES


def sent_mail_of(document: Document) -> SentMail | None:
    """How far the sending is, of a document the caller has shown to be visible."""
    if lacks(document, "has_sent_mail"):
        return None
    return SentMail.objects.filter(document=document).first()


def visible_sent_mail(user: Person, uuid: UUID) -> SentMail:
    """Raises Http404 for missing and invisible alike."""
    rows = SentMail.objects.filter(document__in=documents_shown(user)).select_related("document")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def documents_to_attach(user: Person, document: Document) -> list[Document]:
    """The newest visible documents of its matter, itself first."""
    rows = documents_in_use(user).filter(matter=document.matter_id).exclude(pk=document.pk)
    return [document, *rows.order_by("-sort_date", "-pk")[: OFFERED - 1]]


def answer_to(document: Document) -> Answer | None:
    """What a reply to this mail begins with; None when it cannot be read."""
    [main, *_attached] = readable_components(document)
    if main.blob.storage != BlobStorage.FILES:
        return None
    try:
        path = blob_store.path_of(bytes(main.blob.sha256))
        mail = sandbox().open_mail(path, main.blob.mime_type)
    except ContentUnreadable:
        return None
    return _answer(mail)


def _answer(mail: Mail) -> Answer:
    head = mail.head
    subject = head.subject if head.subject.lower().startswith(("aw:", "re:")) else None
    body = mail.body[:QUOTED_CHARS].strip()
    quoted = "\n".join(f"> {line}".rstrip() for line in body.splitlines())
    address = head.sender.rpartition("<")[2].rstrip(">").strip()
    return Answer(
        recipient=address if "@" in address else "",
        subject=subject or f"AW: {head.subject}".strip(),
        quoted=f"\n\n\n{head.sender}:\n{quoted}",
        message_id=head.message_id,
        thread=head.refers_to,
    )
