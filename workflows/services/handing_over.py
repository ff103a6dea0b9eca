"""Open follow-ups go to somebody else: their owner leaves the unit, or comes back."""

from collections.abc import Sequence

from django.db import transaction

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.services import ensure_unit_role
from goettingen_ecm.audit.recording import AuditRecord, record
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
