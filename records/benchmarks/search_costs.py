"""What a search costs four readers of a made-up city, class by class of what is asked.

Asked for are words of the city's own vocabulary by how often they come, taken from real documents
of the city where they must stand side by side or be a number.
"""

import statistics
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import benching
from goettingen_ecm.operations.benching import Cost
from records.benchmarks import page_costs
from records.benchmarks.city.ground import Readers
from records.benchmarks.city.words import Vocabulary
from records.models import CaseFile, DocumentText
from records.selectors import search as selector

ROLES = ("all_seeing", "head", "clerk", "old_clerk")
PER_CLASS, QUICK_PER_CLASS = 12, 1
PREFIX_LETTERS = 5
# Places in the list of common words, the most frequent first.
VERY_COMMON, COMMON, MEDIUM = range(60, 150), range(300, 900), range(5_000, 15_000)
RARE = range(4_000, 6_000)


def questions(words: Vocabulary, seed: int, per_class: int) -> dict[str, list[str]]:
    """Class -> what is typed; the same for every reader."""
    rng = Random(seed)  # noqa: S311 - test data, no secret
    common, domain = words.common.words, words.domains[0].words

    def some(places: range, of: Sequence[str] = common, *, longer: bool = False) -> list[str]:
        usable = [of[n] for n in places if not longer or len(of[n]) > PREFIX_LETTERS]
        return rng.sample(usable, per_class)

    return {
        "rare": some(RARE, domain),
        "medium": some(MEDIUM),
        "common": some(COMMON),
        "very_common": some(VERY_COMMON),
        "two_words": [f"{a} {b}" for a, b in zip(some(COMMON), some(COMMON), strict=True)],
        "phrase": [f'"{pair}"' for pair in _pairs(rng, per_class)],
        "prefix": [f"{word[:PREFIX_LETTERS]}*" for word in some(MEDIUM, longer=True)],
        "number": _numbers(rng, per_class),
    }


def _pairs(rng: Random, count: int) -> Iterator[str]:
    """Two words side by side in a document."""
    last = DocumentText.objects.order_by("-pk")[0].pk
    rows = DocumentText.objects.filter(pk__in=rng.sample(range(1, last + 1), min(last, count)))
    for text in rows.order_by("pk").values_list("text", flat=True):
        yield " ".join(text.split(".")[0].split()[2:4])


def _numbers(rng: Random, count: int) -> list[str]:
    last = CaseFile.objects.order_by("-pk")[0].pk
    rows = CaseFile.objects.filter(pk__in=rng.sample(range(1, last + 1), min(last, count)))
    return list(rows.order_by("pk").values_list("aktenzeichen", flat=True))


def measure(
    readers: Readers, asked: dict[str, list[str]], runs: int
) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures over all readers and classes; ``parts`` names each class of each reader."""
    every: list[float] = []
    parts: dict[str, Any] = {}
    for role in ROLES:
        user: User = getattr(readers, role)
        client = page_costs.client_of(user)
        for name, texts in asked.items():
            found = [cost for text in texts for cost in _costs(client, text, runs)]
            every += [cost.cpu_ms for cost in found]
            parts[f"{role}_{name}"] = _part(found, [_hits(user, text) for text in texts])
    ordered = sorted(every)
    figures = {
        "page_cpu_ms_median": statistics.median(ordered),
        "page_cpu_ms_p95": ordered[int(len(ordered) * 0.95)],
        "page_cpu_ms_max": ordered[-1],
        "searches_per_second_per_core": 1000 / statistics.fmean(ordered),
    }
    return figures, parts


def _costs(client: Client, text: str, runs: int) -> list[Cost]:
    """A number leads on to its file: that answer counts."""
    address = f"{reverse('search')}?{urlencode({'q': text})}"
    answer = client.get(address)
    if answer.status_code not in (200, 302):
        raise CommandError(f"{answer.status_code}: {address}")
    together = page_costs.TOGETHER
    found = [
        benching.cost_of(lambda: [client.get(address) for _ in range(together)])
        for _ in range(runs)
    ]
    return [Cost(c.cpu_ms / together, c.wall_ms / together, c.queries // together) for c in found]


def _hits(user: User, text: str) -> int:
    return selector.search(user, text).total


def _part(found: list[Cost], hits: list[int]) -> dict[str, float]:
    return {
        "cpu_ms_median": round(statistics.median(one.cpu_ms for one in found), 1),
        "cpu_ms_max": round(max(one.cpu_ms for one in found), 1),
        "wall_ms_median": round(statistics.median(one.wall_ms for one in found), 1),
        "queries": max(one.queries for one in found),
        "hits_median": statistics.median(hits),
    }
