"""Aktenzeichen under parallel workers and rollbacks: unique, gap-free, never reused (A6, A7)."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.operation import Acting, begin
from integrations.demo import city as demo_city
from records.models import CaseFile, FilePlan, FilePlanEntry, NumberCounter, SpecialistSystem
from records.services import numbering
from records.services.actor import Actor, connector
from records.services.case_files import NewCaseFile, open_case_files

WORKERS = 4
YEAR = 2026


class Rollback(Exception):  # noqa: N818 - thrown on purpose to undo a transaction
    pass


@pytest.fixture
def committed_city(committed_db: str) -> None:
    demo_city.build_city()


def machine() -> Actor:
    return Actor(begin("test", Acting()))


def entry(code: str) -> FilePlanEntry:
    return FilePlanEntry.objects.get(code=code)


def wish(code: str, unit: str, key: str = "") -> NewCaseFile:
    return NewCaseFile(
        entry(code),
        OrgUnit.objects.get(code=unit),
        "Akte",
        foreign_key=("1", key) if key else None,
    )


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


def test_a6_a_number_is_not_reused_after_its_file_is_gone(city: None) -> None:
    [first] = open_case_files([wish("63.10", "63.1")], machine())
    CaseFile.objects.filter(pk=first.pk).delete()
    [second] = open_case_files([wish("63.10", "63.1")], machine())
    assert second.aktenzeichen != first.aktenzeichen
    assert second.aktenzeichen.startswith("63.10-0002/")


def test_numbers_begin_anew_each_year_and_in_each_entry(city: None) -> None:
    key = entry("63.10").pk, entry("63.20").pk
    assert numbering.reserve([(key[0], 2026), (key[1], 2026), (key[0], 2026)]) == [1, 1, 2]
    assert numbering.reserve([(key[0], 2027), (key[0], 2026)]) == [1, 3]


class TestScheme:
    def test_a6_the_scheme_of_the_plan_decides(self, city: None) -> None:
        FilePlan.objects.update(
            number_scheme="{unit} {year}.{number:06d} - {entry}", case_scheme="{entry}/F {key}"
        )
        [subject] = open_case_files([wish("63.10", "63.1")], machine())
        assert subject.aktenzeichen == f"63.1 {clock.today().year}.000001 - 63.10"
        [case] = open_case_files([wish("63.10", "63.1", key="4711")], machine())
        assert case.aktenzeichen == "63.10/F 4711"

    @pytest.mark.parametrize(
        "scheme",
        ["{entry}-{number}", "{number}/{year}", "{entry}/{year}", "fest", "{entry}{number}{year}{x}",
         "{entry}-{number:04x}/{year", "{entry}-{number}/{year}{}", "{entry.code}{number}{year}"],
    )  # fmt: skip
    def test_a6_a_scheme_that_could_repeat_a_number_is_refused(self, db: None, scheme: str) -> None:
        plan = FilePlan(code="X", title="X", valid_from=clock.today(), number_scheme=scheme)
        with pytest.raises(ValidationError) as refused:
            plan.full_clean()
        assert set(refused.value.message_dict) == {"number_scheme"}

    def test_the_defaults_are_valid(self, db: None) -> None:
        FilePlan(code="X", title="X", valid_from=clock.today()).full_clean()

    def test_the_same_case_number_of_two_mandants_gets_both_a_file(self, city: None) -> None:
        system = SpecialistSystem.objects.get(code="openprosoz")
        wanted = [
            NewCaseFile(
                entry("50.10"),
                OrgUnit.objects.get(code="50.1"),
                "Fall",
                foreign_key=(mandant, "4711"),
            )
            for mandant in ("A", "B")
        ]
        files = open_case_files(wanted, connector(system, "test"))
        assert {f.aktenzeichen for f in files} == {"50.10-4711/A", "50.10-4711/B"}

    def test_the_same_key_twice_is_refused_by_the_database(self, city: None) -> None:
        system = SpecialistSystem.objects.get(code="openprosoz")
        one = NewCaseFile(
            entry("50.10"), OrgUnit.objects.get(code="50.1"), "Fall", foreign_key=("A", "4711")
        )
        open_case_files([one], connector(system, "test"))
        with pytest.raises(IntegrityError), transaction.atomic():
            open_case_files([one], connector(system, "test"))


class TestOverflow:
    """A7: a full entry continues as "Kennzeichen.lfd", by itself."""

    def fill(self, code: str, capacity: int, files: int) -> list[str]:
        FilePlanEntry.objects.filter(code=code).update(capacity=capacity)
        opened = open_case_files([wish(code, "63.1") for _ in range(files)], machine())
        return [f.entry.code for f in opened]

    def test_a7_a_batch_flows_over_into_as_many_entries_as_needed(self, city: None) -> None:
        assert self.fill("63.10", 2, 5) == ["63.10", "63.10", "63.10.1", "63.10.1", "63.10.2"]
        assert self.fill("63.10", 2, 2) == ["63.10.2", "63.10.3"]

    def test_a7_the_continuation_is_a_full_entry_of_its_own(self, city: None) -> None:
        self.fill("63.10", 1, 2)
        base, next_one = entry("63.10"), entry("63.10.1")
        assert next_one.overflow_of == base
        assert next_one.ancestors == [*base.ancestors[:-1], next_one.pk]
        for name in ("title", "lead_unit", "circle", "disposition", "capacity", "parent"):
            assert getattr(next_one, name) == getattr(base, name), name
        [file] = next_one.case_files.all()
        assert file.aktenzeichen == f"63.10.1-0001/{clock.today().year}"

    def test_a7_opening_in_the_continuation_itself_counts_on(self, city: None) -> None:
        self.fill("63.10", 1, 2)
        [file] = open_case_files([wish("63.10.1", "63.1")], machine())
        assert file.entry.code == "63.10.2"

    def test_a7_an_entry_of_that_name_is_skipped(self, city: None) -> None:
        base = entry("63.10")
        FilePlanEntry(plan=base.plan, parent=base.parent, code="63.10.1", title="anderes").save()
        assert self.fill("63.10", 1, 2) == ["63.10", "63.10.2"]

    def test_a7_case_files_of_connectors_flow_over_too(self, city: None) -> None:
        FilePlanEntry.objects.filter(code="63.10").update(capacity=2)
        opened = open_case_files([wish("63.10", "63.1", key=str(n)) for n in range(3)], machine())
        assert [f.entry.code for f in opened] == ["63.10", "63.10", "63.10.1"]
        assert [f.aktenzeichen for f in opened] == ["63.10-0", "63.10-1", "63.10-2"]

    @pytest.mark.parametrize("kind", ["sachakte", "fallakte"])
    def test_a7_parallel_workers_at_the_edge(self, committed_city: None, kind: str) -> None:
        """Nobody fails, nobody makes the same continuation twice, Sachakten fill exactly."""
        FilePlanEntry.objects.filter(code="63.10").update(capacity=5)

        def work(worker: int) -> None:
            for number in range(4):
                key = f"{worker}-{number}" if kind == "fallakte" else ""
                open_case_files([wish("63.10", "63.1", key=key)], machine())

        in_parallel(work)
        counts = {
            e.code: e.case_files.count()
            for e in FilePlanEntry.objects.filter(code__startswith="63.10")
        }
        assert sum(counts.values()) == 4 * WORKERS
        if kind == "sachakte":
            assert counts == {"63.10": 5, "63.10.1": 5, "63.10.2": 5, "63.10.3": 1}
        else:
            # Counted without a lock: at most one file of each other worker too many.
            assert all(count <= 5 + WORKERS - 1 for count in counts.values())
