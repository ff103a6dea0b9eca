"""German text for search: one analyser for documents and queries, no Django models.

Imports nothing of the project; used by the indexer, the search selector and the reader.
"""

from records.analysis.documents import ANALYSER_VERSION, AnalysedText, analyse_document, configure
from records.analysis.marks import Segment, mark_words, snippet
from records.analysis.offsets import Offsets, offsets_from_bytes
from records.analysis.query import QueryFilters, SearchQuery, parse_query

__all__ = [
    "ANALYSER_VERSION",
    "AnalysedText",
    "Offsets",
    "QueryFilters",
    "SearchQuery",
    "Segment",
    "analyse_document",
    "configure",
    "mark_words",
    "offsets_from_bytes",
    "parse_query",
    "snippet",
]
