"""Documents of a file or matter: sorted, keyset-paged, with neighbours for the reader."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404

from goettingen_ecm.access.paging import Cursor, Page
from goettingen_ecm.access.principals import Person
from records.choices import ComponentKind
from records.models import CaseFile, Component, Document, DocumentVersion, Matter
from records.policies import can_view
from records.selectors.case_files import documents_shown


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """A sortable column of the documents table; ties follow the id."""

    column: str
    descending: bool

    def reversed(self) -> "DocumentOrder":
        return DocumentOrder(self.column, not self.descending)


COLUMNS = {
    "datum": "sort_date",
    "betreff": "title",
    "richtung": "direction",
    "typ": "document_type__name",
    "abgelegt": "filed_at",
}
NEWEST_FIRST = DocumentOrder("sort_date", descending=True)


def order_from(text: str) -> DocumentOrder:
    """``datum`` ascending, ``-datum`` descending; anything unknown is newest first."""
    column = COLUMNS.get(text.removeprefix("-"))
    return DocumentOrder(column, text.startswith("-")) if column else NEWEST_FIRST


def documents_page(
    user: Person,
    case_file: CaseFile,
    order: DocumentOrder,
    *,
    matter: Matter | None = None,
    after: str = "",
    limit: int = 50,
) -> Page[Document]:
    """A page of the file's (or one matter's) documents."""
    rows = documents_shown(user).filter(case_file=case_file).select_related("document_type")
    if matter is not None:
        rows = rows.filter(matter=matter)
    found = list(_beyond(rows, order, Cursor.decode(after)).order_by(*_sorting(order))[: limit + 1])
    more = len(found) > limit
    cursor = Cursor(_value(found[limit - 1], order), found[limit - 1].pk).encode() if more else None
    return Page(found[:limit], cursor)


def _sorting(order: DocumentOrder) -> list[Any]:
    column = F(order.column)
    if order.descending:
        return [column.desc(nulls_last=True), "-pk"]
    return [column.asc(nulls_last=True), "pk"]


def _value(document: Document, order: DocumentOrder) -> str:
    found: Any = document
    for name in order.column.split("__"):
        found = getattr(found, name) if found is not None else None
    return "" if found is None else str(found)


def _beyond(
    rows: QuerySet[Document], order: DocumentOrder, cursor: Cursor | None
) -> QuerySet[Document]:
    if cursor is None:
        return rows
    side = "lt" if order.descending else "gt"
    tie = Q(**{f"pk__{side}": cursor.pk})
    if cursor.value == "":
        return rows.filter(Q(**{f"{order.column}__isnull": True}) & tie)
    further = Q(**{f"{order.column}__{side}": cursor.value})
    same = Q(**{order.column: cursor.value}) & tie
    return rows.filter(further | same | Q(**{f"{order.column}__isnull": True}))


def visible_document(user: Person, uuid: UUID) -> Document:
    """The document of a page. Raises Http404 for missing, misfiled and invisible alike."""
    rows = documents_shown(user).select_related(
        "case_file__entry", "case_file__lead_unit", "matter", "document_type"
    )
    found = rows.filter(uuid=uuid).first()
    if found is None or not can_view(user, found.case_file):
        raise Http404
    return found


def neighbours(user: Person, document: Document) -> tuple[Document | None, Document | None]:
    """The older and the newer document of the same file in reading order (date, then id)."""
    rows = documents_shown(user).filter(case_file=document.case_file_id).only("uuid", "title")
    here = Q(sort_date=document.sort_date)
    before = rows.filter(Q(sort_date__lt=document.sort_date) | here & Q(pk__lt=document.pk))
    behind = rows.filter(Q(sort_date__gt=document.sort_date) | here & Q(pk__gt=document.pk))
    return (
        before.order_by("-sort_date", "-pk").first(),
        behind.order_by("sort_date", "pk").first(),
    )


def components_of(document: Document, number: int | None = None) -> list[Component]:
    """The components of a version (the current one by default), in order, with their blobs.

    Raises Http404 for a version that does not exist.
    """
    wanted = document.version_number if number is None else number
    rows = Component.objects.filter(version__document=document, version__number=wanted)
    found = list(rows.select_related("blob", "version").order_by("position"))
    if not found:
        raise Http404
    return found


def readable_components(document: Document, number: int | None = None) -> list[Component]:
    """What a person reads: the main file and its attachments."""
    kinds = (ComponentKind.MAIN, ComponentKind.ATTACHMENT)
    return [c for c in components_of(document, number) if c.kind in kinds]


def versions_of(document: Document) -> QuerySet[DocumentVersion]:
    """All versions, newest first (at most 200 are shown)."""
    return document.versions.order_by("-number")[:200]
