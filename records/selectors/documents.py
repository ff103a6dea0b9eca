"""Documents of a file or matter: sorted, keyset-paged, with neighbours for the reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim
from django.http import Http404

from goettingen_ecm.access.paging import Condition, Cursor, Page
from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.access.querysets import IsAmong
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from records.choices import SHOWN_SIGNATURES, ComponentKind
from records.models import (
    Blob,
    CaseFile,
    CheckOut,
    Component,
    DeletionProposal,
    Document,
    DocumentCopy,
    DocumentVersion,
    Matter,
    Rendition,
    SentMail,
    WorkingCopy,
)
from records.policies import can_view
from records.selectors.case_files import SHOWN_STATES, documents_in_use, documents_shown

# What a row of the documents table and the head of the reader show.
ROW = (
    "uuid",
    "title",
    "direction",
    "sort_date",
    "status",
    "version_number",
    "page_count",
    "problem",
    "document_type__name",
    "letter_date",
    "received_on",
    "dispatched_on",
    "filed_at",
    "foreign_reference",
)
HOLDER = (
    "check_out__until",
    "check_out__holder__display_name",
    "check_out__holder__first_name",
    "check_out__holder__last_name",
    "check_out__holder__username",
)
FACTS = (
    *ROW,
    *HOLDER,
    "is_final",
    "mime_type",
    "row_version",
    "case_file__uuid",
    "case_file__aktenzeichen",
    "case_file__title",
    "case_file__scope",
    "case_file__status",
    "case_file__lead_unit",
    "matter__title",
    "matter__uuid",
    "matter__status",
)
READABLE = (ComponentKind.MAIN, ComponentKind.ATTACHMENT)
FILE = (
    "position",
    "kind",
    "file_name",
    "blob__sha256",
    "blob__size",
    "blob__storage",
    "blob__mime_type",
    "blob__page_count",
    "blob__problem",
    "blob__rendition__state",
    "blob__rendition__problem",
    "blob__rendition__pdf__sha256",
    "blob__rendition__pdf__storage",
    "blob__rendition__pdf__page_count",
    "blob__rendition__pdf__problem",
    "version__number",
)


@dataclass(frozen=True, slots=True)
class DocumentOrder:
    """A sortable column of the documents table; ties follow the id."""

    column: str
    descending: bool

    @property
    def nullable(self) -> bool:
        """Only the type may be missing; documents without one come last."""
        return "__" in self.column


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
    where: Sequence[Condition] = (),
    name_matters: bool = False,
    cancelled: bool = False,
) -> Page[Document]:
    """A page of the file's (or one matter's) documents, narrowed as ``documents_of`` does."""
    joined = ("document_type", "matter") if name_matters else ("document_type",)
    rows = documents_of(user, case_file, matter, where, cancelled=cancelled)
    chosen = _beyond(rows, order, Cursor.decode(after)).order_by(*sorting(order))[: limit + 1]
    names = ("matter__title",) if name_matters else ()
    # The ids first: names and locks are joined to the rows shown, not to ten thousand before a sort.
    shown = Document.objects.filter(IsAmong("pk", ArraySubquery(chosen.values("pk"))))
    shown = shown.select_related(*joined, "check_out__holder")
    found = list(shown.only(*ROW, *HOLDER, order.column, *names).order_by(*sorting(order)))
    more = len(found) > limit
    cursor = Cursor(_value(found[limit - 1], order), found[limit - 1].pk).encode() if more else None
    return Page(found[:limit], cursor)


def documents_of(
    user: Person,
    case_file: CaseFile,
    matter: Matter | None = None,
    where: Sequence[Condition] = (),
    *,
    cancelled: bool = False,
) -> QuerySet[Document]:
    """The visible documents of a file (or one matter): what its table, counts and exports show.

    ``cancelled``: the cancelled ones, too.
    """
    rows = documents_shown(user) if cancelled else documents_in_use(user)
    rows = rows.filter(case_file=case_file)
    if matter is not None:
        rows = rows.filter(matter=matter)
    for condition in where:
        rows = rows.filter(**condition.lookup)
    return rows


def sorting(order: DocumentOrder) -> list[Any]:
    """What ``order_by`` takes: the column, then the id in the same direction."""
    tie = "-pk" if order.descending else "pk"
    if not order.nullable:
        # Without NULLS LAST: the index on the newest documents serves this order.
        return [f"-{order.column}" if order.descending else order.column, tie]
    column = F(order.column)
    by_column = column.desc if order.descending else column.asc
    return [by_column(nulls_last=True), tie]


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
    if order.nullable:
        return rows.filter(_beyond_nullable(order.column, side, cursor.value, tie))
    field = next(f for f in Document._meta.concrete_fields if f.name == order.column)
    start = cursor.typed_for(field)
    if start is None:
        return rows
    # As a row: the index starts right there, also among ten thousand documents of one day.
    here = _row(F(order.column), F("pk"))
    there = _row(Value(start[0], field), Value(cursor.pk))
    joiner = " < " if order.descending else " > "
    return rows.filter(_row(here, there, template="%(expressions)s", arg_joiner=joiner))


def _row(*parts: Any, template: str = "(%(expressions)s)", **how: str) -> Func:
    return Func(*parts, template=template, output_field=BooleanField(), **how)


def _beyond_nullable(column: str, side: str, value: str, tie: Q) -> Q:
    empty = Q(**{f"{column}__isnull": True})
    if value == "":
        return empty & tie
    return Q(**{f"{column}__{side}": value}) | Q(**{column: value}) & tie | empty


def visible_document(user: Person, uuid: UUID) -> Document:
    """The document of a page. Raises Http404 for missing, misfiled and invisible alike.

    It knows whether rarer things exist at all (``case_files.lacks``).
    """
    rows = documents_shown(user).select_related(
        "case_file", "matter", "document_type", "check_out__holder"
    )
    found = rows.filter(uuid=uuid).only(*FACTS).annotate(**_EXISTING).first()
    if found is None or not can_view(user, found.case_file):
        raise Http404
    return found


_EXISTING = {
    "has_signatures": Exists(
        Component.objects.filter(
            version__document=OuterRef("pk"),
            version__number=OuterRef("version_number"),
            blob__signature_report__state__in=SHOWN_SIGNATURES,
        )
    ),
    "has_proposal": Exists(
        DeletionProposal.objects.filter(document=OuterRef("pk"), decided_at=None)
    ),
    "has_working_copy": Exists(WorkingCopy.objects.filter(document=OuterRef("pk"))),
    "has_sent_mail": Exists(SentMail.objects.filter(document=OuterRef("pk"))),
    "has_copies": Exists(DocumentCopy.objects.filter(copy=OuterRef("pk")))
    | Exists(DocumentCopy.objects.filter(origin=OuterRef("pk"))),
}


def readable_component(user: Person, uuid: UUID, version: int, position: int) -> Component:
    """One file of a document, visible by the same rule as the document, in one query.

    Raises Http404 where the document's page would or has no such file to read.
    """
    scope_ids = rights_of(user).scope_ids
    rows = Component.objects.filter(
        version__document__uuid=uuid,
        version__document__status__in=SHOWN_STATES,
        version__document__scope__any_of=scope_ids,
        version__document__case_file__scope__any_of=scope_ids,
        version__number=version,
        position=position,
        kind__in=READABLE,
    )
    rows = rows.select_related("blob__rendition__pdf", "version__document")
    found = rows.only(*FILE, "version__document__uuid").first()
    if found is None:
        raise Http404
    return found


def neighbours(user: Person, document: Document) -> tuple[Document | None, Document | None]:
    """The older and the newer document of the same file in reading order (date, then id)."""
    rows = documents_in_use(user).filter(case_file=document.case_file_id).only("uuid")
    day = document.sort_date
    before = rows.filter(Q(sort_date__lt=day) | Q(pk__lt=document.pk), sort_date__lte=day)
    behind = rows.filter(Q(sort_date__gt=day) | Q(pk__gt=document.pk), sort_date__gte=day)
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
    rows = rows.select_related("blob__rendition__pdf", "version").only(*FILE)
    found = list(rows.order_by("position"))
    if not found:
        raise Http404
    return found


def rendition_of(component: Component) -> Rendition | None:
    """What became of the PDF of an Office file; None for other files."""
    found: Rendition | None = getattr(component.blob, "rendition", None)
    return found


def viewed_blob(component: Component) -> Blob:
    """Where page images and words come from: of an Office file its PDF, once it is there."""
    rendition = rendition_of(component)
    return rendition.pdf if rendition is not None and rendition.pdf else component.blob


def readable_components(document: Document, number: int | None = None) -> list[Component]:
    """What a person reads: the main file and its attachments."""
    return [c for c in components_of(document, number) if c.kind in READABLE]


def versions_of(document: Document) -> QuerySet[DocumentVersion]:
    """All versions, newest first (at most 200 are shown), with the name of their ``author``."""
    rows = document.versions.annotate(author=display_names("created_by_id"))
    return rows.order_by("-number")[:200]


def display_names(column: str) -> Subquery:
    """The name of the person whose id stands in a plain column; as ``str(User)`` says it."""
    full_name = NullIf(Trim(Concat("first_name", Value(" "), "last_name")), Value(""))
    people = User.objects.filter(pk=OuterRef(column))
    named = people.annotate(name=Coalesce(NullIf("display_name", Value("")), full_name, "username"))
    return Subquery(named.values("name")[:1])


def lock_of(document: Document) -> CheckOut | None:
    """The lock in force; costs no query where the document was loaded with it."""
    found: CheckOut | None = getattr(document, "check_out", None)
    return found if found is not None and found.is_in_force(clock.now()) else None
