"""Noting that a training was held for a unit, and striking it out again."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.policies import led_units, may_change_staff
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, InvalidInput
from records.models import UnitTraining
from records.services.actor import Actor
from records.services.auditing import record_changes

NOTED = "records.unit.training_noted"
REMOVED = "records.unit.training_removed"


def can_roll_out(user: User, unit_id: int) -> bool:
    """The Fachadministration, and the Leitung of the unit or of one above."""
    return may_change_staff(user) or unit_id in led_units(user)


def note_training(unit: OrgUnit, held_on: date, actor: Actor) -> UnitTraining:
    """Note a day; a second time it is the same. Raises Forbidden, InvalidInput (day to come)."""
    user = _allowed(unit, actor)
    if held_on > clock.today():
        raise InvalidInput(_("Vermerken Sie die Schulung, wenn sie gehalten ist."), field="held_on")
    with transaction.atomic():
        made, created = UnitTraining.objects.get_or_create(
            unit=unit, held_on=held_on, defaults={"noted_by": user, "noted_at": clock.now()}
        )
        if created:
            record_changes(NOTED, [unit], actor)
    return made


def remove_training(training: UnitTraining, actor: Actor) -> None:
    """Strike one out. Raises Forbidden."""
    _allowed(training.unit, actor)
    with transaction.atomic():
        unit = training.unit
        training.delete()
        record_changes(REMOVED, [unit], actor)


def _allowed(unit: OrgUnit, actor: Actor) -> User:
    if actor.user is None or not can_roll_out(actor.user, unit.pk):
        raise Forbidden(
            _("Die Einführung begleiten die Fachadministration und die Leitung der Einheit.")
        )
    return actor.user
