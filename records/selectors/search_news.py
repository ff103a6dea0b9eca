"""What saved searches find among the documents that came since the last look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from goettingen_ecm.access.principals import Person, rights_of
from records.analysis import parse_query
from records.models import Document
from records.search_index import Asked, index
from records.selectors.case_files import documents_in_use
from records.selectors.search import Wish, wanted_by

# Whoever was away for long reads "mindestens".
MOST_NEW = 500
WINDOW = 50_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search: its words, its limits, the newest document at the last look."""

    text: str
    wish: Wish
    seen: int


@dataclass(frozen=True, slots=True)
class News:
    """New hits; ``at_least`` when not all new documents were looked through."""

    count: int = 0
    at_least: bool = False


def news_of(user: Person, searches: Sequence[Kept], *, until: int | None = None) -> list[News]:
    """New hits of each search the person may see, in three queries for all of them; ``until``: up
    to this document, else to the newest."""
    if not searches:
        return []
    newest: int = until or Document.objects.aggregate(newest=Max("pk"))["newest"] or 0
    oldest = min(one.seen for one in searches)
    start = max(oldest, newest - WINDOW)
    fresh = _fresh(user, start, newest) if newest > start else []
    if not fresh:
        return [News(0, one.seen < start) for one in searches]
    start = fresh[MOST_NEW - 1][0] - 1 if len(fresh) > MOST_NEW else start
    counts = _counts(user, searches, fresh[:MOST_NEW])
    return [News(n, one.seen < start) for n, one in zip(counts, searches, strict=True)]


def _fresh(user: Person, start: int, newest: int) -> list[tuple[int, date]]:
    """Visible documents in use that came after ``start``, up to ``newest``, newest first."""
    scopes = rights_of(user).scope_ids
    rows = documents_in_use(user).filter(case_file__scope__any_of=scopes)
    rows = rows.filter(pk__gt=start, pk__lte=newest)
    return list(rows.order_by("-pk").values_list("pk", "sort_date")[: MOST_NEW + 1])


def _counts(user: Person, searches: Sequence[Kept], fresh: Sequence[tuple[int, date]]) -> list[int]:
    asked = [
        Asked(
            wanted_by(user, parse_query(one.text), one.wish, newest=MOST_NEW, cap=MOST_NEW),
            one.seen,
        )
        for one in searches
    ]
    return index.count_new(fresh, asked)
