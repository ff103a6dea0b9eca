"""That a list was taken out of the house as a file is in the audit, with its filters' names."""

from collections.abc import Sequence

from goettingen_ecm.accounts.models import User
from goettingen_ecm.audit.recording import AuditRecord, record
from records.models import CaseFile
from records.services.actor import person

FILES_EXPORTED = "records.case_files.exported"
LOANS_EXPORTED = "records.paper_loans.exported"
DOCUMENTS_EXPORTED = "records.documents.exported"
HITS_EXPORTED = "records.search.exported"


def record_loans_export(user: User) -> None:
    """That the list of lent paper was taken out of the house."""
    record([AuditRecord.of(person(user, LOANS_EXPORTED).operation, LOANS_EXPORTED)])


def record_search_export(user: User, filters: Sequence[str]) -> None:
    """That the hits of a search were taken out of the house; never its words."""
    operation = person(user, HITS_EXPORTED).operation
    record([AuditRecord.of(operation, HITS_EXPORTED, fields=list(filters))])


def record_export(user: User, case_file: CaseFile | None, filters: Sequence[str]) -> None:
    """One entry per file that is written; ``filters`` are words, never values."""
    action = FILES_EXPORTED if case_file is None else DOCUMENTS_EXPORTED
    operation = person(user, action).operation
    about = (
        {}
        if case_file is None
        else {
            "object_type": CaseFile._meta.label_lower,
            "object_id": case_file.pk,
            "object_uuid": case_file.uuid,
        }
    )
    record([AuditRecord.of(operation, action, fields=list(filters), **about)])
