"""Open follow-ups go to somebody else: their owner leaves the unit, or comes back."""

from collections.abc import Collection, Sequence

from django.db import transaction

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from workflows.models import FollowUp

HANDED_OVER = "workflows.follow_up.handed_over"


def hand_over_follow_ups(
    ids: Sequence[int], *, to: User | None, operation: Operation
) -> list[FollowUp]:
    """Give open follow-ups to a person or, without one, to the Leitung of their unit.

    The caller answers for who may do that: it is part of moving a person to another unit.
    """
    with transaction.atomic():
        rows = FollowUp.objects.select_for_update(of=("self",)).filter(pk__in=ids)
        found = list(rows.filter(done_at__isnull=True).order_by("pk"))
        heads = {} if to else _heads({one.unit_id for one in found})
        for one in found:
            one.owner, one.owner_role_id = to, None if to else heads[one.unit_id]
            one.row_version += 1
        FollowUp.objects.bulk_update(found, ["owner", "owner_role", "row_version"], batch_size=1000)
        record([_entry(one, operation) for one in found])
    return found


def follow_unit(ids: Sequence[int], unit: OrgUnit, *, operation: Operation) -> list[FollowUp]:
    """Give open follow-ups to another unit: its roles stand where those of the old one stood.

    A person who does not work there hands over to its Leitung. The caller answers for who may do
    that: it is part of merging or splitting units.
    """
    with transaction.atomic():
        rows = FollowUp.objects.select_for_update(of=("self",)).select_related("owner_role")
        found = list(rows.filter(pk__in=ids, done_at__isnull=True).order_by("pk"))
        held = Membership.objects.current(clock.today()).filter(unit_role__unit=unit)
        working = set(held.values_list("user_id", flat=True))
        for one in found:
            _place(one, unit, working)
        FollowUp.objects.bulk_update(
            found, ["unit", "owner", "owner_role", "row_version"], batch_size=1000
        )
        record([_entry(one, operation) for one in found])
    return found


def _place(one: FollowUp, unit: OrgUnit, working: Collection[int]) -> None:
    if one.owner_role is not None and one.owner_role.unit_id == one.unit_id:
        one.owner_role = ensure_unit_role(unit, Role(one.owner_role.role))
    elif one.owner_id is not None and one.owner_id not in working:
        one.owner, one.owner_role = None, ensure_unit_role(unit, Role.HEAD)
    one.unit = unit
    one.row_version += 1


def _heads(unit_ids: set[int]) -> dict[int, int]:
    units = OrgUnit.objects.filter(pk__in=unit_ids)
    return {unit.pk: ensure_unit_role(unit, Role.HEAD).pk for unit in units}


def _entry(one: FollowUp, operation: Operation) -> AuditRecord:
    return AuditRecord.of(
        operation,
        HANDED_OVER,
        object_type=one.object_type,
        object_id=one.object_id,
        object_uuid=one.object_uuid,
        digests={"follow_up_id": one.pk, "owner_id": one.owner_id},
    )
