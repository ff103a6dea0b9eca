"""Matters for their own pages, with their documents and their register."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from goettingen_ecm.access.principals import Person
from records.choices import CaseFileStatus
from records.models import CaseFile, Document, Matter, RegisterSection
from records.selectors.case_files import MATTERS_SHOWN, documents_in_use

DOCUMENTS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Sheet:
    """A section of the register with its visible documents; ``section`` None: without one."""

    section: RegisterSection | None
    documents: Sequence[Document]


def visible_matter(user: Person, uuid: UUID) -> Matter:
    """The matter of a page with its file. Raises Http404 for missing and invisible alike."""
    files = CaseFile.objects.visible_to(user)
    rows = Matter.objects.visible_to(user).filter(case_file__in=files, uuid=uuid)
    found: Matter | None = rows.select_related(
        "case_file__entry", "case_file__lead_unit", "parent"
    ).first()
    if found is None:
        raise Http404
    return found


def documents_of(user: Person, matter: Matter) -> QuerySet[Document]:
    """The newest visible documents of a matter that may be moved (at most 500)."""
    rows = documents_in_use(user).filter(matter=matter)
    return rows.order_by("-sort_date", "-pk")[:DOCUMENTS_SHOWN]


def targets_of(user: Person, matter: Matter) -> QuerySet[Matter]:
    """The other matters of the file in work, in the order they were opened."""
    rows: QuerySet[Matter] = Matter.objects.visible_to(user)
    found = rows.filter(case_file=matter.case_file_id, status=CaseFileStatus.ACTIVE)
    return found.exclude(pk=matter.pk).order_by("opened_on", "pk")[:MATTERS_SHOWN]


def register_of(user: Person, matter: Matter) -> list[Sheet]:
    """The sections in their order, then the documents that stand in none."""
    documents = documents_of(user, matter).select_related("register_placement")
    by_section: dict[int | None, list[Document]] = {}
    for document in documents:
        placement = getattr(document, "register_placement", None)
        key = placement.section_id if placement else None
        by_section.setdefault(key, []).append(document)
    sections = matter.register_sections.order_by("position", "pk")
    sheets = [Sheet(section, by_section.get(section.pk, [])) for section in sections]
    return [*sheets, Sheet(None, by_section.get(None, []))]
