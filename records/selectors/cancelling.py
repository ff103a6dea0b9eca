"""Who cancelled a document, when and why."""

from dataclasses import dataclass
from datetime import datetime

from goettingen_ecm.accounts.models import User
from records.choices import DocumentStatus
from records.models import Document


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The Storno in force; ``by`` is empty for a specialist system."""

    at: datetime
    by: str
    reason: str


def cancellation_of(document: Document) -> Cancellation | None:
    """None for documents that are not cancelled, without a query; otherwise two queries."""
    if document.status != DocumentStatus.CANCELLED:
        return None
    rows = Document.history.filter(id=document.pk, status=DocumentStatus.CANCELLED)
    row = rows.order_by("-history_id").first()
    if row is None:
        return None
    person = User.objects.filter(pk=row.history_user_id).first()
    return Cancellation(
        row.history_date, str(person) if person else "", row.history_change_reason or ""
    )
