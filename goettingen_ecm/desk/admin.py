"""Django admin for reference data: every change is in the audit, nothing is deleted there."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest

from goettingen_ecm.audit.recording import AuditRecord, record
from goettingen_ecm.operations.operation import Acting, begin

CHANGED = "desk.reference_data.changed"


class ReferenceAdmin(admin.ModelAdmin[Any]):
    """Base of all registered models: reference data only, changes logged by field name, no delete.

    Case files, documents, texts and parties are never registered: administrators see no contents
    (requirements S3).
    """

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            if form.changed_data or not change:
                record_reference_change(request, obj, form.changed_data)


def record_reference_change(request: HttpRequest, obj: models.Model, fields: Sequence[str]) -> None:
    """The audit entry of one changed object: names of fields, never values."""
    operation = begin(CHANGED, Acting(actor_id=request.user.pk))
    entry = AuditRecord.of(
        operation,
        CHANGED,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        object_uuid=getattr(obj, "uuid", None),
        fields=list(fields),
        channel="admin",
    )
    record([entry])
