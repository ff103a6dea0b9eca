"""One search box: exact numbers and keys first, then full text, trimmed to what the person may see.

Shape G of the measured design: access principals inside the search rows, a capped pass, ranking of
the newest 500 (search.md §6).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from django.db.models import Q, QuerySet

from goettingen_ecm.access.principals import Person, rights_of
from records.analysis import SearchQuery, Segment, offsets_from_bytes, parse_query, snippet
from records.models import CaseFile, Document, DocumentText, ExternalKey, FormerNumber
from records.search_index import Budget, Found, Wanted, index
from records.selectors.case_files import (
    SHOWN_STATES,
    STATES_IN_USE,
    documents_in_use,
    documents_shown,
    list_rows,
)
from records.selectors.search_limits import NO_LIMITS, Limits

CAP = 10_000
RANKED = 500
PAGE = 25
EXACT = 10
LOOKED_AT = 100
SNIPPET_CHARS = 220
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Wish:
    """How an answer is wanted. ``before``: only older hits, to go on where time was used up."""

    limits: Limits = NO_LIMITS
    by_date: bool = False
    grouped: bool = False
    cancelled: bool = False
    before: date | None = None


PLAIN = Wish()


@dataclass(frozen=True, slots=True)
class Hit:
    """A document and the piece of its text that matches."""

    document: Document
    segments: Sequence[Segment] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of an answer. ``total`` counts visible hits, at most CAP; ``capped`` says "or more".

    ``older_than``: hits before this day are not searched yet, the two seconds were used up;
    ``stuck``: they did not even suffice for the first year.
    """

    query: SearchQuery
    exact: Sequence[CaseFile] = ()
    hits: Sequence[Hit] = ()
    total: int = 0
    capped: bool = False
    ranked_newest_only: bool = False
    older_than: date | None = None
    stuck: bool = False
    page: int = 1

    @property
    def timed_out(self) -> bool:
        """Part of the years is missing."""
        return self.older_than is not None

    @property
    def opens_at_once(self) -> bool:
        """A number was typed that is one file, and nothing else bears it."""
        if len(self.exact) != 1 or not self.query.is_number or self.timed_out:
            return False
        return all(hit.document.case_file_id == self.exact[0].pk for hit in self.hits)

    @property
    def pages(self) -> int:
        return pages_of(self.total)

    @property
    def more(self) -> bool:
        return self.page < self.pages


def pages_of(total: int) -> int:
    """Pages that can be turned: only the newest hits are listed."""
    return max(1, ceil(min(total, RANKED) / PAGE))


def search(
    user: Person,
    text: str,
    *,
    page: int = 1,
    wish: Wish = PLAIN,
    budget: Budget | None = None,
) -> SearchResult:
    """Answer a query typed by a person, in two seconds; wrong input never raises.

    A page beyond the end is the last one.
    """
    query = parse_query(text)
    exact = exact_case_files(user, query) if _wants_exact(wish, page) else []
    if not query.tsquery:
        return SearchResult(query, exact)
    time = budget or Budget(SECONDS)
    found = collect(user, query, wish, newest=RANKED, cap=CAP, budget=time)
    page = min(page, pages_of(found.total))
    shown = in_order(found, query, wish)[(page - 1) * PAGE : page * PAGE]
    return SearchResult(
        query,
        exact,
        _hits(shown, query),
        total=min(found.total, CAP),
        capped=found.total > CAP,
        ranked_newest_only=found.total > RANKED,
        older_than=_older_than(found),
        stuck=found.stuck,
        page=page,
    )


def hits_for_export(user: Person, text: str, wish: Wish) -> tuple[Found, QuerySet[Document]]:
    """All visible hits, newest first, unless there are more than CAP or the time is used up."""
    query = parse_query(text)
    if not query.tsquery:
        return Found(), Document.objects.none()
    found = collect(user, query, wish, newest=CAP, cap=CAP, budget=Budget(SECONDS))
    rows = searched_by(user, wish).filter(pk__in=found.ids)
    rows = rows.select_related("document_type", "case_file__lead_unit")
    return found, rows.order_by("-sort_date", "-pk")


def _older_than(found: Found) -> date | None:
    """Where to go on; a year that alone takes too long is passed over."""
    if found.unread is None:
        return None
    if found.stuck or found.unread.until == date.max:
        return found.unread.since
    return found.unread.until + timedelta(days=1)


