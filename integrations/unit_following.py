"""Mailboxes go along when the unit of their basket is merged into another one (S7)."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.accounts.models import OrgUnit
from integrations.models import Mailbox
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.unit_followers import UnitFollower, unit_followers

CHANGED = "integrations.mailbox.followed_unit"


def register() -> None:
    """Called once when the app is ready."""
    follower = UnitFollower(_("Postfächer"), _count, _follow)
    unit_followers.register("integrations.mailboxes", follower)


def _count(unit: OrgUnit) -> int:
    return Mailbox.objects.filter(unit=unit).count()


def _follow(unit: OrgUnit, target: OrgUnit, actor: Actor) -> int:
    mailboxes = list(Mailbox.objects.select_for_update().filter(unit=unit).order_by("pk"))
    for mailbox in mailboxes:
        mailbox.unit = target
    Mailbox.objects.bulk_update(mailboxes, ["unit"])
    record_changes(CHANGED, mailboxes, actor, fields=["unit"])
    return len(mailboxes)
