"""Planning that people change the unit on a day, and taking it back (requirements S1, S7).

Whatever gives rights gets its days when the move is planned: at midnight the old sight is gone and
the new one there, whether or not any task runs. ``staff_hand_over`` does the rest on the day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.access.staff_file import NOT_BY_LIST
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, Substitution, UnitRole, User
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import Forbidden, IllegalState, InvalidInput
from records.grants import GRANT_MODELS, GrantKind
from records.models import StaffMove
from records.policies import FILING_ROLES
from records.selectors.staff_moves import Ending, endings
from records.services import staff_hand_over
from records.services.actor import Actor
from records.services.auditing import record_changes

PLANNED = "records.staff_move.planned"
WITHDRAWN = "records.staff_move.withdrawn"
CAUSE = "Umsetzung"
MOST_AT_ONCE = 50
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewMove:
    """People who begin in a role of a unit on a day; who takes over their work, or nobody yet."""

    users: Sequence[User]
    unit: OrgUnit
    role: Role
    first_day: date
    successor: User | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What taking back brought: files and follow-ups that are the person's again, and those not."""

    returned: int = 0
    left: int = 0


def check_move(wanted: NewMove, actor: Actor) -> dict[int, Ending]:
    """What ends for each person. Raises Forbidden, InvalidInput (with the form's field)."""
    if actor.user is None or not may_change_staff(actor.user):
        raise Forbidden(
            _("Umsetzungen plant die Fachadministration."),
            next_step=_("Fragen Sie Ihre Fachadministration."),
        )
    _require_people(wanted, actor.user)
    _require_target(wanted)
    ended = endings(wanted.users, wanted.first_day)
    _require_successor(wanted, ended)
    return ended


def plan_moves(wanted: NewMove, actor: Actor) -> list[StaffMove]:
    """Write the days of old and new roles; a move for today is carried out at once.

    Raises as ``check_move``.
    """
    with transaction.atomic():
        ids = [user.pk for user in wanted.users]
        list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
        ended = check_move(wanted, actor)
        role = ensure_unit_role(wanted.unit, wanted.role)
        moves = [_planned(user, role, ended[user.pk], wanted, actor) for user in wanted.users]
        record_changes(
            PLANNED,
            [move.user for move in moves],
            actor,
            digests={move.user_id: _facts(move) for move in moves},
        )
        if wanted.first_day <= clock.today():
            for move in moves:
                staff_hand_over.carry_out(move.pk)
    return moves


def _require_people(wanted: NewMove, actor: User) -> None:
    if not wanted.users:
        raise InvalidInput(_("Wählen Sie mindestens eine Person."), field="people")
    if len(wanted.users) > MOST_AT_ONCE:
        raise InvalidInput(
            _("Höchstens %(n)s Personen auf einmal.") % {"n": MOST_AT_ONCE}, field="people"
        )
    planned = StaffMove.objects.filter(
        user__in=wanted.users, carried_out_at=None, withdrawn_at=None
    ).select_related("user")
    for move in planned[:1]:
        raise InvalidInput(
            _("Für %(name)s ist schon eine Umsetzung geplant; nehmen Sie diese zuerst zurück.")
            % {"name": move.user},
            field="people",
        )
    for user in wanted.users:
        if user == actor:
            raise InvalidInput(_("Die eigene Umsetzung plant jemand anderes."), field="people")
        if not user.is_active or user.is_technical:
            raise InvalidInput(_("%(name)s ist nicht im Dienst.") % {"name": user}, field="people")


