"""Who wins where: the search of the eAkte beside other engines over the same lexemes."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import benching
from records.analysis import parse_query
from records.benchmarks import other_engines
from records.benchmarks.other_engines import CAP, SHOWN, Built
from records.benchmarks.search_quality import Corpus, Question, Score, judge
from records.search_index import Budget
from records.selectors import search as selector
from records.selectors.search import PLAIN, RANKED

OURS = "eakte"


@contextmanager
def engines() -> Iterator[dict[str, Built]]:
    """The other engines, filled from the search rows; their files go at the end."""
    with TemporaryDirectory(prefix="engines-") as folder:
        built = other_engines.build_all(Path(folder))
        try:
            yield built
        finally:
            other_engines.close_all(built.values())


def sizes(built: Mapping[str, Built]) -> dict[str, dict[str, float]]:
    """What building them took and takes."""
    return {
        name: {
            "documents": one.documents,
            "indexed_documents_per_cpu_second": round(one.documents_per_cpu_second),
            "megabytes": round(one.megabytes, 3),
        }
        for name, one in built.items()
    }


def speed(
    reader: User, asked: Mapping[str, Sequence[str]], built: Mapping[str, Built], runs: int
) -> dict[str, dict[str, float]]:
    """Class -> engine -> median CPU ms of counting and ranking, without any page around it.

    ``reader`` sees all, as the other engines' readers do.
    """
    found: dict[str, dict[str, float]] = {}
    for name, texts in asked.items():
        costs = {OURS: [_ours(reader, text, runs) for text in texts]}
        for engine, one in built.items():
            costs[engine] = [_theirs(one, text, runs) for text in texts]
        found[name] = {engine: round(statistics.median(ms), 2) for engine, ms in costs.items()}
    return found


def _ours(reader: User, text: str, runs: int) -> float:
    def find() -> list[int]:
        query = parse_query(text)
        hits = selector.collect(
            reader, query, PLAIN, newest=RANKED, cap=CAP, budget=Budget(selector.SECONDS)
        )
        return selector.in_order(hits, query, PLAIN)

    find()
    # The operating system counts a backend's CPU in ticks of 10 ms: many calls together.
    times = runs * 5
    cost = benching.cost_of(lambda: [find() for _ in range(times)])
    return cost.cpu_ms / times


def _theirs(built: Built, text: str, runs: int) -> float:
    return other_engines.cpu_ms(
        lambda: built.engine.search(parse_query(text).tsquery, SHOWN), runs + 1
    )


def quality(
    questions: Sequence[Question], corpus: Corpus, built: Mapping[str, Built]
) -> dict[str, dict[str, float]]:
    """Engine -> the same figures as ours; each lists as many hits as the eAkte does."""
    known = set(corpus.names.values())
    scores = {name: Score() for name in built}
    for question in questions:
        tsquery = parse_query(question.query).tsquery
        for name, one in built.items():
            ids = one.engine.search(tsquery, RANKED).ids
            ranked = [corpus.names[pk] for pk in ids if pk in corpus.names]
            judge(question, ranked, known, scores[name])
    return {name: score.figures() for name, score in scores.items()}


def report(built: Mapping[str, Built], **further: Any) -> dict[str, Any]:
    """The part of a bench command's result."""
    return {"engines": sizes(built), **further}
