"""What is written down when somebody reads: one entry per person, document and session-hour."""

import hashlib

from django.http import HttpRequest

from goettingen_ecm.audit.recording import AuditRecord, record, record_read
from records.models import CaseFile, Document


def session_digest(request: HttpRequest) -> bytes:
    """Tells sessions apart in the audit without storing their key."""
    return hashlib.sha256((request.session.session_key or "").encode()).digest()[:16]


def record_file_opened(request: HttpRequest, case_file: CaseFile) -> None:
    _record(request, "records.case_file.read", case_file)


def record_document_read(request: HttpRequest, document: Document) -> None:
    _record(request, "records.document.read", document)


def _record(request: HttpRequest, action: str, one: CaseFile | Document) -> None:
    record_read(
        action=action,
        actor_id=request.user.pk,
        object_type=one._meta.label_lower,
        object_id=one.pk,
        object_uuid=one.uuid,
        session_digest=session_digest(request),
    )


def record_original_taken(request: HttpRequest, document: Document) -> None:
    """Taking the original out of the house's view is its own action, each time."""
    record(
        [
            AuditRecord(
                action="records.document.original_taken",
                actor_id=request.user.pk,
                object_type=document._meta.label_lower,
                object_id=document.pk,
                object_uuid=document.uuid,
                session_digest=session_digest(request),
            )
        ]
    )
