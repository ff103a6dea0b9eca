"""Writing a mail out of a file: filed first, as the very bytes a worker then sends (requirement E3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.accounts.models import User
from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock, outbox
from goettingen_ecm.operations.refusals import InvalidInput
from goettingen_ecm.operations.tasks import nudge
from records import blob_store
from records.choices import ComponentKind, Direction
from records.content.mail_names import mail_file_name
from records.content.results import InspectRequest
from records.models import Blob, Component, Document, Matter, SentMail
from records.selectors.documents import readable_components
from records.services import blobs, documents, texts, uploads
from records.services.actor import Actor, person
from records.services.auditing import record_changes
from records.services.sandbox import sandbox
from records.typed_text import clean_line, clean_paragraphs

MOST_RECIPIENTS = 50
SUBJECT_CHARS, TEXT_CHARS = 300, 100_000
ATTACHED_BYTES = 20 * 1024 * 1024
MOST_IDS = 20
INSPECTION_SECONDS = 30.0
TASK = "records.tasks.send_mails"


@dataclass(frozen=True, slots=True)
class MailWish:
    """A mail as typed; ``may_travel_open`` says that it may go unencrypted.

    ``answers``: the id of the message it answers and ``thread`` the ones before it.
    """

    matter: Matter
    recipients: Sequence[str]
    subject: str
    text: str
    attached: Sequence[Document] = ()
    answers: str = ""
    thread: Sequence[str] = ()
    may_travel_open: bool = False


def needs_consent(matter: Matter) -> bool:
    """Whether mails out of this file need the writer's word that they may travel unencrypted."""
    return bool(matter.case_file.circle) or matter.case_file.confidentiality != "intern"


def write_mail(user: User, wish: MailWish, key: str) -> Document:
    """File a mail and hand it to the worker that sends it; the same ``key`` again is the same mail.

    Raises InvalidInput (addresses, empty, too large, not said that it may travel unencrypted),
    and what filing raises.
    """
    recipients = _checked_recipients(wish.recipients)
    if needs_consent(wish.matter) and not wish.may_travel_open:
        raise InvalidInput(
            _("Bestätigen Sie, dass der Inhalt unverschlüsselt versandt werden darf."),
            field="may_travel_open",
        )
    parts = _attached_parts(wish.attached)
    data, message_id = _built(wish, recipients, parts)
    staged = blob_store.stage_chunks([data])
    try:
        request = InspectRequest(staged.path, declared_name="Nachricht.eml")
        [found] = sandbox().inspect_batch([request], deadline_seconds=INSPECTION_SECONDS)
        with transaction.atomic():
            actor = person(user, "records.mail.write", key=f"mail:{user.pk}:{key}")
            known: Document | None = Document.objects.filter(
                versions__operation_id=actor.operation.pk
            ).first()
            if known is not None:
                return known
            blob = blobs.store_staged([staged])[staged.sha256]
            texts.remember([(blob, found)])
            filed = _filed(wish, blob, parts, actor)
            _hand_over(filed, message_id, recipients, user, actor)
    finally:
        blob_store.discard([staged])
    return filed


def _filed(wish: MailWish, blob: Blob, parts: Sequence[Component], actor: Actor) -> Document:
    kept = [
        documents.NewComponent(ComponentKind.MAIN, blob, mail_file_name(clean_line(wish.subject)))
    ]
    kept += [
        documents.NewComponent(ComponentKind.ATTACHMENT, one.blob, one.file_name) for one in parts
    ]
    new = documents.NewDocument(
        matter=wish.matter,
        title=clean_line(wish.subject),
        direction=Direction.OUTGOING,
        content=documents.NewVersion(kept),
        letter_date=clock.today(),
    )
    [filed] = documents.file_documents([new], actor)
    outbox.publish(uploads.TOPIC, [{"documents": [filed.pk]}], actor.operation)
    return filed


def _hand_over(
    filed: Document, message_id: str, recipients: Sequence[str], user: User, actor: Actor
) -> SentMail:
    mail = SentMail.objects.create(
        document=filed,
        message_id=message_id,
        sender=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        recipients=recipients,
        pending=recipients,
        due_at=clock.now(),
        created_at=clock.now(),
        created_by=user,
    )
    record_changes("records.mail.written", [mail], actor)
    transaction.on_commit(lambda: nudge(TASK))
    return mail


def _checked_recipients(typed: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(one.strip().lower() for one in typed if one.strip()))
    if not found:
        raise InvalidInput(_("Nennen Sie mindestens eine Adresse."), field="recipients")
    if len(found) > MOST_RECIPIENTS:
        said = _("Höchstens %(n)s Adressen sind möglich.")
        raise InvalidInput(said % {"n": MOST_RECIPIENTS}, field="recipients")
    for one in found:
        try:
            validate_email(one)
        except ValidationError as error:
            said = _("„%(address)s“ ist keine E-Mail-Adresse.")
            raise InvalidInput(said % {"address": one[:80]}, field="recipients") from error
    return found


def _attached_parts(attached: Sequence[Document]) -> list[Component]:
    """The files of the documents' newest versions. Raises InvalidInput when too large together."""
    parts = [part for one in attached for part in readable_components(one)]
    if sum(part.blob.size for part in parts) > ATTACHED_BYTES:
        said = _("Die Anlagen sind zusammen größer als %(n)s MB.")
        raise InvalidInput(said % {"n": ATTACHED_BYTES >> 20}, field="attached")
    return parts


def _built(
    wish: MailWish, recipients: Sequence[str], parts: Sequence[Component]
) -> tuple[bytes, str]:
    """The bytes that are filed and sent, and their Message-ID."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    message, own = EmailMessage(policy=SMTP), make_msgid(domain=domain)
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = ", ".join(recipients)
    message["Subject"] = _required(clean_line(wish.subject), SUBJECT_CHARS, "subject")
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = own
    if wish.answers:
        thread = [*wish.thread, wish.answers][-MOST_IDS:]
        message["In-Reply-To"] = f"<{wish.answers}>"
        message["References"] = " ".join(f"<{one}>" for one in thread)
    message.set_content(_required(clean_paragraphs(wish.text), TEXT_CHARS, "text"))
    for part in parts:
        _attach(message, part)
    return message.as_bytes(), own.strip("<>")


def _required(text: str, most: int, field: str) -> str:
    if not text or len(text) > most:
        said = _("Wird gebraucht, mit höchstens %(n)s Zeichen.")
        raise InvalidInput(said % {"n": german.number(most)}, field=field)
    return text


def _attach(message: EmailMessage, part: Component) -> None:
    """Texts and mails as plain bytes: nothing of a filed file is written anew."""
    kind, _slash, subtype = part.blob.mime_type.partition("/")
    if kind in ("", "text", "message", "multipart"):
        kind, subtype = "application", "octet-stream"
    with uploads.open_blob(part.blob) as content:
        message.add_attachment(
            content.read(), maintype=kind, subtype=subtype, filename=part.file_name
        )
