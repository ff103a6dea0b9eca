"""Search rows: the analysed text with the rights of its document, written in bulk.

Analysing reads and computes; storing locks the documents, so that neither a change of rights nor
of metadata made in between is lost (the document then stays marked as not indexed).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection, transaction

from goettingen_ecm.operations import clock
from records.analysis import ANALYSER_VERSION, analyse_document
from records.analysis.documents import use_rules
from records.choices import ExternalKeyKind, FieldKind
from records.models import BusinessDataValue, Document, ExternalKey, Participation
from records.search_index import Entry, index
from records.selectors.word_rules import word_rules

LOCK = """
SELECT document.id FROM records_document document
JOIN unnest(%s::bigint[], %s::int[]) AS seen (id, row_version)
  ON seen.id = document.id AND seen.row_version = document.row_version
ORDER BY document.id FOR NO KEY UPDATE OF document
"""


OFFSETS = """
UPDATE records_documenttext text SET offsets = analysed.offsets, analyser_version = %s
FROM unnest(%s::bigint[], %s::bytea[]) AS analysed (id, offsets)
WHERE text.document_id = analysed.id
"""


@dataclass(frozen=True, slots=True)
class Analysed:
    """A document's lexemes and token offsets, made from its state ``row_version``."""

    document_id: int
    row_version: int
    tsvector: str
    offsets: bytes


def index_documents(document_ids: Iterable[int]) -> int:
    """Make documents findable; returns how many (fewer when some changed meanwhile)."""
    rows = analyse_documents(document_ids)
    with transaction.atomic():
        return store_entries(rows)


def analyse_documents(document_ids: Iterable[int]) -> list[Analysed]:
    """Title, numbers, parties and text of each document as lexemes; writes nothing."""
    use_rules(word_rules())
    states = _states(list(document_ids))
    facts = _facts_of_files({one.case_file_id: one.aktenzeichen for one in states})
    return [_analyse(one, facts[one.case_file_id]) for one in states]


class _State(NamedTuple):
    """What is analysed of a document, and the state it was read in."""

    document_id: int
    row_version: int
    title: str
    foreign_reference: str
    case_file_id: int
    aktenzeichen: str
    type_name: str | None
    text: str | None


def _states(document_ids: list[int]) -> list[_State]:
    fields = ("id", "row_version", "title", "foreign_reference", "case_file_id")
    joined = ("case_file__aktenzeichen", "document_type__name", "text__text")
    rows = Document.objects.filter(pk__in=document_ids).order_by("id")
    return [_State(*row) for row in rows.values_list(*fields, *joined)]


def _analyse(one: _State, facts: Sequence[str]) -> Analysed:
    extra = [fact for fact in (one.foreign_reference, one.type_name, *facts) if fact]
    found = analyse_document(one.title, one.text or "", extra=extra)
    return Analysed(one.document_id, one.row_version, found.tsvector, found.offsets)


def _facts_of_files(numbers: Mapping[int, str]) -> dict[int, list[str]]:
    """Numbers, foreign keys and parties by which a file's documents are found, too."""
    facts = {pk: [aktenzeichen] for pk, aktenzeichen in numbers.items()}
    keys = ExternalKey.objects.filter(case_file__in=numbers, kind=ExternalKeyKind.CASE_FILE)
    for pk, value in keys.values_list("case_file_id", "value"):
        facts[pk].append(value)
    parties = Participation.objects.filter(case_file__in=numbers, removed_at=None).order_by("id")
    for pk, name, first_name in parties.values_list(
        "case_file_id", "party__name", "party__first_name"
    ):
        facts[pk].append(f"{first_name} {name}".strip())
    typed = BusinessDataValue.objects.filter(case_file__in=numbers).order_by("id")
    # "ja" finds nothing anybody looks for.
    found = typed.exclude(field__kind=FieldKind.YES_NO)
    for pk, text in found.values_list("case_file_id", "text"):
        facts[pk].append(text)
    return facts


def store_entries(rows: Sequence[Analysed]) -> int:
    """Write the search rows in the caller's transaction; returns how many were still current."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [[r.document_id for r in rows], [r.row_version for r in rows]])
        current = {pk for (pk,) in cursor.fetchall()}
        fresh = [row for row in rows if row.document_id in current]
        if not fresh:
            return 0
        index.write([Entry(r.document_id, r.tsvector, r.row_version > 1) for r in fresh])
        ids = [row.document_id for row in fresh]
        cursor.execute(OFFSETS, [ANALYSER_VERSION, ids, [row.offsets for row in fresh]])
    Document.objects.filter(pk__in=ids).update(indexed_at=clock.now())
    return len(ids)
