"""A person's principals (unit × role groups) and visible scopes, cached under the epoch."""

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import astuple, dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from goettingen_ecm.access import epoch, everyone, principal_ids, substitutions
from goettingen_ecm.access.models import AccessScope
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.registry import Registry

CACHE_SECONDS = 3600
Person = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Holder:
    """A person as the registered sources of principals see it, on one day."""

    user_id: int
    groups: frozenset[int]
    circles: frozenset[str]
    day: date


# Upper layers add principals a person holds on a day (explicit grants, substitutions).
extra_principals: Registry[Callable[[Holder], Iterable[int]]] = Registry()


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What one substitution adds to a person's own rights today, for ``user_id`` and until a day.

    ``scope_ids`` and ``roles`` are only those the person does not have without it; ``groups`` are
    the roles' groups, ``whole`` says that all of the person's roles are represented.
    """

    user_id: int
    name: str
    until: date
    whole: bool
    groups: tuple[int, ...]
    scope_ids: frozenset[int]
    roles: frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may see now: ``principals`` as in ``principal_ids``, rows of AccessScope.

    ``roles`` are (role, unit id) pairs, ``circles`` the protected circles the person works in.
    """

    user_id: int
    principals: tuple[int, ...]
    scope_ids: tuple[int, ...]
    roles: frozenset[tuple[str, int]]
    circles: frozenset[str] = frozenset()
    borrowed: tuple[Borrowed, ...] = ()

    def on_behalf_of(self, scope_id: int | None, unit_id: int | None = None) -> int | None:
        """For whom the person acts on an object of that scope and unit; None for oneself.

        A substitution counts only where the own rights do not suffice.
        """
        for one in self.borrowed:
            if scope_id in one.scope_ids:
                return one.user_id
        for one in self.borrowed:
            borrowed_unit = any(unit == unit_id for _role, unit in one.roles)
            if borrowed_unit and not any(unit == unit_id for _role, unit in self.own_roles):
                return one.user_id
        return None

    @property
    def own_roles(self) -> frozenset[tuple[str, int]]:
        """The roles held without any substitution."""
        return self.roles.difference(*(one.roles for one in self.borrowed))

    def has_role(self, *roles: Role) -> bool:
        """True when the person holds one of the roles in any unit."""
        return any(role in roles for role, _unit in self.roles)

    def has_role_in(self, unit_id: int, *roles: Role) -> bool:
        """True when the person holds one of the roles in this unit (or leads one above it)."""
        return any((role, unit_id) in self.roles for role in roles)


NOBODY = Rights(0, (), (), frozenset())


def rights_of(user: Person) -> Rights:
    """The person's rights, computed once per state of rights and day."""
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    held: tuple[str, Rights] | None = getattr(user, "_rights", None)
    if held is not None and getattr(user, "_rights_held", False):
        return held[1]
    state = f"{epoch.current()}:{clock.today().toordinal()}"
    if held is not None and held[0] == state:
        return held[1]
    found = _cached(user.pk, state)
    user._rights = (state, found)  # type: ignore[attr-defined]
    return found


def known_rights(user: Person) -> Rights:
    """The rights last asked for on this object, by which an act was allowed; asks when none were."""
    held: tuple[str, Rights] | None = getattr(user, "_rights", None)
    return held[1] if held is not None else rights_of(user)


def hold_rights(user: Person) -> None:
    """From its first use on this object keeps its rights, however long it lives.

    For the person of one reading request: all lists of a page show the same state, and the epoch
    is read once. Never for an object that outlives the request.
    """
    user._rights_held = True  # type: ignore[union-attr]


def without_substitutions(user: User) -> User:
    """The same person with the own rights of this moment only, for one short piece of work."""
    alone = copy(user)
    alone._rights = ("", _own(user.pk) if user.is_active else NOBODY)  # type: ignore[attr-defined]
    hold_rights(alone)
    return alone


def _cached(user_id: int, state: str) -> Rights:
    # The 3 names the shape of what is kept: an older release left tuples without substitutions.
    key = f"rights:3:{user_id}:{state}"
    parts = cache.get(key)
    if parts is not None:
        principals, scope_ids, roles, circles, lent = parts
        stand_ins = tuple(Borrowed(*one) for one in lent)
        return Rights(user_id, principals, scope_ids, roles, circles, stand_ins)
    found = compute(user_id)
    # Plain tuples: a new release must be able to read what the old one left in the cache.
    borrowed = tuple(astuple(one) for one in found.borrowed)
    parts = (found.principals, found.scope_ids, found.roles, found.circles, borrowed)
    cache.set(key, parts, timeout=_seconds_to_boundary())
    return found


