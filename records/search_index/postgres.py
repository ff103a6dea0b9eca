"""The one engine: PostgreSQL, search rows in yearly partitions beside the documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from records.search_index.lookups import documents_containing
from records.search_index.news import count_new
from records.search_index.passes import Found, newest_first

__all__ = [
    "Entry",
    "count_new",
    "documents_containing",
    "follow_documents",
    "follow_files",
    "newest_first",
    "ranked",
    "remove",
    "write",
]

INSERT = """
INSERT INTO records_searchentry (sort_date, document_id, case_file_id, acl, deny, tsv)
SELECT document.sort_date, document.id, document.case_file_id, scope.allow, scope.deny,
  analysed.tsv::tsvector
FROM unnest(%s::bigint[], %s::text[]) AS analysed (id, tsv)
JOIN records_document document ON document.id = analysed.id
JOIN access_accessscope scope ON scope.id = document.scope_id
WHERE document.status <> 'geloescht'
ON CONFLICT (sort_date, document_id) DO UPDATE SET
  case_file_id = EXCLUDED.case_file_id, acl = EXCLUDED.acl, deny = EXCLUDED.deny, tsv = EXCLUDED.tsv
"""

# Only a changed document can have a row under another date; the rest is one insert.
FORGET = "DELETE FROM records_searchentry WHERE document_id = ANY(%s)"

FOLLOW = """
UPDATE records_searchentry AS s SET case_file_id = d.case_file_id, acl = c.allow, deny = c.deny
  FROM records_document AS d JOIN access_accessscope AS c ON c.id = d.scope_id
 WHERE d.id = s.document_id
   AND (s.case_file_id, s.acl, s.deny) IS DISTINCT FROM (d.case_file_id, c.allow, c.deny)
"""
OF_DOCUMENTS = "AND s.document_id = ANY(%s)"
# Both sides by the file: each has an index for it.
OF_FILES = "AND d.case_file_id = ANY(%s) AND s.case_file_id = ANY(%s)"

RANK = """
SELECT document_id FROM records_searchentry
WHERE document_id = ANY(%(ids)s) AND sort_date BETWEEN %(since)s AND %(until)s
ORDER BY ts_rank(tsv, %(query)s::tsquery) DESC, sort_date DESC, document_id DESC
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document's lexemes for ``tsvector``; ``changed``: it may have an entry already."""

    document_id: int
    tsvector: str
    changed: bool = True


def write(entries: Sequence[Entry]) -> None:
    """Rights and places come from the documents as they are now."""
    if changed := [one.document_id for one in entries if one.changed]:
        remove(changed)
    ids, words = [one.document_id for one in entries], [one.tsvector for one in entries]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [ids, words])


def remove(document_ids: Sequence[int]) -> None:
    """At once, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [list(document_ids)])


def follow_documents(document_ids: Sequence[int]) -> None:
    """At once, not with the indexer: a count or a snippet would tell what is no longer there."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW + OF_DOCUMENTS, [list(document_ids)])


def follow_files(case_file_ids: Sequence[int]) -> None:
    """As ``follow_documents``, for whole files whose documents stay in them."""
    ids = list(case_file_ids)
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW + OF_FILES, [ids, ids])


def ranked(found: Found, query: str) -> list[int]:
    """By PostgreSQL's rank, then the newest first."""
    if not found.newest:
        return []
    span = {"since": found.newest[-1].sort_date, "until": found.newest[0].sort_date}
    with connection.cursor() as cursor:
        cursor.execute(RANK, {"ids": found.ids, "query": query, **span})
        return [pk for (pk,) in cursor.fetchall()]
