"""Units, principals, memberships: written here whether by admin, command or test."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.operations.refusals import InvalidInput


def ensure_unit_role(unit: OrgUnit, role: Role) -> UnitRole:
    """The principal of a role in a unit, with its group; made at first use."""
    return ensure_roles(unit, [role])[0]


def give_role(
    user: User,
    unit: OrgUnit,
    role: Role,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
    cause: str = "",
) -> Membership:
    """Give a person a role in a unit. Revision only dated and with its audit named.

    Raises InvalidInput for an undated Revision and an end before the beginning.
    """
    with transaction.atomic():
        membership = Membership(
            user=user,
            unit_role=ensure_unit_role(unit, role),
            valid_from=valid_from,
            valid_until=valid_until,
            cause=cause,
        )
        _require_valid(membership)
        membership.save()
    return membership


def _require_valid(membership: Membership) -> None:
    """The model's own rules (also those of Django admin) as a refusal."""
    try:
        membership.clean()
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="valid_until") from error


def ensure_roles(unit: OrgUnit, roles: Sequence[Role]) -> list[UnitRole]:
    """The principals a unit needs so that its files have somebody who may see them."""
    found = _unit_roles(unit, roles)
    missing = [role for role in roles if role not in found]
    if missing:
        _make_roles(unit, missing)
        found = _unit_roles(unit, roles)
    return [found[role] for role in roles]


def _unit_roles(unit: OrgUnit, roles: Sequence[Role]) -> dict[str, UnitRole]:
    rows = UnitRole.objects.filter(unit=unit, role__in=roles).select_related("unit", "group")
    return {row.role: row for row in rows}


def _make_roles(unit: OrgUnit, roles: Sequence[Role]) -> None:
    """Two workers may do this at once: whoever is second finds the first one's rows."""
    names = {role: f"{unit.code} {role.label}" for role in roles}
    with transaction.atomic():
        Group.objects.bulk_create(
            [Group(name=name) for name in names.values()], ignore_conflicts=True
        )
        groups = dict(Group.objects.filter(name__in=names.values()).values_list("name", "id"))
        UnitRole.objects.bulk_create(
            [UnitRole(unit=unit, role=role, group_id=groups[name]) for role, name in names.items()],
            ignore_conflicts=True,
        )
