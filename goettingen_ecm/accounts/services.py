"""Units, principals, memberships: written here whether by admin, command or test."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import Group
from django.db import transaction

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.operations.refusals import InvalidInput


def ensure_unit_role(unit: OrgUnit, role: Role) -> UnitRole:
    """The principal of a role in a unit, with its group; made at first use."""
    found = UnitRole.objects.filter(unit=unit, role=role).first()
    if found is not None:
        return found
    with transaction.atomic():
        group, _created = Group.objects.get_or_create(name=f"{unit.code} {role.label}")
        made, _created = UnitRole.objects.get_or_create(
            unit=unit, role=role, defaults={"group": group}
        )
    return made


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

    Raises InvalidInput for an undated Revision.
    """
    if role == Role.AUDITOR and (valid_until is None or not cause):
        raise InvalidInput(
            "Die Revision wird nur je Prüfung und befristet zugelassen.", field="valid_until"
        )
    with transaction.atomic():
        return Membership.objects.create(
            user=user,
            unit_role=ensure_unit_role(unit, role),
            valid_from=valid_from,
            valid_until=valid_until,
            cause=cause,
        )


def ensure_roles(unit: OrgUnit, roles: Sequence[Role]) -> list[UnitRole]:
    """The principals a unit needs so that its files have somebody who may see them."""
    return [ensure_unit_role(unit, role) for role in roles]
