"""Planning that a unit is merged into another one or split on a day, and taking it back (S7).

Whatever gives rights gets its days when the change is planned: at midnight the people hold their
roles in the new unit and none in the old one, whether or not any task runs. ``unit_hand_over`` lets
files, follow-ups and baskets follow on the day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.accounts.services import ensure_roles
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.models import StaffMove, UnitChange
from records.models.unit_change import PLANNED as NOT_DONE
from records.rights import INTERNAL_ROLES
from records.selectors import unit_changes as selectors
from records.selectors.unit_change_sight import SightOfChange, compared, kinds_of
from records.selectors.unit_changes import Going
from records.services import unit_hand_over, unit_people
from records.services.actor import Actor
from records.services.auditing import record_changes
from records.typed_text import clean_line

PLANNED = "records.unit_change.planned"
WITHDRAWN = "records.unit_change.withdrawn"
FURTHEST = timedelta(days=366)
CODE_LENGTH, NAME_LENGTH = 30, 200
# Roles whose files would otherwise have nobody: the least a unit that gets files needs.
NEEDED = (Role.CLERK, Role.HEAD)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that begins with the change, beside the old one and in the same circles."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NewChange:
    """What leaves which unit, where to, from which day on."""

    going: Going
    target: OrgUnit | NewUnit
    first_day: date


def preview_change(wanted: NewChange, actor: Actor) -> SightOfChange:
    """Who gains and who loses sight of how many files; writes nothing. Raises as ``plan_change``.

    The change is made as if its day were today, looked at, and rolled back.
    """
    with transaction.atomic():
        check_change(wanted, actor)
        kinds = kinds_of(selectors.files_seen_anew(wanted.going), wanted.going)
        target = _target(wanted, clock.today())
        unit_people.move_people(wanted.going, target, clock.today(), wanted.first_day, actor)
        unit_hand_over.take_units_below(wanted.going, target)
        unit_hand_over.take_releases(wanted.going, target)
        sight = compared(kinds, target)
        transaction.set_rollback(True)
    return sight


def check_change(wanted: NewChange, actor: Actor) -> None:
    """Raises Forbidden, InvalidInput (with the form's field), IllegalState."""
    user = _require_administrator(actor)
    _require_day(wanted)
    _require_source(wanted)
    _require_target(wanted)
    _require_work(wanted)
    _require_people(wanted, user)
    _require_staffed(wanted)


def plan_change(wanted: NewChange, actor: Actor) -> UnitChange:
    """Write the days of roles, substitutions and units; one for today is carried out at once.

    Raises as ``check_change``.
    """
    with transaction.atomic():
        OrgUnit.objects.select_for_update(of=("self",)).get(pk=wanted.going.unit.pk)
        check_change(wanted, actor)
        target = _target(wanted, wanted.first_day)
        former, made = unit_people.move_people(
            wanted.going, target, wanted.first_day, wanted.first_day, actor
        )
        former["unit"] = _close_unit(wanted, target)
        change = UnitChange.objects.create(
            kind=wanted.going.kind,
            unit=wanted.going.unit,
            target=target,
            first_day=wanted.first_day,
            selection=wanted.going.stored(),
            former=former,
            made=made | {"unit": isinstance(wanted.target, NewUnit)},
            created_by_id=actor.user_id or 0,
            created_at=clock.now(),
        )
        unit = wanted.going.unit
        record_changes(PLANNED, [unit], actor, digests={unit.pk: _facts(change)})
        if wanted.first_day <= clock.today():
            unit_hand_over.carry_out(change.pk)
            change.refresh_from_db()
    return change


def _require_administrator(actor: Actor) -> User:
    if actor.user is None or not may_change_staff(actor.user):
        raise Forbidden(
            _("Umgliederungen plant die Fachadministration."),
            next_step=_("Fragen Sie Ihre Fachadministration."),
        )
    return actor.user


def _require_day(wanted: NewChange) -> None:
    today = clock.today()
    if wanted.first_day < today:
        raise InvalidInput(_("Der erste Tag liegt in der Vergangenheit."), field="first_day")
    if wanted.first_day > today + FURTHEST:
        raise InvalidInput(_("Höchstens ein Jahr im Voraus."), field="first_day")


def _require_source(wanted: NewChange) -> None:
    unit = wanted.going.unit
    concerned = UnitChange.objects.filter(NOT_DONE)
    if concerned.filter(unit=unit).exists() or concerned.filter(target=unit).exists():
        raise IllegalState(
            _("Für %(unit)s ist schon eine Umgliederung geplant.") % {"unit": unit},
            next_step=_("Warten Sie deren Tag ab oder nehmen Sie sie zuerst zurück."),
        )
    if unit.valid_until is not None and unit.valid_until < wanted.first_day:
        raise IllegalState(_("%(unit)s besteht dann nicht mehr.") % {"unit": unit})


def _require_target(wanted: NewChange) -> None:
    if isinstance(wanted.target, NewUnit):
        _require_new_unit(wanted.target)
        return
    target, unit = wanted.target, wanted.going.unit
    if target.pk == unit.pk or (wanted.going.everything and unit.pk in target.ancestors):
        raise InvalidInput(
            _("Eine Einheit geht nicht in sich selbst oder eine Einheit unter ihr auf."),
            field="target",
        )
    if target.valid_until is not None and target.valid_until < wanted.first_day:
        raise InvalidInput(
            _("%(unit)s besteht dann nicht mehr.") % {"unit": target}, field="target"
        )
    if target.valid_from is not None and target.valid_from > wanted.first_day:
        raise InvalidInput(
            _("%(unit)s besteht dann noch nicht.") % {"unit": target}, field="target"
        )
    if UnitChange.objects.filter(NOT_DONE, unit=target).exists():
        raise InvalidInput(
            _("%(unit)s wird selbst umgegliedert.") % {"unit": target}, field="target"
        )
    circles = selectors.files_going(wanted.going).order_by().values_list("circle", flat=True)
    missing = {circle for circle in circles.distinct() if circle} - set(target.circles)
    if missing:
        raise InvalidInput(
            _("%(unit)s gehört nicht zum Berechtigungskreis der Akten.") % {"unit": target},
            field="target",
            next_step=_("Fragen Sie den Datenschutz."),
        )


def _require_new_unit(new: NewUnit) -> None:
    code, name = clean_line(new.code), clean_line(new.name)
    if not code or len(code) > CODE_LENGTH:
        raise InvalidInput(_("Bitte geben Sie ein Kurzzeichen an."), field="new_code")
    if not name or len(name) > NAME_LENGTH:
        raise InvalidInput(_("Bitte geben Sie eine Bezeichnung an."), field="new_name")
    known = OrgUnit.objects.filter(code=code).first()
    if known is not None and not _never_was(known):
        raise InvalidInput(
            _("Das Kurzzeichen gibt es schon: %(unit)s.") % {"unit": known}, field="new_code"
        )


def _never_was(unit: OrgUnit) -> bool:
    """Made for a change that was taken back before its day."""
    begin, end = unit.valid_from, unit.valid_until
    return begin is not None and end is not None and end < begin


def _require_work(wanted: NewChange) -> None:
    going = wanted.going
    if going.everything or going.people or going.lineages or going.files:
        return
    raise InvalidInput(
        _("Wählen Sie, welche Personen, Aktenplaneinträge oder Akten gehen."), field="people"
    )


def _require_people(wanted: NewChange, user: User) -> None:
    going, day = wanted.going, wanted.first_day
    ending = list(selectors.memberships_ending(going, day))
    leaving = {one.user_id for one in ending}
    if user.pk in leaving:
        raise InvalidInput(
            _("Die Umgliederung der eigenen Einheit plant jemand anderes."), field="people"
        )
    for one in ending:
        if one.valid_from is not None and one.valid_from >= day:
            raise InvalidInput(
                _("%(name)s beginnt erst am %(day)s in der Einheit.")
                % {"name": one.user, "day": one.valid_from.strftime("%d.%m.%Y")},
                field="people",
                next_step=_("Ändern Sie das zuerst in den Stammdaten."),
            )
    moves = StaffMove.objects.filter(carried_out_at=None, withdrawn_at=None)
    for move in moves.filter(user__in=leaving).select_related("user")[:1]:
        raise InvalidInput(
            _("Für %(name)s ist eine Umsetzung geplant; nehmen Sie diese zuerst zurück.")
            % {"name": move.user},
            field="people",
        )


def _require_staffed(wanted: NewChange) -> None:
    """Files must not end where nobody sees them."""
    going = wanted.going
    if not selectors.files_going(going).exists():
        return
    comes = selectors.memberships_ending(going, wanted.first_day)
    if comes.filter(user__in=going.people, unit_role__role__in=NEEDED).exists():
        return
    if isinstance(wanted.target, OrgUnit):
        held = Membership.objects.current(wanted.first_day).filter(
            unit_role__unit=wanted.target, unit_role__role__in=NEEDED, user__is_active=True
        )
        if held.exists():
            return
    raise InvalidInput(
        _("In der neuen Einheit wäre niemand, der die Akten bearbeitet."),
        field="people",
        next_step=_("Lassen Sie Sachbearbeitung oder Leitung mitgehen."),
    )


def _target(wanted: NewChange, begin: date) -> OrgUnit:
    """The unit the work goes to, made where it is new; with the roles its files name."""
    unit = wanted.target
    if isinstance(unit, NewUnit):
        old = wanted.going.unit
        code = clean_line(unit.code)
        found = OrgUnit.objects.filter(code=code).first() or OrgUnit(code=code)
        found.name, found.parent, found.circles = clean_line(unit.name), old.parent, old.circles
        found.valid_from, found.valid_until, found.successor = begin, None, None
        found.save()
        unit = found
    ensure_roles(unit, sorted(INTERNAL_ROLES))
    return unit


def _close_unit(wanted: NewChange, target: OrgUnit) -> dict[str, Any]:
    """A merged unit ends with its last day and names its successor; a split one goes on."""
    unit = wanted.going.unit
    before = {"valid_until": unit_people.iso(unit.valid_until), "successor": unit.successor_id}
    if wanted.going.everything:
        unit.valid_until = wanted.first_day - timedelta(days=1)
        unit.successor = target
        unit.save(update_fields=["valid_until", "successor"])
    return before


def _facts(change: UnitChange) -> dict[str, Any]:
    return {
        "kind": change.kind,
        "target_id": change.target_id,
        "first_day": change.first_day.isoformat(),
        "ended": {
            name: sorted(map(str, ids)) for name, ids in change.former.items() if name != "unit"
        },
        "made": {name: ids for name, ids in change.made.items() if name != "unit"},
    }


def withdraw_change(change: UnitChange, actor: Actor) -> None:
    """Before its day: as if it had never been planned. Raises Forbidden, IllegalState (too late)."""
    _require_administrator(actor)
    with transaction.atomic():
        rows = UnitChange.objects.select_for_update(of=("self",)).select_related("unit", "target")
        found = rows.get(pk=change.pk)
        _require_before(found)
        unit_people.restore_people(found, actor)
        _restore_units(found)
        found.withdrawn_at, found.withdrawn_by = clock.now(), actor.user
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record_changes(WITHDRAWN, [found.unit], actor, digests={found.unit_id: _facts(found)})


def _require_before(change: UnitChange) -> None:
    if change.withdrawn_at is not None:
        raise IllegalState(_("Diese Umgliederung ist schon zurückgenommen."))
    if change.carried_out_at is not None or change.first_day <= clock.today():
        raise IllegalState(
            _("Die Umgliederung ist in Kraft."),
            next_step=_("Teilen Sie die neue Einheit, um etwas zurückzugeben."),
        )
    later = UnitChange.objects.filter(NOT_DONE, target=change.target_id, pk__gt=change.pk)
    if change.made["unit"] and later.exists():
        raise IllegalState(
            _("In %(unit)s soll noch eine andere Einheit aufgehen.") % {"unit": change.target},
            next_step=_("Nehmen Sie zuerst die spätere Umgliederung zurück."),
        )


def _restore_units(change: UnitChange) -> None:
    """A unit made for the change never was: it ends before it begins."""
    unit, before = change.unit, change.former["unit"]
    unit.valid_until, unit.successor_id = (
        unit_people.day_of(before["valid_until"]),
        before["successor"],
    )
    unit.save(update_fields=["valid_until", "successor"])
    if change.made["unit"]:
        change.target.valid_until = clock.today() - timedelta(days=1)
        change.target.save(update_fields=["valid_until"])
