"""Sending what was written: each recipient once, refusals told apart from a server that is away.

No transaction is open while a server is asked; a worker that is killed leaves a lease behind.
"""

import smtplib
import time
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Forbidden, IllegalState
from records.choices import ComponentKind, MailState
from records.follow_ups import DOCUMENT, document_target
from records.models import Component, Document, SentMail
from records.services import uploads, writing
from records.services.actor import Actor
from records.services.auditing import record_changes
from workflows.services.reminding import Reminder, end_reminders, remind

LEASE = timedelta(minutes=10)
# After so many tries, the last ones an hour apart, a person has to look.
MOST_ATTEMPTS = 12
PERMANENT = 500


class _Filed(Message):
    """A message that is its filed bytes, whatever line ends a mail backend asks for."""

    data: bytes = b""

    def as_bytes(self, *_policy: Any, **_line_ends: Any) -> bytes:
        return self.data


class _Letter(EmailMessage):
    """The envelope of one recipient around what was filed."""

    def __init__(self, sender: str, address: str, data: bytes) -> None:
        super().__init__(from_email=sender, to=[address])
        self._filed = message_from_bytes(data, _class=_Filed)
        self._filed.data = data

    def message(self, *, policy: Any = None) -> Any:
        return self._filed


def send_waiting(seconds: float) -> int:
    """Send what is due; returns how many mails were tried."""
    end, tried = time.monotonic() + seconds, 0
    while time.monotonic() < end and (taken := _take()) is not None:
        _send(taken)
        tried += 1
    return tried


def _take() -> SentMail | None:
    """Committed before the server is asked."""
    with transaction.atomic():
        due = SentMail.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            state=MailState.WAITING, due_at__lte=clock.now()
        )
        taken = due.order_by("due_at", "pk").first()
        if taken is None:
            return None
        taken.attempts += 1
        taken.due_at = clock.now() + LEASE
        taken.save(update_fields=["attempts", "due_at"])
    return taken


def _send(mail: SentMail) -> None:
    part = Component.objects.select_related("blob").get(
        version__document=mail.document_id, version__number=1, kind=ComponentKind.MAIN
    )
    with uploads.open_blob(part.blob) as content:
        data = content.read()
    for address in list(mail.pending):
        problem, is_final = _deliver(mail.sender, address, data)
        if problem and not is_final:
            _later(mail, problem)
            return
        mail.pending.remove(address)
        if problem:
            mail.refused.append(address)
            mail.problem = problem[:300]
        mail.save(update_fields=["pending", "refused", "problem"])
    _finish(mail)


def _deliver(sender: str, address: str, data: bytes) -> tuple[str, bool]:
    """What went wrong ("" for nothing), and whether trying again is of no use."""
    try:
        _Letter(sender, address, data).send()
    except smtplib.SMTPRecipientsRefused as refused:
        [(code, said)] = refused.recipients.values()
        return _told(code, said), code >= PERMANENT
    except smtplib.SMTPResponseException as error:
        return _told(error.smtp_code, error.smtp_error), error.smtp_code >= PERMANENT
    except OSError as error:
        return _("Der Mailserver antwortet nicht (%(why)s).") % {"why": error}, False
    return "", True


def _told(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return _("Der Mailserver meldet: %(code)s %(said)s") % {"code": code, "said": text}


def _later(mail: SentMail, problem: str) -> None:
    mail.problem = problem[:300]
    mail.due_at = clock.now() + min(timedelta(minutes=5 * mail.attempts), timedelta(hours=1))
    with transaction.atomic():
        if mail.attempts >= MOST_ATTEMPTS:
            mail.state = MailState.FAILED
            _remind(mail, _sender())
        mail.save(update_fields=["problem", "due_at", "state"])


def _sender() -> Actor:
    return Actor(begin("records.mail.send", Acting(system="mailversand")))


def _remind(mail: SentMail, actor: Actor) -> None:
    """A follow-up for the writer; ``due_at`` is from now on when it was laid before them."""
    mail.due_at = clock.now()
    document = Document.objects.select_related("case_file").get(pk=mail.document_id)
    reason = _("E-Mail nicht zugestellt: %(why)s") % {"why": mail.problem}
    one = Reminder(
        target=document_target(document),
        reason=reason[:500],
        unit_id=document.case_file.lead_unit_id,
        because_of=mail.created_by,
        owner=mail.created_by,
    )
    remind([one], mail.due_at, operation=actor.operation)


def _finish(mail: SentMail) -> None:
    """The document has a day of dispatch once anybody has got it."""
    reached = len(mail.refused) < len(mail.recipients)
    mail.state = MailState.FAILED if mail.refused else MailState.SENT
    mail.sent_at = clock.now() if reached else None
    actor = _sender()
    with transaction.atomic():
        document = Document.objects.select_for_update(of=("self",)).get(pk=mail.document_id)
        if mail.refused:
            _remind(mail, actor)
        mail.save(update_fields=["state", "sent_at", "due_at"])
        if reached and document.dispatched_on is None:
            document.dispatched_on = clock.today()
            writing.update([document], ["dispatched_on"], actor)
        record_changes("records.mail.sent" if reached else "records.mail.refused", [mail], actor)


def send_again(mail: SentMail, actor: Actor) -> SentMail:
    """Try those once more who have not got it. Raises Forbidden, IllegalState."""
    if actor.user is None or not may_send_again(actor.user.pk, mail):
        raise Forbidden(_("Noch einmal versenden kann, wer die E-Mail geschrieben hat."))
    with transaction.atomic():
        locked = SentMail.objects.select_for_update(of=("self",)).get(pk=mail.pk)
        if locked.state != MailState.FAILED:
            raise IllegalState(_("Die E-Mail ist nicht gescheitert; es gibt nichts zu tun."))
        end_reminders(
            DOCUMENT, {mail.document_id: locked.due_at}, by=actor.user, operation=actor.operation
        )
        locked.pending = [*locked.pending, *locked.refused]
        locked.refused, locked.state, locked.problem = [], MailState.WAITING, ""
        locked.attempts, locked.due_at = 0, clock.now()
        locked.save()
        record_changes("records.mail.tried_again", [locked], actor)
    return locked


def may_send_again(user_id: int | None, mail: SentMail) -> bool:
    return mail.created_by_id == user_id
