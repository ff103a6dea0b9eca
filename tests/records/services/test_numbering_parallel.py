"""Aktenzeichen under parallel workers and rollbacks: unique, gap-free, never reused (A6, A7)."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goettingen_ecm.operations import clock
from integrations.demo import city as demo_city
from records.models import CaseFile, FilePlanEntry, NumberCounter
from records.services import numbering
from records.services.case_files import open_case_files
from tests.records.services.test_numbering import entry, machine, wish

WORKERS = 4


class Rollback(Exception):  # noqa: N818 - thrown on purpose to undo a transaction
    pass


@pytest.fixture
def committed_city(committed_db: str) -> None:
    demo_city.build_city()


def in_parallel(work: Callable[[int], None], workers: int = WORKERS) -> None:
    """Run ``work(n)`` in threads with connections of their own; the first error is raised."""
    barrier = threading.Barrier(workers)

    def one(number: int) -> None:
        try:
            barrier.wait(30)
            work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(one, n) for n in range(workers)]:
            done.result(120)


def reserve_in_transaction(keys: list[tuple[int, int]], fails: bool) -> list[int]:
    try:
        with transaction.atomic():
            numbers = numbering.reserve(keys)
            if fails:
                raise Rollback
    except Rollback:
        return []
    return numbers


Batch = tuple[list[tuple[int, int]], bool]
BATCHES = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 2), st.integers(2025, 2026)), min_size=1, max_size=5),
        st.booleans(),
    ),
    min_size=4,
    max_size=24,
)


@pytest.fixture
def counted_entries(committed_city: None) -> Iterator[list[int]]:
    yield [entry(code).pk for code in ("63.10", "63.20", "10.10")]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batches=BATCHES)
def test_a6_numbers_are_unique_and_gap_free_per_counter(
    counted_entries: list[int], batches: list[Batch]
) -> None:
    NumberCounter.objects.all().delete()
    given_out: list[tuple[tuple[int, int], int]] = []
    lock = threading.Lock()

    def work(worker: int) -> None:
        for keys, fails in batches[worker::WORKERS]:
            wanted = [(counted_entries[index], year) for index, year in keys]
            numbers = reserve_in_transaction(wanted, fails)
            with lock:
                given_out.extend(zip(wanted, numbers, strict=False))

    in_parallel(work)
    for key in {key for key, _number in given_out}:
        numbers = sorted(number for k, number in given_out if k == key)
        assert numbers == list(range(1, len(numbers) + 1)), key
    last = {(c.entry_id, c.year): c.last for c in NumberCounter.objects.all()}
    assert {k: n for k, n in last.items() if n} == {
        key: sum(k == key for k, _n in given_out) for key, _number in given_out
    }


def test_a6_whole_files_by_parallel_workers_with_rollbacks(committed_city: None) -> None:
    """Real services, real commits: the aktenzeichen of committed files have neither gap nor twin."""
    committed: list[str] = []
    lock = threading.Lock()

    def work(worker: int) -> None:
        dice = random.Random(worker)
        for _round in range(6):
            wanted = [wish("63.10", "63.1") for _ in range(dice.randint(1, 4))]
            wanted += [wish("10.10", "10")] * dice.randint(0, 1)
            try:
                with transaction.atomic():
                    files = open_case_files(wanted, machine())
                    if dice.random() < 0.4:
                        raise Rollback
            except Rollback:
                continue
            with lock:
                committed.extend(f.aktenzeichen for f in files)

    in_parallel(work)
    stored = list(CaseFile.objects.values_list("aktenzeichen", flat=True))
    assert sorted(stored) == sorted(committed)
    year = clock.today().year
    for code in ("63.10", "10.10"):
        mine = sorted(number for number in stored if number.startswith(f"{code}-"))
        assert mine == [f"{code}-{n:04d}/{year}" for n in range(1, len(mine) + 1)]


@pytest.mark.parametrize("kind", ["sachakte", "fallakte"])
def test_a7_parallel_workers_at_the_edge(committed_city: None, kind: str) -> None:
    """Nobody fails, nobody makes the same continuation twice, Sachakten fill exactly."""
    FilePlanEntry.objects.filter(code="63.10").update(capacity=5)

    def work(worker: int) -> None:
        for number in range(4):
            key = f"{worker}-{number}" if kind == "fallakte" else ""
            open_case_files([wish("63.10", "63.1", key=key)], machine())

    in_parallel(work)
    counts = {
        e.code: e.case_files.count() for e in FilePlanEntry.objects.filter(code__startswith="63.10")
    }
    assert sum(counts.values()) == 4 * WORKERS
    if kind == "sachakte":
        assert counts == {"63.10": 5, "63.10.1": 5, "63.10.2": 5, "63.10.3": 1}
    else:
        # Counted without a lock: at most one file of each other worker too many.
        assert all(count <= 5 + WORKERS - 1 for count in counts.values())
