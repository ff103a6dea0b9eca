"""Messages of a mailbox into its basket: each ends as received, known or held back, and is counted.

A message is moved on the server only after it lies in the basket; a crash in between finds it
again and knows it by its UID.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from integrations.choices import MailOutcome
from integrations.mail.server import MailboxUnavailable, Messages, connected
from integrations.models import Mailbox, MailboxMessage
from records import blob_store
from records.blob_store import StoreFull
from records.choices import IncomingChannel
from records.services import intake
from records.services.actor import Actor

logger = logging.getLogger(__name__)
TURN_MESSAGES = 50
# Longer than a turn: a mailbox whose worker was killed comes back after it.
LEASE = timedelta(minutes=15)


def fetch_due() -> int:
    """A turn for every active mailbox that no other worker has; returns how many messages came."""
    return sum(fetch(one) for one in Mailbox.objects.filter(is_active=True) if _lease(one))


def fetch(mailbox: Mailbox) -> int:
    """Up to 50 messages of one mailbox; what went wrong is kept with it and tried again."""
    handled, problem = 0, ""
    try:
        with connected(mailbox) as messages:
            for uid in messages.uids(TURN_MESSAGES):
                handled += _handle(mailbox, messages, uid)
    except MailboxUnavailable as error:
        problem = str(error)
        logger.warning("mailbox %s: %s", mailbox.code, error)
    except StoreFull as error:
        problem = _("Der Speicher der eAkte ist voll; die Nachrichten warten im Postfach.")
        logger.error("mailbox %s: %s", mailbox.code, error)
    _finish(mailbox, problem)
    return handled


def _lease(mailbox: Mailbox) -> bool:
    """Whether this worker has it now; one statement, so that two never do."""
    now = clock.now()
    free = Mailbox.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), pk=mailbox.pk)
    return bool(free.update(lease_until=now + LEASE))


def _finish(mailbox: Mailbox, problem: str) -> None:
    mailbox.lease_until, mailbox.problem = None, problem[:500]
    if not problem:
        mailbox.checked_at = clock.now()
    mailbox.save(update_fields=["lease_until", "problem", "checked_at"])


def _handle(mailbox: Mailbox, messages: Messages, uid: int) -> int:
    """One message; 0 when it was handled before and only had to be moved."""
    known = mailbox.messages.filter(uid_validity=messages.uid_validity, uid=uid).first()
    one = known or _received(mailbox, messages, uid)
    if one is not None:
        held = one.outcome == MailOutcome.HELD
        messages.move(uid, mailbox.held_folder if held else mailbox.done_folder)
    return int(known is None and one is not None)


def _received(mailbox: Mailbox, messages: Messages, uid: int) -> MailboxMessage | None:
    """What became of it, written together with the Eingang; None when somebody took it away."""
    one = MailboxMessage(mailbox=mailbox, uid_validity=messages.uid_validity, uid=uid)
    one.handled_at, one.size = clock.now(), messages.size(uid)
    limit = settings.UPLOAD_MAX_BYTES
    if one.size > limit:
        one.outcome = MailOutcome.HELD
        said = _("Größer als %(n)s MB; die Nachricht liegt im Ordner %(folder)s.")
        one.explanation = said % {"n": limit >> 20, "folder": mailbox.held_folder}
        one.save()
        return one
    data = messages.read(uid)
    if not data:
        return None
    staged = blob_store.stage_chunks([data])
    try:
        with intake.opened(["Nachricht.eml"], [staged]) as [parts]:
            if not all(part.found.reached for part in parts):
                raise MailboxUnavailable(_("Die Prüfung einer Nachricht dauert zu lange."))
            delivery = intake.delivery_of(mailbox.unit, IncomingChannel.MAIL, parts)
            _keep(one, delivery, mailbox)
    finally:
        blob_store.discard([staged])
    return one


def _keep(one: MailboxMessage, delivery: intake.Delivery, mailbox: Mailbox) -> None:
    with transaction.atomic():
        system = f"postfach:{mailbox.code}"
        actor = Actor(begin("integrations.mail.receive", Acting(system=system[:40])))
        [answer] = intake.receive([delivery], actor)
        one.item, one.message_id = answer.item, delivery.channel_key[:300]
        one.outcome = MailOutcome.KNOWN if answer.is_repeated else MailOutcome.RECEIVED
        one.save()
