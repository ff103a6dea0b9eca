"""One search box: exact numbers and keys first, then full text, trimmed to what the person may see.

Shape G of the measured design: access principals inside the search rows, a capped pass, ranking of
the newest 500 (search.md §6).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil
from typing import Any

import psycopg
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from goettingen_ecm.access.principals import Person, rights_of
from records.analysis import SearchQuery, Segment, offsets_from_bytes, parse_query, snippet
from records.models import CaseFile, Document, DocumentText, ExternalKey, FormerNumber
from records.selectors.case_files import documents_in_use, documents_shown, list_rows

CAP = 10_000
RANKED = 500
PAGE = 25
EXACT = 10
SNIPPET_CHARS = 220
TIMEOUT_MS = 2000

COUNT_AND_NEWEST = """
WITH hits AS MATERIALIZED (
    SELECT document_id, sort_date FROM records_searchentry
    WHERE tsv @@ %(query)s::tsquery
      AND acl OPERATOR(pg_catalog.&&) %(principals)s::int[]
      AND NOT deny OPERATOR(pg_catalog.&&) %(person)s::int[]
      AND sort_date BETWEEN %(since)s AND %(until)s
      AND (%(case_file)s::bigint IS NULL OR case_file_id = %(case_file)s)
    LIMIT %(cap)s
), newest AS (
    SELECT document_id, sort_date FROM hits ORDER BY sort_date DESC, document_id DESC LIMIT %(ranked)s
)
SELECT (SELECT count(*) FROM hits), array_agg(document_id), min(sort_date), max(sort_date) FROM newest
"""

RANK = """
SELECT document_id FROM records_searchentry
WHERE document_id = ANY(%(ids)s) AND sort_date BETWEEN %(since)s AND %(until)s
ORDER BY ts_rank(tsv, %(query)s::tsquery) DESC, sort_date DESC, document_id DESC
LIMIT %(limit)s OFFSET %(offset)s
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document and the piece of its text that matches."""

    document: Document
    segments: Sequence[Segment] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of an answer. ``total`` counts visible hits, at most CAP; ``capped`` says "or more"."""

    query: SearchQuery
    exact: Sequence[CaseFile] = ()
    hits: Sequence[Hit] = ()
    total: int = 0
    capped: bool = False
    ranked_newest_only: bool = False
    timed_out: bool = False
    page: int = 1

    @property
    def opens_at_once(self) -> bool:
        """A number was typed that is one file, and nothing else bears it."""
        if len(self.exact) != 1 or not self.query.is_number:
            return False
        return all(hit.document.case_file_id == self.exact[0].pk for hit in self.hits)

    @property
    def pages(self) -> int:
        return pages_of(self.total)

    @property
    def more(self) -> bool:
        return self.page < self.pages


@dataclass(frozen=True, slots=True)
class Found:
    """All hits counted (at most CAP + 1) and the newest of them with their span of dates."""

    total: int
    ids: list[int] = field(default_factory=list)
    since: date = date.min
    until: date = date.max


def pages_of(total: int) -> int:
    """Pages that can be turned: only the ranked hits are listed."""
    return max(1, ceil(min(total, RANKED) / PAGE))


def search(
    user: Person,
    text: str,
    *,
    page: int = 1,
    case_file: CaseFile | None = None,
    cancelled: bool = False,
) -> SearchResult:
    """Answer a query typed by a person; wrong input never raises.

    A page beyond the end is the last one. ``cancelled``: cancelled documents are hits, too.
    """
    searched = documents_shown(user) if cancelled else documents_in_use(user)
    query = parse_query(text)
    wants_exact = case_file is None and page == 1
    if not query.tsquery:
        return SearchResult(query, exact_case_files(user, query) if wants_exact else ())
    try:
        found, page, ranked = _full_text(user, query, page, case_file, searched)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise
        # statement_timeout: an honest "too much for two seconds" instead of a wait
        exact = exact_case_files(user, query) if wants_exact else ()
        return SearchResult(query, exact, timed_out=True, page=page)
    return SearchResult(
        query,
        exact_case_files(user, query) if case_file is None and page == 1 else (),
        _hits(searched, ranked, query),
        total=min(found.total, CAP),
        capped=found.total > CAP,
        ranked_newest_only=found.total > RANKED,
        page=page,
    )