def _wants_exact(wish: Wish, page: int) -> bool:
    return wish.limits == NO_LIMITS and wish.before is None and page == 1


def searched_by(user: Person, wish: Wish) -> QuerySet[Document]:
    """What may be a hit, by the authoritative rights and states."""
    return documents_shown(user) if wish.cancelled else documents_in_use(user)


def exact_case_files(user: Person, query: SearchQuery) -> list[CaseFile]:
    """Visible files whose number, now or formerly, or foreign key was typed."""
    words = list(query.exact_candidates)[:5]
    if not words:
        return []
    keys = ExternalKey.objects.filter(value__in=words).values("case_file_id")
    former = FormerNumber.objects.filter(number__in=words).values("case_file_id")
    named = Q(aktenzeichen__in=words) | Q(pk__in=keys.union(former, all=True))
    rows = list_rows(CaseFile.objects.filter(named)).order_by("aktenzeichen")
    found = list(rows[:LOOKED_AT])
    if len(found) == LOOKED_AT:
        # A key that many files share: the database has to leave out what is not visible.
        visible = CaseFile.objects.visible_to(user).filter(named)
        return list(list_rows(visible).order_by("aktenzeichen")[:EXACT])
    scopes = frozenset(rights_of(user).scope_ids)
    return [row for row in found if row.scope_id in scopes][:EXACT]


def collect(
    user: Person, query: SearchQuery, wish: Wish, *, newest: int, cap: int, budget: Budget
) -> Found:
    """Visible hits counted up to ``cap`` and the ``newest`` of them, year by year."""
    found = index.newest_first(wanted_by(user, query, wish, newest=newest, cap=cap), budget)
    return _only_visible(user, found, SHOWN_STATES if wish.cancelled else STATES_IN_USE)


def wanted_by(user: Person, query: SearchQuery, wish: Wish, *, newest: int, cap: int) -> Wanted:
    """The person's rights and all limits as the search table knows them."""
    rights, limits = rights_of(user), wish.limits.conditions()
    first, last = wish.limits.days()
    until = min(last, query.filters.until or date.max)
    if wish.before is not None and wish.before > date.min:
        until = min(until, wish.before - timedelta(days=1))
    return Wanted(
        query=query.tsquery,
        principals=rights.principals,
        user_id=rights.user_id,
        since=max(first, query.filters.since or date.min),
        until=until,
        cap=cap,
        newest=newest,
        conditions=[condition for condition, _value in limits.values()],
        parameters={name: value for name, (_condition, value) in limits.items()},
    )


def _only_visible(user: Person, found: Found, states: Collection[str]) -> Found:
    """Search rows lag behind rights and filing errors until they are written anew: what became
    invisible among the newest hits counts no longer, so the number does not betray it. What is
    cancelled has its row still: its Storno may be lifted."""
    if not found.newest:
        return found
    rows = Document.objects.filter(status__in=states)
    visible = rows.visible_among(user, found.ids, "case_file")
    kept = [row for row in found.newest if row.document_id in visible]
    return replace(found, total=found.total - len(found.newest) + len(kept), newest=kept)


def in_order(found: Found, query: SearchQuery, wish: Wish) -> list[int]:
    """The listed hits by relevance or by date, on wish those of a file together."""
    ids = found.ids if wish.by_date else index.ranked(found, query.tsquery)
    return _by_file(ids, found) if wish.grouped else ids


def _by_file(ids: Iterable[int], found: Found) -> list[int]:
    """Files in the order of their first hit."""
    files = {row.document_id: row.case_file_id for row in found.newest}
    groups: dict[int, list[int]] = {}
    for pk in ids:
        groups.setdefault(files[pk], []).append(pk)
    return [pk for group in groups.values() for pk in group]


def _hits(ids: Sequence[int], query: SearchQuery) -> list[Hit]:
    """``ids`` were found visible just now."""
    rows = Document.objects.select_related("case_file", "document_type", "text").in_bulk(list(ids))
    return [Hit(rows[pk], _segments(rows[pk], query)) for pk in ids if pk in rows]


def _segments(document: Document, query: SearchQuery) -> Sequence[Segment]:
    try:
        text = document.text
    except DocumentText.DoesNotExist:
        return ()
    return snippet(text.text, offsets_from_bytes(bytes(text.offsets)), query, width=SNIPPET_CHARS)
