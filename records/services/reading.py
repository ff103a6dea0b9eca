"""What is written down when somebody reads: one entry per person, document and session-hour."""

from django.http import HttpRequest

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.audit.recording import AuditRecord, ReadObject, record, record_reads
from records.models import CaseFile, Document
from records.services.auditing import represented_in


def record_file_opened(request: HttpRequest, case_file: CaseFile) -> None:
    _record(request, "records.case_file.read", case_file)


def record_document_read(request: HttpRequest, document: Document) -> None:
    _record(request, "records.document.read", document)


def _record(request: HttpRequest, action: str, one: CaseFile | Document) -> None:
    user = person_of(request)
    record_reads(
        action,
        [ReadObject(one._meta.label_lower, one.pk, one.uuid)],
        actor_id=user.pk,
        session_key=request.session.session_key or "",
        on_behalf_of_id=represented_in(user, one),
    )


def record_original_taken(request: HttpRequest, document: Document) -> None:
    """Taking the original out of the house's view is its own action, each time."""
    record(
        [
            AuditRecord(
                action="records.document.original_taken",
                actor_id=request.user.pk,
                on_behalf_of_id=represented_in(person_of(request), document),
                object_type=document._meta.label_lower,
                object_id=document.pk,
                object_uuid=document.uuid,
                channel="web",
            )
        ]
    )
