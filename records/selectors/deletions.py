"""Löschvorschläge and what was deleted, for people who see the file and the document's part of it."""

from uuid import UUID

from django.db.models import F, QuerySet
from django.http import Http404

from goettingen_ecm.access.principals import Person, rights_of
from records import policies
from records.choices import DeletionDecision, DocumentStatus
from records.models import CaseFile, DeletionProposal, Document
from records.selectors.case_files import lacks

ROWS_SHOWN = 200
NAMES = ("document__case_file__lead_unit", "proposed_by", "proposed_for", "decided_by")


def deletions_for(user: Person) -> QuerySet[DeletionProposal]:
    """What waits, then what is decided, newest first; nothing about a Fehlablage."""
    ids = rights_of(user).scope_ids
    rows = DeletionProposal.objects.filter(
        document__scope__any_of=ids, document__case_file__scope__any_of=ids
    )
    rows = rows.exclude(document__status=DocumentStatus.MISFILED).select_related(*NAMES)
    return rows.order_by(F("decided_at").desc(nulls_first=True), "-proposed_at", "-id")


def deletion_of(user: Person, uuid: UUID) -> DeletionProposal:
    """One proposal. Raises Http404 for missing and invisible alike."""
    found = deletions_for(user).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


def waiting_for(user: Person) -> list[DeletionProposal]:
    """Those the person may decide about now."""
    if not policies.decides_deletions(user):
        return []
    open_ones = deletions_for(user).filter(decided_at=None)[:ROWS_SHOWN]
    return [one for one in open_ones if policies.can_decide_deletion(user, one)]


def deletions_in(user: Person, case_file: CaseFile) -> list[DeletionProposal]:
    """What is proposed or deleted in a file: with it the file is complete."""
    if lacks(case_file, "has_deletions"):
        return []
    rows = deletions_for(user).filter(document__case_file=case_file)
    told = rows.filter(decision__in=["", DeletionDecision.DELETED])
    return list(told[:ROWS_SHOWN])


def open_proposal_of(document: Document) -> DeletionProposal | None:
    """The proposal that waits, of a document the caller has shown to be visible."""
    if lacks(document, "has_proposal"):
        return None
    rows = DeletionProposal.objects.filter(document=document, decided_at=None)
    return rows.select_related("proposed_by").first()