def _require_target(wanted: NewMove) -> None:
    today, day = clock.today(), wanted.first_day
    if day < today:
        raise InvalidInput(_("Der erste Tag liegt in der Vergangenheit."), field="first_day")
    if day > today + FURTHEST:
        raise InvalidInput(_("Höchstens ein Jahr im Voraus."), field="first_day")
    if wanted.role in NOT_BY_LIST:
        raise InvalidInput(_("Diese Rolle wird einzeln in den Stammdaten vergeben."), field="role")
    if wanted.unit.valid_until is not None and wanted.unit.valid_until < day:
        raise InvalidInput(
            _("%(unit)s besteht dann nicht mehr.") % {"unit": wanted.unit}, field="unit"
        )
    role = UnitRole.objects.filter(unit=wanted.unit, role=wanted.role)
    there = Membership.objects.current(day).filter(user__in=wanted.users, unit_role__in=role)
    for one in there.select_related("user")[:1]:
        raise InvalidInput(
            _("%(name)s hat diese Rolle dann schon.") % {"name": one.user}, field="people"
        )


def _require_successor(wanted: NewMove, ended: dict[int, Ending]) -> None:
    """Somebody who stays and works in every unit whose files are to be taken over."""
    if wanted.successor is None:
        return
    if wanted.successor in wanted.users:
        raise InvalidInput(_("Wer selbst geht, kann nicht übernehmen."), field="successor")
    if StaffMove.objects.filter(
        user=wanted.successor, carried_out_at=None, withdrawn_at=None
    ).exists():
        raise InvalidInput(
            _("%(name)s verlässt die Einheit auch.") % {"name": wanted.successor},
            field="successor",
        )
    held = Membership.objects.current(wanted.first_day).filter(
        user=wanted.successor, unit_role__role__in=FILING_ROLES
    )
    works_in = set(held.values_list("unit_role__unit_id", flat=True))
    left = {unit for one in ended.values() for unit in one.units}
    if left and not left & works_in:
        raise InvalidInput(
            _("%(name)s arbeitet an diesem Tag nicht in der bisherigen Einheit.")
            % {"name": wanted.successor},
            field="successor",
        )


def _planned(
    user: User, role: UnitRole, ending: Ending, wanted: NewMove, actor: Actor
) -> StaffMove:
    last_day = wanted.first_day - timedelta(days=1)
    former = {
        "memberships": {one.pk: _iso(one.valid_until) for one in ending.memberships},
        "substitutions": {one.pk: _iso(one.valid_until) for one in ending.substitutions},
        "grants": {f"{kind:d}/{row.pk}": _iso(row.valid_until) for kind, row in ending.grants},
    }
    _end(ending, last_day, actor)
    membership = Membership.objects.create(
        user=user, unit_role=role, valid_from=wanted.first_day, cause=CAUSE
    )
    return StaffMove.objects.create(
        user=user,
        unit_role=role,
        first_day=wanted.first_day,
        successor=wanted.successor,
        membership=membership,
        former=former,
        created_by_id=actor.user_id or 0,
        created_at=clock.now(),
    )


def _end(ending: Ending, last_day: date, actor: Actor) -> None:
    """Everything ends on the last day; a substitution that would begin later ends now."""
    for one in ending.memberships:
        one.valid_until = last_day
    Membership.objects.bulk_update(ending.memberships, ["valid_until"])
    for substitution in ending.substitutions:
        substitution.row_version += 1
        if substitution.valid_from > last_day:
            substitution.ended_at, substitution.ended_by = clock.now(), actor.user
        else:
            substitution.valid_until = last_day
    fields = ["valid_until", "ended_at", "ended_by", "row_version"]
    Substitution.objects.bulk_update(ending.substitutions, fields)
    for kind, row in ending.grants:
        GRANT_MODELS[kind]._default_manager.filter(pk=row.pk).update(valid_until=last_day)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _facts(move: StaffMove) -> dict[str, Any]:
    return {
        "unit_role_id": move.unit_role_id,
        "first_day": move.first_day.isoformat(),
        "ended": {name: sorted(map(str, ids)) for name, ids in move.former.items()},
    }


