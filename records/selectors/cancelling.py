"""Who cancelled a document, matter or file, when and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from goettingen_ecm.accounts.models import User
from records.choices import DocumentStatus, MatterStatus
from records.models import CaseFile, Document, Matter, MatterMerge

CANCELLED = DocumentStatus.CANCELLED
"""The same word for documents, matters and files."""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The Storno in force; ``by`` is empty for a specialist system."""

    at: datetime
    by: str
    reason: str


def cancellation_of(one: Document | Matter | CaseFile) -> Cancellation | None:
    """None for what is not cancelled, without a query; otherwise two queries."""
    if one.status != CANCELLED:
        return None
    row = _rows(type(one), [one.pk]).first()
    if row is None:
        return None
    person = User.objects.filter(pk=row.history_user_id).first()
    return Cancellation(
        row.history_date, str(person) if person else "", row.history_change_reason or ""
    )


def cancelling_operations(
    model: type[Matter] | type[CaseFile], ids: Sequence[int]
) -> dict[int, int]:
    """The operation that cancelled each of them, by id; one query."""
    rows = _rows(model, ids).exclude(operation_id=None).order_by("-history_id")
    # The first row of the Storno in force comes last and stands.
    return dict(rows.values_list("id", "operation_id"))


def may_stand_again(matter: Matter) -> bool:
    """Whether the Storno of a matter could be lifted now: not merged, not below another cancelled one."""
    if MatterMerge.objects.filter(source=matter, undone_at=None).exists():
        return False
    above = Matter.objects.filter(pk=matter.parent_id or 0)
    return not above.exclude(status=MatterStatus.ACTIVE).exists()


def _rows(model: type[Document] | type[Matter] | type[CaseFile], ids: Sequence[int]) -> Any:
    """The history rows of the Storno in force, the one that brought it first.

    Rights and plan may change a cancelled file: that writes rows with the same state.
    """
    history: Any = model.history
    standing = history.filter(id=OuterRef("id")).exclude(status=CANCELLED).order_by("-history_id")
    before = Coalesce(Subquery(standing.values("history_id")[:1]), 0)
    rows = history.filter(id__in=ids, status=CANCELLED, history_id__gt=before)
    return rows.order_by("history_id")
