"""The search engine behind a narrow interface: nobody else knows how hits are found (ADR 0007).

What the engine is told comes ready made (lexemes of the analyser, rights of the scope); what it
answers is checked against the rights in force by the selectors. Facets are counted by the selector
from the hits' files, suggestions come from tables of their own: neither asks more of an engine.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from records.search_index import postgres
from records.search_index.news import Asked
from records.search_index.passes import Budget, Found, Row, Slice, Wanted
from records.search_index.postgres import Entry

__all__ = ["Asked", "Budget", "Entry", "Found", "Row", "SearchIndex", "Slice", "Wanted", "index"]


class SearchIndex(Protocol):
    """What an engine does. All writes happen in the caller's transaction."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Make documents findable with the rights their scopes have now."""

    def remove(self, document_ids: Sequence[int]) -> None:
        """No hit, no count, no facet knows these documents any more."""

    def follow_documents(self, document_ids: Sequence[int]) -> None:
        """Take over file and rights of documents at once; their words stay."""

    def follow_files(self, case_file_ids: Sequence[int]) -> None:
        """Take over the rights of all documents of these files at once."""

    def newest_first(self, wanted: Wanted, budget: Budget) -> Found:
        """Count and collect; ``Found.unread`` says what was not reached in time."""

    def ranked(self, found: Found, query: str) -> list[int]:
        """The collected hits by relevance."""

    def count_new(self, fresh: Sequence[tuple[int, date]], asked: Sequence[Asked]) -> list[int]:
        """How many of a few known documents (id, day) each search finds."""

    def documents_containing(self, queries: Iterable[str]) -> list[int]:
        """Documents that one of the queries finds, whoever may see them: for upkeep only."""


index: SearchIndex = postgres
