"""The sealer: nothing skipped, nothing twice, nobody waits."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections, transaction

from goettingen_ecm.audit import canonical, sealing
from goettingen_ecm.audit.models import AuditEntry, AuditSeal
from goettingen_ecm.audit.recording import record
from goettingen_ecm.audit.sealing import chain_head, seal_entries, take_lock
from goettingen_ecm.audit.selectors import seal_state
from goettingen_ecm.audit.verification.run import verify
from tests.audit.conftest import entry
from tests.audit.sealed import seal_everything, seal_in_time

WRITERS, SEALERS, SECONDS = 4, 2, 4.0
FOREIGN_TXID = 10**15


def in_thread(work: Callable[[], Any]) -> Any:
    """Run on a connection of its own and close it."""

    def run() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result(timeout=20)


def sealed_ids() -> list[int]:
    return list(AuditSeal.objects.order_by("seq").values_list("entry_id", flat=True))


def entry_ids() -> list[int]:
    return list(AuditEntry.objects.order_by("txid", "id").values_list("id", flat=True))


def test_entries_are_sealed_in_batches_in_the_order_of_their_transactions(committed: str) -> None:
    for first in (0, 10, 20):
        record([entry(number) for number in range(first, first + 10)])
    assert seal_in_time(30, batch=7) == 30
    assert sealed_ids() == entry_ids()
    assert list(AuditSeal.objects.order_by("seq").values_list("seq", flat=True)) == [*range(1, 31)]
    assert seal_entries() == 0
    assert verify().findings == []


def test_an_open_transaction_holds_back_what_came_after_it_and_nothing_else(
    committed: str,
) -> None:
    record([entry(1)])
    with transaction.atomic():
        record([entry(2)])
        in_thread(lambda: record([entry(3)]))
        assert in_thread(lambda: seal_in_time(1)) == 1, "2 is open, 3 is not below the horizon"
    assert seal_in_time(2) == 2
    assert sealed_ids() == entry_ids()


def test_an_open_transaction_of_another_database_holds_nothing_back(committed: str) -> None:
    with psycopg.connect(settings.DATABASE_OWNER_URL) as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        record([entry(1)])
        assert seal_in_time(1) == 1


def test_a_rolled_back_transaction_leaves_no_gap_in_the_chain(committed: str) -> None:
    with transaction.atomic():
        record([entry(1)])
        transaction.set_rollback(True)
    record([entry(2)])
    assert seal_in_time(1) == 1
    assert AuditSeal.objects.get().seq == 1


def test_a_writer_does_not_wait_for_the_sealer(committed: str) -> None:
    record([entry(1)])

    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")
        record([entry(2)])

    with transaction.atomic(), connection.cursor() as cursor:
        assert take_lock(cursor)
        sealing._seal_batch(cursor, None, 100)
        in_thread(write)
    assert AuditEntry.objects.count() == 2


def test_the_sealer_does_not_wait_for_a_writer(committed: str) -> None:
    def seal() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")
        return seal_in_time(1)

    record([entry(1)])
    with transaction.atomic():
        record([entry(2)])
        assert in_thread(seal) == 1


def test_a_second_sealer_leaves_at_once(committed: str) -> None:
    record([entry(1)])
    with transaction.atomic(), connection.cursor() as cursor:
        assert take_lock(cursor)
        assert in_thread(seal_entries) == 0
    assert seal_in_time(1) == 1


def _write_for_a_while(seed: int, until: float) -> int:
    """Transactions of random length and fate; returns how many entries were committed."""
    rng, committed = random.Random(seed), 0
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '500ms'")
    while time.monotonic() < until:
        with transaction.atomic():
            wanted = rng.randint(1, 5)
            record([entry(number) for number in range(wanted)])
            time.sleep(rng.choice([0, 0, 0.001, 0.01, 0.2]))
            record([entry(9)])
            if rng.random() < 0.2:
                transaction.set_rollback(True)
            else:
                committed += wanted + 1
    connections.close_all()
    return committed


def _seal_for_a_while(stop: threading.Event) -> int:
    sealed = 0
    while not stop.is_set():
        sealed += seal_entries(batch=50)
        stop.wait(0.01)
    connections.close_all()
    return sealed


def test_under_concurrent_writers_every_entry_is_sealed_exactly_once(committed: str) -> None:
    stop, until = threading.Event(), time.monotonic() + SECONDS
    with ThreadPoolExecutor(WRITERS + SEALERS) as pool:
        sealers = [pool.submit(_seal_for_a_while, stop) for _ in range(SEALERS)]
        writers = [pool.submit(_write_for_a_while, seed, until) for seed in range(WRITERS)]
        written = sum(one.result(timeout=30) for one in writers)
        stop.set()
        early = sum(one.result(timeout=30) for one in sealers)
    late = seal_in_time(written - early)
    assert written > 100
    assert early > written // 2, "the sealers worked while the writers did"
    assert early + late == written == AuditSeal.objects.count()
    assert sealed_ids() == entry_ids()
    assert verify().findings == []


def test_the_sealer_goes_on_after_a_dump_was_restored_into_a_new_cluster(
    committed: str, owner: str
) -> None:
    """There transaction numbers start low again: old rows carry numbers from the future."""
    record([entry(number) for number in range(5)])
    with connections[owner].cursor() as cursor:
        cursor.execute("UPDATE audit_auditentry SET txid = %s::text::xid8", [FOREIGN_TXID])
        month = f"to_char({canonical.ENTRY_MONTH}, 'YYYY-MM')"
        cursor.execute(
            f"SELECT e.id, e.txid::text, {month}, {canonical.ENTRY_SELECT}"
            " FROM audit_auditentry e ORDER BY e.id LIMIT 3"
        )
        rows = cursor.fetchall()
    with transaction.atomic(), connection.cursor() as cursor:
        sealing._write(cursor, chain_head(cursor), rows)
    record([entry(number) for number in range(4)])
    assert seal_in_time(6, batch=2) == 6
    record([entry(8)])
    assert seal_in_time(1) == 1
    assert sorted(sealed_ids()) == sorted(entry_ids())
    assert verify().findings == []


def test_the_state_tells_how_far_the_sealer_is_behind(committed: str) -> None:
    record([entry(1), entry(2)])
    seal_everything()
    record([entry(3)])
    state = seal_state()
    assert (state.sealed, state.unsealed) == (2, 1)
    assert 0 < state.lag.total_seconds() < 60
    seal_everything()
    assert seal_state().lag.total_seconds() == 0


def test_numbers_that_come_round_again_seal_nothing_twice(committed: str, owner: str) -> None:
    """Long after a restore the new cluster reaches the numbers of the old one."""
    record([entry(number) for number in range(3)])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        coming = int(cursor.fetchone()[0]) + 200
        with connections[owner].cursor() as by_owner:
            by_owner.execute("UPDATE audit_auditentry SET txid = %s::text::xid8", [coming])
        month = f"to_char({canonical.ENTRY_MONTH}, 'YYYY-MM')"
        cursor.execute(
            f"SELECT e.id, e.txid::text, {month}, {canonical.ENTRY_SELECT} FROM audit_auditentry e"
        )
        rows = cursor.fetchall()
        sealing._write(cursor, chain_head(cursor), rows)
    record([entry(4)])
    assert seal_in_time(1) == 1
    reached = 0
    while reached <= coming:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            reached = int(cursor.fetchone()[0])
    record([entry(5)])
    assert seal_in_time(1, batch=2) == 1
    assert len(sealed_ids()) == len(set(sealed_ids())) == 5
    assert verify().findings == []
