"""Does the search hold what the records hold? Every document's row, and the words of a sample.

Search rows are copies (lexemes, place, rights); here they are compared with what they were made of,
slice by slice of document ids, and mended by making them anew.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from records.analysis import ANALYSER_VERSION
from records.models import Document
from records.search_index import index
from records.services.indexing import Analysed, analyse_documents, store_entries

SLICE = 20_000
SAMPLE = 500
BATCH = 200

WRONG_ROWS = """
SELECT d.id, count(s.document_id) AS held,
  bool_or((s.sort_date, s.case_file_id) IS DISTINCT FROM (d.sort_date, d.case_file_id)) AS misplaced
FROM records_document d JOIN access_accessscope c ON c.id = d.scope_id
LEFT JOIN records_searchentry s ON s.document_id = d.id
WHERE d.id > %s AND d.id <= %s AND d.indexed_at IS NOT NULL
  AND d.status <> 'geloescht'
GROUP BY d.id
HAVING count(s.document_id) <> 1
  OR bool_or((s.sort_date, s.case_file_id, s.acl, s.deny)
    IS DISTINCT FROM (d.sort_date, d.case_file_id, c.allow, c.deny))
ORDER BY d.id
"""
ORPHANS = """
SELECT s.document_id FROM records_searchentry s
LEFT JOIN records_document d ON d.id = s.document_id
WHERE s.document_id > %s AND s.document_id <= %s AND d.id IS NULL ORDER BY 1
"""
LAST = "SELECT greatest((SELECT max(id) FROM records_document), (SELECT max(document_id) FROM records_searchentry), 0)"
OTHER_WORDS = """
SELECT s.document_id FROM unnest(%s::bigint[], %s::text[]) AS fresh (id, tsv)
JOIN records_searchentry s ON s.document_id = fresh.id WHERE s.tsv <> fresh.tsv::tsvector ORDER BY 1
"""


class Fault(models.TextChoices):
    """What is wrong with the search row of a document."""

    MISSING = "fehlt", _("nicht im Suchindex")
    DOUBLED = "doppelt", _("mehrfach im Suchindex")
    MISPLACED = "ort", _("unter falschem Datum oder falscher Akte")
    RIGHTS = "rechte", _("mit veralteten Rechten")
    WORDS = "worte", _("mit anderen Wörtern als der Text")
    ORPHANED = "verwaist", _("Sucheintrag ohne Dokument")


@dataclass(slots=True)
class Report:
    """Document ids by fault; ``compared``: documents with a row expected, ``sampled``: read anew,
    ``waiting``: not indexed yet, which is no fault."""

    found: dict[Fault, list[int]] = field(default_factory=dict)
    compared: int = 0
    sampled: int = 0
    waiting: int = 0

    @property
    def ok(self) -> bool:
        return not any(self.found.values())

    def add(self, fault: Fault, ids: Iterable[int]) -> None:
        self.found.setdefault(fault, []).extend(ids)


def check_index(
    *, sample: int = SAMPLE, seed: int = 0, progress: Callable[[int], object] = lambda _id: None
) -> Report:
    """Compare all rows, and the words of ``sample`` documents; ``progress`` hears the last id."""
    indexed = Document.objects.filter(indexed_at__isnull=False)
    report = Report(
        compared=indexed.count(),
        waiting=Document.objects.filter(indexed_at__isnull=True).count(),
    )
    for first, last in _slices():
        _compare(first, last, report)
        progress(last)
    _compare_words(_sampled(sample, seed), report)
    return report


def _slices() -> Iterator[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(LAST)
        end = cursor.fetchone()[0]
    yield from ((first, first + SLICE) for first in range(0, end, SLICE))


def _compare(first: int, last: int, report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WRONG_ROWS, [first, last])
        for pk, held, misplaced in cursor.fetchall():
            report.add(_fault(held, misplaced), [pk])
        cursor.execute(ORPHANS, [first, last])
        report.add(Fault.ORPHANED, dict.fromkeys(pk for (pk,) in cursor.fetchall()))


def _fault(held: int, misplaced: bool) -> Fault:
    if held != 1:
        return Fault.DOUBLED if held else Fault.MISSING
    return Fault.MISPLACED if misplaced else Fault.RIGHTS


def _sampled(size: int, seed: int) -> list[int]:
    """Documents of today's analyser, from all over the range of ids."""
    rng = Random(seed)  # noqa: S311 - a sample, no secret
    rows = Document.objects.filter(
        indexed_at__isnull=False, text__analyser_version=ANALYSER_VERSION
    ).order_by("pk")
    ends = rows.aggregate(first=models.Min("pk"), last=models.Max("pk"))
    if ends["first"] is None:
        return []
    span = range(ends["first"], ends["last"] + 1)
    chosen = rng.sample(span, min(size, len(span)))
    return list(rows.filter(pk__in=chosen).values_list("pk", flat=True))


def _compare_words(ids: Sequence[int], report: Report) -> None:
    known = {pk for faulty in report.found.values() for pk in faulty}
    for batch in _batches([pk for pk in ids if pk not in known]):
        fresh = analyse_documents(batch)
        report.sampled += len(fresh)
        report.add(Fault.WORDS, _with_other_words(fresh))


def _with_other_words(fresh: Sequence[Analysed]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(OTHER_WORDS, [[r.document_id for r in fresh], [r.tsvector for r in fresh]])
        return [pk for (pk,) in cursor.fetchall()]


def repair(report: Report) -> int:
    """Make the rows of faulty documents anew and drop orphans; returns how many were mended."""
    mended = 0
    for fault, ids in report.found.items():
        for batch in _batches(ids):
            mended += _drop(batch) if fault == Fault.ORPHANED else _renew(batch)
    return mended


def _renew(ids: Sequence[int]) -> int:
    rows = analyse_documents(ids)
    with transaction.atomic():
        _drop(ids)
        return store_entries(rows)


def _drop(ids: Sequence[int]) -> int:
    index.remove(ids)
    return len(ids)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
