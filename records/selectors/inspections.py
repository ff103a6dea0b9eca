"""Akteneinsichten of files the person sees, and what may be shown of them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404

from goettingen_ecm.access.principals import Person
from goettingen_ecm.operations import clock
from records.choices import DocumentStatus
from records.models import (
    CaseFile,
    Document,
    DocumentVersion,
    Inspection,
    InspectionBasis,
    InspectionDocument,
    Participation,
)
from records.selectors.case_files import documents_in_use, documents_shown

LISTED = 200
# One sheet of the form; a longer file is looked into in parts, by matter.
OFFERED = 1_000


@dataclass(frozen=True, slots=True)
class Offered:
    """A document that can be chosen; ``caution`` says what to think about first."""

    document: Document
    is_draft: bool
    is_narrowed: bool


def visible_inspection(user: Person, uuid: UUID) -> Inspection:
    """The request of a page. Raises Http404."""
    rows = Inspection.objects.select_related("case_file__lead_unit", "case_file__entry", "pdf")
    files = CaseFile.objects.visible_to(user)
    found = rows.filter(uuid=uuid, case_file__in=files).first()
    if found is None:
        raise Http404
    return found


def open_inspections(user: Person) -> QuerySet[Inspection]:
    """Requests of visible files not granted yet, the most urgent first."""
    files = CaseFile.objects.visible_to(user)
    rows = Inspection.objects.filter(granted_on=None, case_file__in=files)
    ordered = rows.order_by(F("due_on").asc(nulls_last=True), "pk")
    return ordered.select_related("case_file")


def inspections_of(case_file: CaseFile) -> QuerySet[Inspection]:
    """Requests of a visible file, newest first."""
    return Inspection.objects.filter(case_file=case_file).order_by("-created_at", "-pk")


def offered_documents(user: Person, case_file: CaseFile) -> list[Offered]:
    """What the person can choose from: every document in use it sees, oldest first."""
    rows = documents_in_use(user).filter(case_file=case_file).order_by("sort_date", "pk")
    found = list(rows.select_related("matter")[:OFFERED])
    drafts = set(
        DocumentVersion.objects.filter(
            document__in=found, is_draft=True, number=F("document__version_number")
        ).values_list("document_id", flat=True)
    )
    return [
        Offered(
            one,
            one.pk in drafts or one.status == DocumentStatus.DRAFT,
            one.scope_id != case_file.scope_id,
        )
        for one in found
    ]


def released_bases() -> QuerySet[InspectionBasis]:
    """Grounds an office has released and not withdrawn."""
    today = clock.today()
    rows = InspectionBasis.objects.filter(released_on__lte=today)
    return rows.filter(Q(valid_until=None) | Q(valid_until__gte=today))


def asking_parties(case_file: CaseFile) -> list[Participation]:
    """Who takes part in the file now."""
    rows = Participation.objects.filter(case_file=case_file, removed_at=None, until=None)
    return list(rows.select_related("party").order_by("pk")[:LISTED])


def shown_rows(user: Person, inspection: Inspection) -> list[InspectionDocument]:
    """Its documents as far as the person may see them and they still lie in the file."""
    allowed = documents_shown(user).filter(case_file=inspection.case_file_id)
    rows = inspection.documents.filter(document__in=allowed)
    return list(rows.select_related("document").order_by("position"))


def may_be_handed_out(user: Person, inspection: Inspection) -> bool:
    """False once a document in the PDF lies elsewhere, is gone, or is hidden from the person."""
    allowed = documents_shown(user).filter(case_file=inspection.case_file_id)
    rows = inspection.documents.filter(withheld=False)
    return not rows.exclude(document__in=allowed).exists()
