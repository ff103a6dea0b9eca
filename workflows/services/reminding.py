"""Follow-ups the system lays before people: made once, done by themselves with their occasion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from goettingen_ecm.accounts.models import UnitRole, User
from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.models import Operation
from workflows import calendar
from workflows.models import FollowUp
from workflows.services.follow_ups import COMPLETED, CREATED
from workflows.targets import Target


@dataclass(frozen=True, slots=True)
class Reminder:
    """For a person or a role; ``unit_id`` is the one whose head sees it when it is overdue.

    ``because_of`` is who has set the day that passed.
    """

    target: Target
    reason: str
    unit_id: int
    because_of: User
    owner: User | None = None
    role: UnitRole | None = None


def remind(wanted: Sequence[Reminder], now: datetime, *, operation: Operation) -> list[FollowUp]:
    """Follow-ups for today, or the next working day; all carry ``now`` as their beginning.

    The caller answers for who may be reminded of what.
    """
    days, today = calendar.load(), clock.today()
    with transaction.atomic():
        made = FollowUp.objects.bulk_create(
            FollowUp(
                object_type=one.target.object_type,
                object_id=one.target.object_id,
                object_uuid=one.target.object_uuid,
                owner=one.owner,
                owner_role=one.role,
                unit_id=one.unit_id,
                reason=one.reason[:500],
                wished_on=today,
                due_on=days.next_working_day(today),
                series_start=today,
                created_by=one.because_of,
                created_at=now,
            )
            for one in wanted
        )
        _record(CREATED, made, operation)
    return made


def end_reminders(
    object_type: str, made_at: dict[int, datetime], *, by: User, operation: Operation
) -> list[FollowUp]:
    """The occasion is gone: open reminders of these objects, by id and beginning, are done."""
    with transaction.atomic():
        rows = FollowUp.objects.select_for_update(of=("self",)).order_by("pk")
        waiting = rows.filter(
            object_type=object_type,
            object_id__in=made_at,
            created_at__in=made_at.values(),
            done_at=None,
        )
        found = [one for one in waiting if made_at[one.object_id] == one.created_at]
        for one in found:
            one.done_at, one.done_by, one.done_operation_id = clock.now(), by, operation.pk
            one.row_version += 1
        fields = ["done_at", "done_by", "done_operation_id", "row_version"]
        FollowUp.objects.bulk_update(found, fields, batch_size=1000)
        _record(COMPLETED, found, operation)
    return found


def _record(action: str, rows: Sequence[FollowUp], operation: Operation) -> None:
    record(
        [
            AuditRecord.of(
                operation,
                action,
                object_type=one.object_type,
                object_id=one.object_id,
                object_uuid=one.object_uuid,
                digests={"follow_up_id": one.pk, "due_on": one.due_on.isoformat()},
            )
            for one in rows
        ]
    )
