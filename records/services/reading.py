"""What is written down when somebody reads: one entry per person, document and session-hour."""

from django.http import HttpRequest

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.audit.recording import AuditRecord, ReadObject, record, record_reads
from records.models import CaseFile, Document


def record_file_opened(request: HttpRequest, case_file: CaseFile) -> None:
    _record(request, "records.case_file.read", case_file)


def record_document_read(request: HttpRequest, document: Document) -> None:
    _record(request, "records.document.read", document)


def _record(request: HttpRequest, action: str, one: CaseFile | Document) -> None:
    record_reads(
        action,
        [ReadObject(one._meta.label_lower, one.pk, one.uuid)],
        actor_id=person_of(request).pk,
        session_key=request.session.session_key or "",
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
                channel="web",
            )
        ]
    )
