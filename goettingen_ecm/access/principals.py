"""A person's principals (unit × role groups) and visible scopes, cached under the epoch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone

from goettingen_ecm.access import epoch, everyone
from goettingen_ecm.access.models import AccessScope
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
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
class Rights:
    """What a person may see now: ``principals`` as in ``principal_ids``, rows of AccessScope.

    ``roles`` are (role, unit id) pairs, ``circles`` the protected circles the person works in.
    """

    user_id: int
    principals: tuple[int, ...]
    scope_ids: tuple[int, ...]
    roles: frozenset[tuple[str, int]]
    circles: frozenset[str] = frozenset()

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


def hold_rights(user: Person) -> None:
    """From its first use on this object keeps its rights, however long it lives.

    For the person of one reading request: all lists of a page show the same state, and the epoch
    is read once. Never for an object that outlives the request.
    """
    user._rights_held = True  # type: ignore[union-attr]


def _cached(user_id: int, state: str) -> Rights:
    # The 2 names the shape of what is kept: an older release left tuples without circles.
    key = f"rights:2:{user_id}:{state}"
    parts = cache.get(key)
    if parts is not None:
        return Rights(user_id, *parts)
    found = compute(user_id)
    # Plain tuples: a new release must be able to read what the old one left in the cache.
    parts = (found.principals, found.scope_ids, found.roles, found.circles)
    cache.set(key, parts, timeout=_seconds_to_boundary())
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
        .select_related("unit_role__unit")
    )
    if not memberships:
        return Rights(user_id, (), (), frozenset())
    held = [m.unit_role for m in memberships]
    led = _led_below([r.unit for r in held if r.role == Role.HEAD])
    roles = {(r.role, r.unit_id) for r in [*held, *led]}
    groups = {r.group_id for r in [*held, *led]} | {everyone.group_id()}
    circles = frozenset(circle for r in held for circle in r.unit.circles)
    holder = Holder(user_id, frozenset(groups), circles, clock.today())
    principals = tuple(sorted(_principals(holder)))
    return Rights(user_id, principals, _scopes(principals, user_id), frozenset(roles), circles)


def _principals(holder: Holder) -> frozenset[int]:
    return holder.groups | {p for source in extra_principals.entries() for p in source(holder)}


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


def _scopes(principals: tuple[int, ...], user_id: int) -> tuple[int, ...]:
    visible = AccessScope.objects.filter(allow__overlap=list(principals)).exclude(
        deny__contains=[user_id]
    )
    return tuple(sorted(visible.values_list("id", flat=True)))
