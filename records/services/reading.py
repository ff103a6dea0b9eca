"""What is written down when somebody reads: one entry per person, document and session-hour."""

from django.http import HttpRequest

from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.audit.recording import AuditRecord, ReadObject, record, record_reads
from records.models import CaseFile, Document, IncomingItem, Party
from records.services.auditing import represented_in


def record_file_opened(request: HttpRequest, case_file: CaseFile) -> None:
    _record(request, "records.case_file.read", case_file)


def record_document_read(request: HttpRequest, document: Document) -> None:
    _record(request, "records.document.read", document)


def record_incoming_read(request: HttpRequest, item: IncomingItem) -> None:
    _record(request, "records.incoming.read", item)


def record_party_read(request: HttpRequest, party: Party) -> None:
    """Whose files somebody looked up across the circle is asked after as often as who read one."""
    _record(request, "records.party.read", party)


def _record(
    request: HttpRequest, action: str, one: CaseFile | Document | IncomingItem | Party
) -> None:
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
    _record_taken(request, "records.document.original_taken", document)


def record_incoming_original_taken(request: HttpRequest, item: IncomingItem) -> None:
    """The same of a file that still waits in a basket."""
    _record_taken(request, "records.incoming.original_taken", item)


def _record_taken(request: HttpRequest, action: str, one: Document | IncomingItem) -> None:
    record(
        [
            AuditRecord(
                action=action,
                actor_id=request.user.pk,
                on_behalf_of_id=represented_in(person_of(request), one),
                object_type=one._meta.label_lower,
                object_id=one.pk,
                object_uuid=one.uuid,
                channel="web",
            )
        ]
    )
