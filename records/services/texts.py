"""The text of documents: current versions read in the sandbox, facts kept with blob and document.

Reading and writing are apart: reading opens hostile files and takes long, so it happens outside
of any transaction; writing is a few statements however many documents there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from records import blob_store
from records.choices import BlobStorage, ComponentKind, TextState
from records.content.problems import Problem
from records.content.results import Inspection, InspectRequest
from records.models import Blob, Component, DocumentText
from records.services import signatures
from records.services.rendition_queue import request_renditions
from records.services.sandbox import sandbox

READ_SECONDS = 240.0
PAGE_BREAK = "\f"
NOT_ANALYSED = 0

BLOB_FACTS = """
UPDATE records_blob blob SET mime_type = facts.mime_type, page_count = facts.page_count,
  problem = facts.problem, text_state = facts.text_state
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::text[])
  AS facts (id, mime_type, page_count, problem, text_state)
WHERE blob.id = facts.id AND (blob.mime_type, blob.page_count, blob.problem, blob.text_state)
  IS DISTINCT FROM (facts.mime_type, facts.page_count, facts.problem, facts.text_state)
"""

DOCUMENT_FACTS = """
UPDATE records_document document SET mime_type = facts.mime_type,
  page_count = facts.page_count, problem = facts.problem
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::int[], %s::text[])
  AS facts (id, version_number, mime_type, page_count, problem)
WHERE document.id = facts.id AND document.version_number = facts.version_number
"""


@dataclass(slots=True)
class Reading:
    """What the files of a document's current version hold; facts are those of the main file."""

    document_id: int
    version_number: int
    file_name: str = ""
    mime_type: str = ""
    page_count: int | None = None
    problem: str = ""
    problem_text: str = ""
    texts: list[str] = field(default_factory=list)
    blobs: list[tuple[int, Inspection]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Main file first, attachments behind it, pages and files parted by form feeds."""
        return PAGE_BREAK.join(self.texts)


def extract_texts(document_ids: Iterable[int]) -> dict[int, Reading]:
    """Read and keep the texts; documents the time did not suffice for are missing in the result."""
    readings = read_texts(document_ids)
    store_texts(list(readings.values()))
    return readings


def read_texts(document_ids: Iterable[int]) -> dict[int, Reading]:
    """Open the files of the documents' current versions; writes nothing.

    A file that breaks its reader costs only itself; what the deadline cut off is left out.
    """
    parts = _parts(list(document_ids))
    readings = {one.document_id: Reading(one.document_id, one.version_number) for one in parts}
    in_files = [one for one in parts if one.storage == BlobStorage.FILES]
    for part, inspection in zip(in_files, _inspect(in_files), strict=True):
        if not inspection.reached:
            readings.pop(part.document_id, None)
        elif part.document_id in readings:
            _add(readings[part.document_id], part, inspection)
    return readings


class _Part(NamedTuple):
    """A main file or attachment of a current version; of Office files the PDF is read."""

    document_id: int
    version_number: int
    kind: str
    file_name: str
    blob_id: int
    sha256: bytes
    mime_type: str
    storage: str
    pdf_sha256: bytes | None


def _parts(document_ids: list[int]) -> list[_Part]:
    """The main file of each document first."""
    rows = Component.objects.filter(
        version__document__in=document_ids,
        version__number=F("version__document__version_number"),
        kind__in=[ComponentKind.MAIN, ComponentKind.ATTACHMENT],
    )
    rows = rows.order_by("version__document_id", "position")
    fields = ("version__document_id", "version__number", "kind", "file_name", "blob_id")
    facts = ("blob__sha256", "blob__mime_type", "blob__storage", "blob__rendition__pdf__sha256")
    return [_Part(*row) for row in rows.values_list(*fields, *facts)]


def _inspect(parts: Sequence[_Part]) -> Sequence[Inspection]:
    requests = [
        InspectRequest(blob_store.path_of(bytes(one.sha256)), one.file_name, one.mime_type)
        if one.pdf_sha256 is None
        else InspectRequest(blob_store.path_of(bytes(one.pdf_sha256)))
        for one in parts
    ]
    return sandbox().inspect_batch(requests, deadline_seconds=READ_SECONDS) if requests else []


def _add(reading: Reading, part: _Part, found: Inspection) -> None:
    if part.pdf_sha256 is None:
        reading.blobs.append((part.blob_id, found))
    if found.text and str(found.text_state) == TextState.OK:
        reading.texts.append(found.text)
    if part.kind == ComponentKind.MAIN:
        reading.file_name = part.file_name
        own_type = part.pdf_sha256 is None
        reading.mime_type = found.sniffed.mime if own_type else part.mime_type
        reading.page_count = found.page_count
        reading.problem = found.problem or ""
        reading.problem_text = found.problem_text


def store_texts(readings: Sequence[Reading]) -> None:
    """Keep texts and facts in the caller's transaction; search rows are the indexer's business."""
    if not readings:
        return
    DocumentText.objects.bulk_create(
        [
            DocumentText(
                document_id=one.document_id,
                version_number=one.version_number,
                text=one.text,
                offsets=b"",
                analyser_version=NOT_ANALYSED,
            )
            for one in readings
        ],
        update_conflicts=True,
        unique_fields=["document"],
        update_fields=["version_number", "text", "offsets", "analyser_version"],
    )
    _store_facts([pair for one in readings for pair in one.blobs])
    _execute(
        DOCUMENT_FACTS,
        [
            (o.document_id, o.version_number, o.mime_type[:120], o.page_count, o.problem)
            for o in readings
        ],
    )


def remember(found: Sequence[tuple[Blob, Inspection]]) -> None:
    """Keep what an inspection found out about blobs, in the rows and in the given objects."""
    _store_facts([(blob.pk, inspection) for blob, inspection in found])
    for blob, inspection in found:
        _pk, blob.mime_type, blob.page_count, blob.problem, blob.text_state = _facts(
            blob.pk, inspection
        )


def _store_facts(found: Sequence[tuple[int, Inspection]]) -> None:
    """In key order: two batches may read the same file."""
    rows = {pk: _facts(pk, inspection) for pk, inspection in found}
    _execute(BLOB_FACTS, [rows[pk] for pk in sorted(rows)])
    kinds = [(pk, mime, problem) for pk, mime, _pages, problem, _text in rows.values()]
    request_renditions(kinds)
    signatures.request_checks(kinds)


def _facts(pk: int, found: Inspection) -> tuple[int, str, int | None, str, str]:
    state = _text_state(found)
    return pk, found.sniffed.mime[:120], found.page_count, str(found.problem or ""), state


def _text_state(found: Inspection) -> str:
    """A file nobody could open has no text because of that, not because it is empty."""
    if found.problem in UNREADABLE:
        return TextState.FAILED.value
    return str(found.text_state)


UNREADABLE = frozenset(Problem) - {Problem.EMPTY, Problem.UNSUPPORTED}


def _execute(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])
