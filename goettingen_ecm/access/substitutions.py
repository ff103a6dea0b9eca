"""Who stands in for whom, and what that gives (requirements W6).

The policy in one place (handbook "Vertretung"):

1. From the first to the last day the deputy holds the roles the represented person holds that day,
   or the one role the substitution names, and leads what they lead; releases to single persons are
   not passed on, and a substitution of a substitution does not exist.
2. Confidential files only when the substitution says so.
3. What either of the two is excluded from (befangen) is not seen by way of the substitution.
4. A role inside a protected circle passes only to somebody who works in that circle already.
5. Roles given to one person for a control (``NOT_PASSED_ON``) never pass.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, Substitution, UnitRole

NOT_PASSED_ON = frozenset({Role.AUDITOR, Role.DELETION_REVIEW, Role.STAFF_COUNCIL, Role.CONNECTOR})


@dataclass(frozen=True, slots=True)
class StandIn:
    """One substitution in force with the roles it gives on that day."""

    substitution: Substitution
    roles: tuple[UnitRole, ...]


def in_force(day: date, *, deputies: Iterable[int] | None = None) -> list[StandIn]:
    """Substitutions in force, all or those of some deputies; ones that give no role are left out."""
    rows = Substitution.objects.current(day).select_related("represented", "deputy").order_by("pk")
    if deputies is not None:
        rows = rows.filter(deputy_id__in=list(deputies))
    found = list(rows)
    if not found:
        return []
    people = {one.represented_id for one in found} | {one.deputy_id for one in found}
    held = roles_of(people, day)
    stand_ins = [StandIn(one, _given(one, held)) for one in found]
    return [one for one in stand_ins if one.roles]


def roles_of(people: Iterable[int], day: date) -> dict[int, list[UnitRole]]:
    """The roles of people by membership on a day, in the order they were given."""
    rows = Membership.objects.current(day).filter(user_id__in=list(people)).order_by("pk")
    held: dict[int, list[UnitRole]] = defaultdict(list)
    for one in rows.select_related("unit_role__unit"):
        held[one.user_id].append(one.unit_role)
    return held


def may_pass(role: UnitRole, deputy_roles: Sequence[UnitRole]) -> bool:
    """Rules 4 and 5."""
    inside = {circle for own in deputy_roles for circle in own.unit.circles}
    return role.role not in NOT_PASSED_ON and set(role.unit.circles) <= inside


def _given(one: Substitution, held: dict[int, list[UnitRole]]) -> tuple[UnitRole, ...]:
    wanted = held[one.represented_id]
    if one.unit_role_id is not None:
        wanted = [role for role in wanted if role.pk == one.unit_role_id]
    return tuple(role for role in wanted if may_pass(role, held[one.deputy_id]))
