"""Many hits quickly: copies of a filed document on other days, with their search rows."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.db import connection

from records.models import Document

COPY = """
INSERT INTO records_searchentry (sort_date, document_id, case_file_id, acl, deny, tsv)
SELECT document.sort_date, document.id, document.case_file_id, entry.acl, entry.deny, entry.tsv
FROM records_document document, records_searchentry entry
WHERE document.id = ANY(%s) AND entry.document_id = %s
"""


def copies(document: Document, days: Sequence[date]) -> list[Document]:
    """A copy for each of the days: same file, rights and words."""
    names = [f.attname for f in Document._meta.concrete_fields if f.attname not in ("id", "uuid")]
    same = {name: getattr(document, name) for name in names}
    rows = [
        Document(**same | {"uuid": uuid.uuid4(), "sort_date": day, "title": f"Blatt {number}"})
        for number, day in enumerate(days)
    ]
    made = Document.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute(COPY, [[one.pk for one in made], document.pk])
    return made
