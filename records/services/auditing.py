"""Audit entries of services: ids, action, field names; never values (architecture.md §3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models

from goettingen_ecm.audit.recording import AuditRecord, record
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
    """One entry per object for what the actor did in this operation."""
    record(
        [
            AuditRecord(
                action=action,
                actor_id=actor.user_id,
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
