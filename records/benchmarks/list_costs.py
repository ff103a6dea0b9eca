"""What lists, the tree, the facets and the upkeep of the index cost in a made-up city."""

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import benching
from records.benchmarks import page_costs
from records.models import CaseFile, Document, FilePlanEntry
from records.services.indexing import index_documents
from records.views.typing_help import throttle_key

FACETED = ("rare", "common", "very_common", "two_words")
INDEXED = 500
BRANCHES = 3
# Letters typed so far.
SIZES = (2, 4, 7)
HTMX = {"HX-Request": "true"}


def measure(
    readers: Sequence[User], asked: Mapping[str, Sequence[str]], runs: int
) -> dict[str, float]:
    """Figures over all readers, as the contract of the benchmarks names them."""
    tree, lists, facets, typed = list[float](), list[float](), list[float](), list[float]()
    for reader in readers:
        client = page_costs.client_of(reader)
        tree += [_wall_ms(client, address) for address in _tree() for _ in range(runs)]
        typed += [_typing_ms(client, reader, text) for text in _typed(reader) for _ in range(runs)]
        lists += [_sql_ms(client, address) for address in _lists(reader) for _ in range(runs)]
        for text in (text for name in FACETED for text in asked[name][:runs]):
            address = f"{reverse('search-facets')}?{urlencode({'q': text})}"
            facets += [one.cpu_ms for one in page_costs.costs(client, address, runs)]
    return {
        "tree_ms_p95": _p95(tree),
        "autocomplete_ms_p95": _p95(typed),
        "list_sql_ms_p95": _p95(lists),
        "facets_cpu_ms_median": statistics.median(facets),
        "facets_cpu_ms_p95": _p95(facets),
        "index_documents_per_cpu_second": _indexed(),
    }


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def _tree() -> list[str]:
    """The top of the plan and a few branches with everything below them."""
    tops = FilePlanEntry.objects.filter(parent=None).order_by("code")[:BRANCHES]
    branches = [reverse("file-plan-entry", args=[entry.pk]) for entry in tops]
    return [reverse("file-plan"), *branches]


def _lists(reader: User) -> list[str]:
    files = CaseFile.objects.visible_to(reader).order_by("pk")[:BRANCHES]
    every = reverse("case-files")
    orders = [every, f"{every}?sortierung=aktenzeichen", f"{every}?sortierung=betreff"]
    return [*orders, *(reverse("case-file", args=[file.uuid]) for file in files)]


def _typed(reader: User) -> list[str]:
    """What stands in the search field while titles and numbers of the reader's files are typed."""
    files = CaseFile.objects.visible_to(reader).order_by("-pk")[:BRANCHES]
    begun = [text for file in files for text in (file.title, file.aktenzeichen)]
    return [text[:size] for text in begun for size in SIZES]


def _typing_ms(client: Client, reader: User, text: str) -> float:
    address = f"{reverse('search-typing-help')}?{urlencode({'q': text})}"
    client.get(address, headers=HTMX)
    # Nobody types as fast as this: the view would soon answer with nothing.
    cache.delete(throttle_key(reader.pk))
    began = time.perf_counter()
    client.get(address, headers=HTMX)
    return (time.perf_counter() - began) * 1000


def _wall_ms(client: Client, address: str) -> float:
    client.get(address)
    began = time.perf_counter()
    client.get(address)
    return (time.perf_counter() - began) * 1000


def _sql_ms(client: Client, address: str) -> float:
    """The dearest statement of the page: the list itself."""
    client.get(address)
    with _statements() as taken:
        client.get(address)
    return max(taken)


@contextmanager
def _statements() -> Iterator[list[float]]:
    taken: list[float] = []

    def timed(execute: Any, *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            taken.append((time.perf_counter() - began) * 1000)

    with connection.execute_wrapper(timed):
        yield taken


def _indexed() -> float:
    """Documents whose rows are analysed and written anew, a second of CPU of both processes."""
    ids = list(Document.objects.order_by("pk").values_list("pk", flat=True)[:INDEXED])
    with transaction.atomic():
        index_documents(ids)
    spent = benching.cost_of(lambda: index_documents(ids)).cpu_ms / 1000
    return len(ids) / spent