def withdraw_move(move: StaffMove, actor: Actor) -> Withdrawn:
    """Take a move back: before the day as if it had never been, afterwards from today on.

    Files and follow-ups come back where the successor still has them. Raises Forbidden,
    IllegalState (taken back already, moved on meanwhile).
    """
    if actor.user is None or not may_change_staff(actor.user):
        raise Forbidden(_("Umsetzungen plant die Fachadministration."))
    if actor.user.pk == move.user_id:
        raise Forbidden(_("Über die eigene Umsetzung entscheidet jemand anderes."))
    with transaction.atomic():
        locked = StaffMove.objects.select_for_update(of=("self",)).select_related("user")
        found = locked.get(pk=move.pk)
        _require_last(found)
        after = found.first_day <= clock.today()
        _leave_again(found, after)
        _restore_roles(found, after)
        if not after:
            _restore_substitutions(found)
        _restore_grants(found)
        counts = staff_hand_over.take_back(found) if found.carried_out_at else (0, 0)
        found.withdrawn_at, found.withdrawn_by = clock.now(), actor.user
        found.save(update_fields=["withdrawn_at", "withdrawn_by"])
        record_changes(WITHDRAWN, [found.user], actor, digests={found.user_id: _facts(found)})
    return Withdrawn(*counts)


def _require_last(move: StaffMove) -> None:
    if move.withdrawn_at is not None:
        raise IllegalState(_("Diese Umsetzung ist schon zurückgenommen."))
    later = StaffMove.objects.filter(user=move.user_id, pk__gt=move.pk, withdrawn_at=None)
    if later.exists():
        raise IllegalState(
            _("Die Person ist inzwischen weiter umgesetzt."),
            next_step=_("Nehmen Sie zuerst die spätere Umsetzung zurück."),
        )


def _leave_again(move: StaffMove, after: bool) -> None:
    """The new role: never was, or ends yesterday."""
    rows = Membership.objects.filter(pk=move.membership_id or 0)
    yesterday = clock.today() - timedelta(days=1)
    if after and move.first_day <= yesterday:
        rows.update(valid_until=yesterday)
    else:
        move.membership = None
        move.save(update_fields=["membership"])
        rows.delete()


def _restore_roles(move: StaffMove, after: bool) -> None:
    """Before the day the old ends; afterwards new memberships from today: the gap was real.

    What somebody has changed since is left as it is.
    """
    former: dict[str, str | None] = move.former["memberships"]
    last_day = move.first_day - timedelta(days=1)
    rows = Membership.objects.select_for_update().filter(
        pk__in=[int(pk) for pk in former], valid_until=last_day
    )
    again = []
    for one in rows.order_by("pk"):
        until = _day(former[str(one.pk)])
        if until is not None and until < clock.today():
            continue
        if after and move.first_day < clock.today():
            again.append(_from_today(one, until))
        else:
            one.valid_until = until
            one.save(update_fields=["valid_until"])
    Membership.objects.bulk_create(again)


def _from_today(one: Membership, until: date | None) -> Membership:
    return Membership(
        user_id=one.user_id,
        unit_role_id=one.unit_role_id,
        valid_from=clock.today(),
        valid_until=until,
        cause=one.cause,
    )


def _restore_substitutions(move: StaffMove) -> None:
    former: dict[str, str | None] = move.former["substitutions"]
    rows = Substitution.objects.select_for_update(of=("self",)).filter(
        pk__in=[int(pk) for pk in former]
    )
    for one in rows.order_by("pk"):
        if one.valid_until == move.first_day - timedelta(days=1) or one.ended_at is not None:
            one.valid_until = _day(former[str(one.pk)]) or one.valid_until
            one.ended_at = one.ended_by = None
            one.row_version += 1
            one.save(update_fields=["valid_until", "ended_at", "ended_by", "row_version"])


def _restore_grants(move: StaffMove) -> None:
    last_day = move.first_day - timedelta(days=1)
    for key, until in move.former["grants"].items():
        kind, pk = key.split("/")
        rows = GRANT_MODELS[GrantKind(int(kind))]._default_manager.filter(pk=int(pk))
        rows.filter(valid_until=last_day).update(valid_until=_day(until))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
