"""Case files for lists and pages: bounded, visible, with what their rows show."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.http import Http404

from goettingen_ecm.access.paging import Condition, Cursor, Order, Page, visible_page
from goettingen_ecm.access.principals import Person
from goettingen_ecm.access.querysets import IsAmong
from records.choices import CaseFileStatus, DocumentStatus, MatterStatus
from records.models import (
    CaseFile,
    DeletionProposal,
    Document,
    FilePlanEntry,
    Hold,
    Matter,
    Volume,
)

ORDERS = {
    "zuletzt": Order("last_activity_at"),
    "aktenzeichen": Order("aktenzeichen", descending=False),
    "betreff": Order("sort_key", descending=False),
}
DEFAULT_ORDER = "zuletzt"

# What a row of a list shows. The scope is the authoritative one a hit is checked against.
ROW = (
    "uuid",
    "aktenzeichen",
    "title",
    "sort_key",
    "status",
    "confidentiality",
    "last_activity_at",
    "scope",
    "lead_unit__name",
    "case_worker__display_name",
    "case_worker__username",
    "case_worker__first_name",
    "case_worker__last_name",
    "file_type",
    "opened_on",
    "business_data",
)


# What lists show unless cancelled files are asked for (requirements W10).
STANDING = Condition(
    "status", "in", [s for s in CaseFileStatus.values if s != CaseFileStatus.CANCELLED]
)


def list_rows(rows: "QuerySet[CaseFile]") -> "QuerySet[CaseFile]":
    """The same rows, loaded with no more than a list shows."""
    return rows.select_related("lead_unit", "case_worker").only(*ROW)


def recent_case_files(
    user: Person,
    *,
    order: str = DEFAULT_ORDER,
    after: Cursor | None = None,
    limit: int = 50,
    where: Sequence[Condition] = (),
) -> Page[CaseFile]:
    """A page of everything the person may see, narrowed by ``where``."""
    wanted = ORDERS.get(order, ORDERS[DEFAULT_ORDER])
    rows = list_rows(CaseFile.objects.all())
    return visible_page(rows, user, wanted, after=after, limit=limit, where=where)


def case_files_of_entry(
    user: Person, entry: FilePlanEntry, *, after: str = "", limit: int = 50
) -> Page[CaseFile]:
    """The visible files of one plan entry in title order, without cancelled ones.

    ``after`` is the cursor of a link.
    """
    rows = list_rows(CaseFile.objects.visible_to(user).filter(entry=entry))
    rows = rows.exclude(status=CaseFileStatus.CANCELLED)
    if (cursor := Cursor.decode(after)) is not None:
        rows = rows.filter(
            Q(sort_key__gt=cursor.value) | Q(sort_key=cursor.value, pk__gt=cursor.pk)
        )
    found = list(rows.order_by("sort_key", "pk")[: limit + 1])
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return Page(found[:limit], Cursor(last.sort_key, last.pk).encode() if last else None)


def visible_case_file(user: Person, uuid: UUID) -> CaseFile:
    """The file of a page. Raises Http404 for missing and invisible alike.

    It knows whether rarer things exist at all (``lacks``), so that a page asks only for what is there.
    """
    rows = CaseFile.objects.visible_to(user).select_related("entry", "lead_unit")
    found: CaseFile | None = rows.filter(uuid=uuid).annotate(**_EXISTING).first()
    if found is None:
        raise Http404
    return found


_EXISTING = {
    "has_holds": Exists(Hold.objects.filter(case_file=OuterRef("pk"), lifted_at=None)),
    "has_deletions": Exists(DeletionProposal.objects.filter(document__case_file=OuterRef("pk"))),
    "has_volumes": Exists(Volume.objects.filter(first=OuterRef("pk")))
    | Exists(Volume.objects.filter(case_file=OuterRef("pk"))),
}


def lacks(one: CaseFile | Document, name: str) -> bool:
    """True when it was read for its page and has none of these (``has_holds``)."""
    return getattr(one, name, True) is False


MATTERS_SHOWN = 500


def matters_of(user: Person, case_file: CaseFile, chosen: str = "") -> QuerySet[Matter]:
    """The newest visible matters of a file in the order they were opened, without cancelled ones.

    ``chosen``: the uuid of one that is among them however old it is.
    """
    rows = all_matters_of(user, case_file).exclude(status=MatterStatus.CANCELLED)
    return _newest(rows, MATTERS_SHOWN, chosen)


def _newest(rows: QuerySet[Matter], limit: int, chosen: str) -> QuerySet[Matter]:
    """What a file with thousands of matters shows: people work with those opened last.

    The ids first: what is counted and joined is so only for the rows shown.
    """
    wanted = _chosen(chosen)
    last_first = rows.order_by(
        Case(When(wanted, then=0), default=1, output_field=IntegerField()), "-opened_on", "-pk"
    )
    ids = ArraySubquery(last_first.values("pk")[:limit])
    return Matter.objects.filter(IsAmong("pk", ids)).order_by("opened_on", "pk")


def _chosen(uuid: str) -> Q:
    try:
        return Q(uuid=UUID(uuid))
    except ValueError:
        return Q(pk=0)


# A tree says "999+" beyond: nobody waits for a count of ten thousand.
COUNTED = 1000


class CountUpTo(Subquery):
    """How many rows a sliced queryset has: reads no more than the slice."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def matters_with_counts(
    user: Person, case_file: CaseFile, chosen: str = "", *, cancelled: bool = False, like: str = ""
) -> list[Matter]:
    """``matters_of`` with ``documents_there``: visible ones in use, counted up to ``COUNTED``.

    ``chosen``: the uuid of a matter that is shown even when it is cancelled. ``cancelled``: all of
    them are, and cancelled documents count along. ``like``: only those whose title has this text.
    One more than ``MATTERS_SHOWN`` says that there are more.
    """
    documents = documents_shown(user) if cancelled else documents_in_use(user)
    lying = documents.filter(matter=OuterRef("pk")).order_by()
    documents_there = CountUpTo(lying.values("pk")[:COUNTED])
    rows = all_matters_of(user, case_file)
    if not cancelled:
        rows = rows.filter(~Q(status=MatterStatus.CANCELLED) | _chosen(chosen))
    if like:
        rows = rows.filter(Q(title__icontains=like) | _chosen(chosen))
    shown = _newest(rows, MATTERS_SHOWN + 1, chosen)
    return list(shown.annotate(documents_there=documents_there))


