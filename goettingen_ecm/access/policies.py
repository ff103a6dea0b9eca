"""Who may arrange substitutions: predicates."""

from collections.abc import Iterable

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import UnitRole, User


def led_units(user: User) -> frozenset[int]:
    """Units the person leads by own right.

    Not by a substitution: a deputy could otherwise give himself the confidential files that the
    substitution withholds.
    """
    return frozenset(unit for role, unit in rights_of(user).own_roles if role == Role.HEAD)


def may_arrange_for(user: User, represented: User, roles: Iterable[UnitRole]) -> bool:
    """Everybody for himself; a head for the roles people hold in units he leads."""
    if user == represented:
        return True
    units = {role.unit_id for role in roles}
    return bool(units) and units <= led_units(user)


def may_change_staff(user: User) -> bool:
    """The Fachadministration by own right: rights are not given in substitution."""
    return any(role == Role.ADMINISTRATION for role, _unit in rights_of(user).own_roles)