def _seconds_to_boundary() -> int:
    """Memberships and substitutions change at local midnight; nothing may be cached across it."""
    now = timezone.localtime(clock.now())
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), time.min))
    return max(1, min(CACHE_SECONDS, int((midnight - now).total_seconds())))


def compute(user_id: int) -> Rights:
    """Resolve memberships to principals: a head leads every unit below the own one."""
    own = _own(user_id)
    if not own.roles:
        return own
    stand_ins = substitutions.in_force(clock.today(), deputies=[user_id])
    return _with_borrowed(own, stand_ins) if stand_ins else own


def _own(user_id: int) -> Rights:
    """What the person's own memberships give today."""
    today = clock.today()
    held = substitutions.roles_of([user_id], today)[user_id]
    if not held:
        return Rights(user_id, (), (), frozenset())
    holding = _holding(held)
    holder = Holder(user_id, holding.groups | {everyone.group_id()}, holding.circles, today)
    principals = _with_confidential(_principals(holder))
    return Rights(
        user_id,
        tuple(sorted(principals)),
        _scopes(principals, [user_id]),
        holding.roles,
        holding.circles,
    )


@dataclass(frozen=True, slots=True)
class _Holding:
    """Roles as (role, unit), their groups and circles, those led below included."""

    roles: frozenset[tuple[str, int]]
    groups: frozenset[int]
    circles: frozenset[str]


def _holding(held: Sequence[UnitRole]) -> _Holding:
    led = _led_below([r.unit for r in held if r.role == Role.HEAD])
    every = [*held, *led]
    return _Holding(
        frozenset((r.role, r.unit_id) for r in every),
        frozenset(r.group_id for r in every),
        frozenset(circle for r in held for circle in r.unit.circles),
    )


def _with_borrowed(own: Rights, stand_ins: Sequence[substitutions.StandIn]) -> Rights:
    """The own rights and what the substitutions add (policy: ``access.substitutions``)."""
    principals, borrowed = set(own.principals), []
    for one in stand_ins:
        holding = _holding(one.roles)
        added = _borrowed_principals(one, holding)
        principals |= added
        row = one.substitution
        seen = _scopes(added, [row.deputy_id, row.represented_id])
        borrowed.append(
            Borrowed(
                user_id=row.represented_id,
                name=str(row.represented),
                until=row.valid_until,
                whole=row.unit_role_id is None,
                groups=tuple(sorted(r.group_id for r in one.roles)),
                scope_ids=frozenset(seen).difference(own.scope_ids),
                roles=holding.roles - own.roles,
            )
        )
    return Rights(
        own.user_id,
        tuple(sorted(principals)),
        tuple(sorted({*own.scope_ids}.union(*(b.scope_ids for b in borrowed)))),
        own.roles.union(*(b.roles for b in borrowed)),
        own.circles,
        tuple(borrowed),
    )


# No person has this id: releases to single persons do not pass to a deputy.
NO_PERSON = 0


def _borrowed_principals(one: substitutions.StandIn, holding: _Holding) -> frozenset[int]:
    holder = Holder(NO_PERSON, holding.groups, holding.circles, clock.today())
    principals = _principals(holder)
    return _with_confidential(principals) if one.substitution.includes_confidential else principals


def _principals(holder: Holder) -> frozenset[int]:
    return holder.groups | {p for source in extra_principals.entries() for p in source(holder)}


def _with_confidential(principals: frozenset[int]) -> frozenset[int]:
    return principals | {principal_ids.confidential(p) for p in principals}


def _led_below(led_units: Sequence[OrgUnit]) -> list[UnitRole]:
    """Every Leitung below the led units.

    A head does not lead into a protected circle the own unit does not belong to: the mayor is
    not in the Sozialgeheimnis, the head of the Sozialdezernat is (requirements D3).
    """
    found: list[UnitRole] = []
    for led in led_units:
        found += UnitRole.objects.filter(
            unit__ancestors__contains=[led.pk],
            unit__circles__contained_by=led.circles,
            role=Role.HEAD,
        )
    return found


def _scopes(principals: Iterable[int], denied: Sequence[int]) -> tuple[int, ...]:
    """Scopes that allow one of the principals and deny none of these people."""
    visible = AccessScope.objects.filter(allow__overlap=sorted(principals)).exclude(
        deny__overlap=list(denied)
    )
    return tuple(sorted(visible.values_list("id", flat=True)))