def all_matters_of(user: Person, case_file: CaseFile) -> QuerySet[Matter]:
    """The visible matters of a file, to be filtered further."""
    rows: QuerySet[Matter] = Matter.objects.visible_to(user).filter(case_file=case_file)
    return rows.order_by("opened_on", "pk")


def choose(case_file: CaseFile, matter: Matter | None) -> None:
    """Remember the matter the page shows, for the menu in its head."""
    case_file.chosen_matter = matter  # type: ignore[attr-defined]


def chosen_matter(case_file: CaseFile) -> Matter | None:
    """The matter of the page; None on pages of the file as a whole. No query."""
    found: Matter | None = getattr(case_file, "chosen_matter", None)
    return found


def matter_of(user: Person, case_file: CaseFile, uuid: str) -> Matter | None:
    """The visible matter an address names; None for no or any other text."""
    try:
        return all_matters_of(user, case_file).filter(uuid=UUID(uuid)).first()
    except ValueError:
        return None


# A misfiled document vanishes at once, title included (glossary: Fehlablage).
GONE_STATES = (DocumentStatus.MISFILED, DocumentStatus.DELETED)
SHOWN_STATES = tuple(s for s in DocumentStatus.values if s not in GONE_STATES)
STATES_IN_USE = tuple(s for s in SHOWN_STATES if s != DocumentStatus.CANCELLED)


def documents_shown(user: Person) -> QuerySet[Document]:
    """Every document the person may see on any page."""
    rows: QuerySet[Document] = Document.objects.visible_to(user)
    return rows.filter(status__in=SHOWN_STATES)


def documents_in_use(user: Person) -> QuerySet[Document]:
    """What lists, counts and hits show unless cancelled documents are asked for."""
    rows: QuerySet[Document] = Document.objects.visible_to(user)
    return rows.filter(status__in=STATES_IN_USE)