def exact_case_files(user: Person, query: SearchQuery) -> list[CaseFile]:
    """Visible files whose number, now or formerly, or foreign key was typed."""
    words = list(query.exact_candidates)[:5]
    if not words:
        return []
    keys = ExternalKey.objects.filter(value__in=words).values("case_file_id")
    former = FormerNumber.objects.filter(number__in=words).values("case_file_id")
    named = Q(aktenzeichen__in=words) | Q(pk__in=keys.union(former, all=True))
    rows = CaseFile.objects.visible_to(user).filter(named)
    return list(list_rows(rows).order_by("aktenzeichen")[:EXACT])


def _full_text(
    user: Person,
    query: SearchQuery,
    page: int,
    case_file: CaseFile | None,
    searched: QuerySet[Document],
) -> tuple[Found, int, list[int]]:
    """What was found, the page that exists, the documents on it in their order."""
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner must not walk the date index for rare words (search.md §2 trap 1).
        cursor.execute(
            f"SET LOCAL statement_timeout = {TIMEOUT_MS}; SET LOCAL enable_seqscan = off"
        )
        found = _only_visible(user, _count_and_newest(cursor, user, query, case_file), searched)
        page = min(page, pages_of(found.total))
        return found, page, _ranked(cursor, query, found, page) if found.ids else []


def _only_visible(user: Person, found: Found, searched: QuerySet[Document]) -> Found:
    """Search rows lag behind rights and filing errors until they are written anew: what became
    invisible among the newest hits counts no longer, so the number does not betray it. What is
    cancelled has its row still: its Storno may be lifted."""
    if not found.ids:
        return found
    rows = searched.filter(pk__in=found.ids, case_file__scope__any_of=rights_of(user).scope_ids)
    visible = list(rows.order_by().values_list("pk", flat=True))
    return replace(found, total=found.total - len(found.ids) + len(visible), ids=visible)


def _ranked(cursor: Any, query: SearchQuery, found: Found, page: int) -> list[int]:
    cursor.execute(
        RANK,
        {
            "ids": found.ids,
            "since": found.since,
            "until": found.until,
            "query": query.tsquery,
            "limit": PAGE,
            "offset": (page - 1) * PAGE,
        },
    )
    return [row[0] for row in cursor.fetchall()]


def _count_and_newest(
    cursor: Any, user: Person, query: SearchQuery, case_file: CaseFile | None
) -> Found:
    rights = rights_of(user)
    filters = query.filters
    cursor.execute(
        COUNT_AND_NEWEST,
        {
            "query": query.tsquery,
            "principals": list(rights.principals),
            "person": [rights.user_id],
            "since": filters.since or date(1, 1, 1),
            "until": filters.until or date(9999, 12, 31),
            "case_file": case_file.pk if case_file else None,
            "cap": CAP + 1,
            "ranked": RANKED,
        },
    )
    total, ids, since, until = cursor.fetchone()
    return Found(total, ids or [], since or date.min, until or date.max)


def _hits(searched: QuerySet[Document], ids: Sequence[int], query: SearchQuery) -> list[Hit]:
    rows = searched.select_related("case_file", "document_type").in_bulk(list(ids))
    texts = DocumentText.objects.in_bulk([pk for pk in ids if pk in rows])
    shown = [rows[pk] for pk in ids if pk in rows]
    return [Hit(document, _segments(texts.get(document.pk), query)) for document in shown]


def _segments(text: DocumentText | None, query: SearchQuery) -> Sequence[Segment]:
    if text is None:
        return ()
    return snippet(text.text, offsets_from_bytes(bytes(text.offsets)), query, width=SNIPPET_CHARS)
