"""Audit entries of services: ids, action, field names; never values (architecture.md §3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from goettingen_ecm.access.principals import known_rights
from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.recording import AuditRecord, record
from records.models import CaseFile
from records.services.actor import Actor


def record_changes(
    action: str,
    objects: Sequence[models.Model],
    actor: Actor,
    *,
    fields: Sequence[str] = (),
    digests: Mapping[int, Mapping[str, Any]] | None = None,
    purpose: str = "",
) -> None:
    """One entry per object for what the actor did in this operation, and for whom."""
    represented = {one.pk: represented_in(actor.user, one) for one in objects}
    _remember_represented(actor, {who for who in represented.values() if who is not None})
    record(
        [
            AuditRecord(
                action=action,
                actor_id=actor.user_id,
                on_behalf_of_id=represented[one.pk] or actor.operation.on_behalf_of_id,
                system=actor.system_code,
                operation_id=actor.operation.pk,
                object_type=one._meta.label_lower,
                object_id=one.pk,
                object_uuid=getattr(one, "uuid", None),
                fields=list(fields),
                digests=dict((digests or {}).get(one.pk, {})),
                purpose=purpose,
            )
            for one in objects
        ]
    )


def represented_in(user: User | None, one: models.Model) -> int | None:
    """For whom a deputy acts on the object (requirements W6); None for oneself."""
    rights = known_rights(user) if user is not None else None
    if rights is None or not rights.borrowed:
        return None
    case_file = one if isinstance(one, CaseFile) else getattr(one, "case_file", None)
    unit_id = case_file.lead_unit_id if isinstance(case_file, CaseFile) else None
    return rights.on_behalf_of(getattr(one, "scope_id", None), unit_id)


def _remember_represented(actor: Actor, people: set[int]) -> None:
    """The operation names the person represented when it is one."""
    if len(people) == 1 and actor.operation.on_behalf_of_id is None:
        actor.operation.on_behalf_of_id = people.pop()
        actor.operation.save(update_fields=["on_behalf_of_id"])
