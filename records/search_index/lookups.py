"""Which documents hold given words at all, whoever may see them: for upkeep, never for people."""

from collections.abc import Iterable

from django.db import connection, transaction

# Non-empty partitions by their own names: planning over all of them takes longer than looking.
# Only the words' own index: for small years the planner would rather read all their rows.
FILLED = """
SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off;
SELECT part.oid::regclass::text FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid
WHERE inhparent = 'records_searchentry'::regclass AND pg_relation_size(part.oid) > 0
"""
CONTAINING = "SELECT document_id FROM {table} WHERE tsv @@ %s::tsquery"


def documents_containing(queries: Iterable[str]) -> list[int]:
    """Ids of documents that one of the queries (PostgreSQL literals) finds, in order."""
    found: set[int] = set()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FILLED)
        while cursor.nextset():
            pass
        statements = [CONTAINING.format(table=table) for (table,) in cursor.fetchall()]
        for query in queries:
            for statement in statements:
                cursor.execute(statement, [query])
                found.update(pk for (pk,) in cursor.fetchall())
    return sorted(found)
