"""What the hits of a search are: branch, unit, type, year, Fachverfahren, state of their files.

A request of its own over the newest hits, of documents the person may see (search.md, corrections).
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from goettingen_ecm.access.principals import Person
from goettingen_ecm.accounts.models import OrgUnit
from records.analysis import SearchQuery
from records.choices import CaseFileStatus
from records.models import (
    CaseFile,
    Document,
    DocumentType,
    ExternalKey,
    FilePlanEntry,
    SpecialistSystem,
)
from records.search_index import Budget, Found
from records.selectors.facets import Choice
from records.selectors.search import Wish, collect
from records.selectors.search_limits import Limits

NEWEST = 2_000
SECONDS = 2.0
CHOICES_SHOWN = 15
FILE = ("pk", "lead_unit_id", "lead_unit__name", "status", "entry__ancestors")


@dataclass(frozen=True, slots=True)
class SearchFacets:
    """Values with their hits by the filter's word. ``at_least``: there are more hits than these."""

    choices: Mapping[str, Sequence[Choice]]
    total: int = 0
    at_least: bool = False


NOTHING = SearchFacets({})


def count_facets(
    user: Person, query: SearchQuery, wish: Wish, budget: Budget | None = None
) -> SearchFacets:
    """Counts over the newest visible hits; each hit counts once in every group."""
    if not query.tsquery:
        return NOTHING
    time = budget or Budget(SECONDS)
    found = collect(user, query, wish, newest=NEWEST, cap=NEWEST, budget=time)
    if not found.newest:
        return NOTHING
    hits = Counter(row.case_file_id for row in found.newest)
    files = CaseFile.objects.filter(pk__in=hits).values_list(*FILE)
    return SearchFacets(
        {
            "zweig": _branches(files, hits, wish.limits.branch_id),
            "einheit": _summed(((pk, unit, name) for pk, unit, name, *_rest in files), hits),
            "dokumenttyp": _types(found),
            "jahr": _years(found),
            "fachverfahren": _systems(hits),
            "stand": _states(files, hits),
        },
        total=found.total,
        at_least=found.total > NEWEST or found.unread is not None,
    )


def _summed(rows: Iterable[tuple[int, Hashable, str]], hits: Counter[int]) -> list[Choice]:
    """Hits by value, the most frequent first; ``rows`` are (file, value, its name)."""
    sums: Counter[tuple[Hashable, str]] = Counter()
    for pk, value, name in rows:
        sums[value, name] += hits[pk]
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0][1].casefold()))
    return [Choice(str(value), name, n) for (value, name), n in ordered[:CHOICES_SHOWN]]


def _branches(
    files: Iterable[tuple[Any, ...]], hits: Counter[int], below: int | None
) -> list[Choice]:
    """The plan's next level below the branch asked for."""
    steps = {pk: _step(ancestors, below) for pk, *_rest, ancestors in files}
    wanted = {step for step in steps.values() if step is not None}
    entries = FilePlanEntry.objects.filter(pk__in=wanted).values_list("pk", "code", "title")
    names = {pk: f"{code} {title}" for pk, code, title in entries}
    return _summed(((f, s, names[s]) for f, s in steps.items() if s is not None), hits)


def _step(ancestors: Sequence[int], below: int | None) -> int | None:
    """Of the path from the top to the file's entry, the step after ``below``."""
    start = ancestors.index(below) + 1 if below in ancestors else 0
    return ancestors[start] if start < len(ancestors) else None


def _types(found: Found) -> list[Choice]:
    rows = Document.objects.filter(pk__in=found.ids, document_type__isnull=False)
    pairs = rows.values_list("document_type_id", "document_type__name")
    sums = Counter(pairs.iterator())
    ordered = sorted(sums.items(), key=lambda item: (-item[1], item[0][1].casefold()))
    return [Choice(str(pk), name, n) for (pk, name), n in ordered[:CHOICES_SHOWN]]


def _years(found: Found) -> list[Choice]:
    years = Counter(str(row.sort_date.year) for row in found.newest)
    return [Choice(year, year, n) for year, n in sorted(years.items(), reverse=True)]


def _systems(hits: Counter[int]) -> list[Choice]:
    keys = ExternalKey.objects.filter(case_file__in=hits).order_by().distinct()
    return _summed(keys.values_list("case_file_id", "system_id", "system__name"), hits)


def _states(files: Iterable[tuple[Any, ...]], hits: Counter[int]) -> list[Choice]:
    named = ((pk, status, str(CaseFileStatus(status).label)) for pk, _u, _n, status, _a in files)
    return _summed(named, hits)


def names_of(limits: Limits) -> dict[str, str]:
    """What the limits in force are called, by the filter's word; a query for each that is a row."""
    asked: dict[str, tuple[Any, Callable[[Any], str | None]]] = {
        "zweig": (limits.branch_id, lambda pk: _title(FilePlanEntry, pk)),
        "einheit": (limits.unit_id, lambda pk: _title(OrgUnit, pk)),
        "dokumenttyp": (limits.document_type_id, lambda pk: _title(DocumentType, pk)),
        "jahr": (limits.year, str),
        "fachverfahren": (limits.system_id, lambda pk: _title(SpecialistSystem, pk)),
        "stand": (limits.file_status or None, lambda value: str(CaseFileStatus(value).label)),
    }
    return {word: name_of(v) or "–" for word, (v, name_of) in asked.items() if v is not None}


def _title(model: Any, pk: int) -> str | None:
    row = model.objects.filter(pk=pk).first()
    return None if row is None else str(row)
