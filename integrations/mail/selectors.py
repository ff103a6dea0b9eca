"""Mailboxes on the operator desk: technical facts and sums, no subject and no sender (S3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404
from django.utils.translation import gettext as _

from goettingen_ecm.access.paging import Page
from goettingen_ecm.desk import german
from goettingen_ecm.operations import clock
from integrations.choices import MailOutcome
from integrations.models import Mailbox, MailboxMessage
from integrations.selectors import PAGE, newest_page

COUNTED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MailSum:
    """The messages of the last 30 days: all = received + known + held back."""

    received: int = 0
    known: int = 0
    held: int = 0

    @property
    def text(self) -> str:
        """For example ``57 = 55 eingegangen + 1 schon bekannt + 1 zurückgestellt``."""
        parts = [_("%(n)s eingegangen") % {"n": german.number(self.received)}]
        if self.known:
            parts.append(_("%(n)s schon bekannt") % {"n": german.number(self.known)})
        if self.held:
            parts.append(_("%(n)s zurückgestellt") % {"n": german.number(self.held)})
        return f"{german.number(self.received + self.known + self.held)} = {' + '.join(parts)}"


def mailboxes() -> list[Mailbox]:
    """All of them by name; a city has some dozens."""
    return list(Mailbox.objects.select_related("unit")[:PAGE])


def mailbox(uuid: UUID) -> Mailbox:
    """The mailbox of a page. Raises Http404."""
    found = Mailbox.objects.select_related("unit").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def mail_sums(boxes: Sequence[Mailbox]) -> dict[int, MailSum]:
    """By mailbox id, in one grouped query."""
    rows = MailboxMessage.objects.filter(mailbox__in=boxes, handled_at__gte=clock.now() - COUNTED)
    counted = rows.values_list("mailbox_id").annotate(
        received=Count("id", filter=Q(outcome=MailOutcome.RECEIVED)),
        known=Count("id", filter=Q(outcome=MailOutcome.KNOWN)),
        held=Count("id", filter=Q(outcome=MailOutcome.HELD)),
    )
    found = {pk: MailSum(*sums) for pk, *sums in counted}
    return {one.pk: found.get(one.pk, MailSum()) for one in boxes}


def messages_page(box: Mailbox, outcome: str = "", after: str = "") -> Page[MailboxMessage]:
    """Messages of a mailbox, newest first: all or those with one outcome."""
    rows = MailboxMessage.objects.filter(mailbox=box)
    if outcome in MailOutcome.values and outcome:
        rows = rows.filter(outcome=outcome)
    return newest_page(rows, "handled_at", after, PAGE)


def troubled_mailboxes() -> int:
    """How many cannot be fetched now."""
    return Mailbox.objects.filter(is_active=True).exclude(problem="").count()
