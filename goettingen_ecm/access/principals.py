"""A person's principals (unit × role groups) and visible scopes, cached under the epoch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from goettingen_ecm.access import epoch, everyone
from goettingen_ecm.access.models import AccessScope
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Sequence

CACHE_SECONDS = 3600
Person = User | AnonymousUser

# Upper layers may add principals (substitutions, later issues): user id -> group ids.
extra_principals: Registry[Callable[[int], "Sequence[int]"]] = Registry()


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may see now: ``principals`` are group ids, ``scope_ids`` rows of AccessScope."""

    user_id: int
    principals: tuple[int, ...]
    scope_ids: tuple[int, ...]
    roles: frozenset[tuple[str, int]]

    def has_role(self, *roles: Role) -> bool:
        """True when the person holds one of the roles in any unit."""
        return any(role in roles for role, _unit in self.roles)

    def has_role_in(self, unit_id: int, *roles: Role) -> bool:
        """True when the person holds one of the roles in this unit (or leads one above it)."""
        return any((role, unit_id) in self.roles for role in roles)


NOBODY = Rights(0, (), (), frozenset())


def rights_of(user: Person) -> Rights:
    """The person's rights, computed once per request object and cached under the epoch."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    now_epoch = epoch.current()
    held: tuple[int, Rights] | None = getattr(user, "_rights", None)
    if held is not None and held[0] == now_epoch:
        return held[1]
    found = _cached(user.pk, now_epoch)
    user._rights = (now_epoch, found)  # type: ignore[attr-defined]
    return found


def _cached(user_id: int, now_epoch: int) -> Rights:
    key = f"rights:{user_id}:{now_epoch}:{clock.today().toordinal()}"
    found: Rights | None = cache.get(key)
    if found is None:
        found = compute(user_id)
        cache.set(key, found, timeout=_seconds_to_boundary())
    return found


def _seconds_to_boundary() -> int:
    """Dates of memberships change at local midnight; nothing may be cached across it."""
    now = timezone.localtime(clock.now())
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), time.min))
    return max(1, min(CACHE_SECONDS, int((midnight - now).total_seconds())))


def compute(user_id: int) -> Rights:
    """Resolve memberships to principals: a head leads every unit below the own one."""
    memberships = list(
        Membership.objects.current(clock.today())
        .filter(user_id=user_id)
        .values_list("unit_role__unit_id", "unit_role__role", "unit_role__group_id")
    )
    principals = {group for _unit, _role, group in memberships}
    roles = {(role, unit) for unit, role, _group in memberships}
    for unit_id, group_id in _led_below([u for u, role, _g in memberships if role == Role.HEAD]):
        principals.add(group_id)
        roles.add((Role.HEAD.value, unit_id))
    if memberships:
        principals |= {everyone.group_id(), person_principal(user_id)}
    for source in extra_principals.entries():
        principals.update(source(user_id))
    ordered = tuple(sorted(principals))
    return Rights(user_id, ordered, _scopes(ordered, user_id), frozenset(roles))


def person_principal(user_id: int) -> int:
    """The principal of a single person (grants on protected files): the negative user id."""
    return -user_id


def _led_below(led_units: list[int]) -> list[tuple[int, int]]:
    """(unit, group) of every Leitung below the led units.

    A head does not lead into a protected circle the own unit does not belong to: the mayor is
    not in the Sozialgeheimnis, the head of the Sozialdezernat is (requirements D3).
    """
    below = []
    for led in OrgUnit.objects.filter(pk__in=led_units):
        rows = UnitRole.objects.filter(
            unit__ancestors__contains=[led.pk], unit__circles__contained_by=led.circles, role=Role.HEAD
        )
        below += list(rows.values_list("unit_id", "group_id"))
    return below


def _scopes(principals: tuple[int, ...], user_id: int) -> tuple[int, ...]:
    if not principals:
        return ()
    visible = AccessScope.objects.filter(allow__overlap=list(principals)).exclude(
        deny__contains=[user_id]
    )
    return tuple(sorted(visible.values_list("id", flat=True)))
