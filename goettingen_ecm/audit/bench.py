"""How fast this machine records, seals and verifies; measured on a throw-away database."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from goettingen_ecm.audit.anchoring import write_anchor_if_due
from goettingen_ecm.audit.anchors import AnchorStore
from goettingen_ecm.audit.recording import AuditRecord, ReadObject, record, record_read
from goettingen_ecm.audit.sealing import seal_entries
from goettingen_ecm.audit.verification.run import verify

ALIAS = "audit_bench"
BATCH = 300
FILED, READ = "bench.filed", "bench.read"
MIGRATION = ("audit", "0004_privileges")
TICKS = os.sysconf("SC_CLK_TCK")

Figures = dict[str, float]


def run_bench(owner_url: str, rows: int, seed: int) -> tuple[Figures, dict[str, Any]]:
    """Figures and conditions for ``rows`` entries; the database is made and dropped here."""
    with throw_away_database(owner_url), TemporaryDirectory() as folder:
        store = AnchorStore(Path(folder) / "anchors")
        figures = {
            **_record_bulk(rows, Random(seed)),  # noqa: S311 - test data, no secret
            **_record_one(max(rows // 100, 50)),
            **_reads(max(rows // 100, 50)),
            **_seal_and_verify(store),
        }
        return figures, _conditions(rows)


@contextmanager
def throw_away_database(owner_url: str) -> Iterator[None]:
    """A database of its own behind ALIAS with the audit tables only."""
    name = f"ecm_bench_audit_{os.getpid()}"
    _administrate(owner_url, "CREATE DATABASE {}", name)
    login = conninfo_to_dict(owner_url)
    connections.databases[ALIAS] = {
        **connections.databases["default"],
        "NAME": name,
        "USER": login["user"],
        "PASSWORD": login.get("password", ""),
        "HOST": login.get("host", ""),
        "PORT": login.get("port", ""),
    }
    try:
        MigrationExecutor(connections[ALIAS]).migrate([MIGRATION])
        yield
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.databases[ALIAS]
        _administrate(owner_url, "DROP DATABASE {}", name)


def _administrate(owner_url: str, statement: str, name: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL("{}").format(sql.SQL(statement).format(sql.Identifier(name))))


def _record_bulk(rows: int, rng: Random) -> Figures:
    """As an import writes them: 300 entries a transaction."""
    batches = [[_entry(rng) for _ in range(BATCH)] for _ in range(max(rows // BATCH, 1))]
    record(batches[0], using=ALIAS)
    wall, cpu = time.perf_counter(), cpu_seconds()
    for batch in batches:
        record(batch, using=ALIAS)
    count = len(batches) * BATCH
    wall, cpu = time.perf_counter() - wall, cpu_seconds() - cpu
    return {
        "record_cpu_ms_per_row": cpu * 1000 / count,
        "record_ms_per_row": wall * 1000 / count,
        "audit_entries_per_second": count / wall,
    }


def _record_one(times: int) -> Figures:
    rng = Random(1)  # noqa: S311 - test data, no secret
    taken = [_milliseconds(lambda: record([_entry(rng)], using=ALIAS)) for _ in range(times)]
    return {"record_one_ms_median": statistics.median(taken)}


def _reads(times: int) -> Figures:
    """Each document twice in a session: the first read is written, the second only noticed."""

    def read(number: int) -> Callable[[], Any]:
        one = ReadObject("records.document", number, UUID(int=number))
        who = {"actor_id": 1, "session_key": "bench", "using": ALIAS}
        return lambda: record_read(READ, one, **who)

    first = [_milliseconds(read(number)) for number in range(times)]
    second = [_milliseconds(read(number)) for number in range(times)]
    return {
        "read_ms_median": statistics.median(first),
        "read_ms_p95": statistics.quantiles(first, n=20)[-1],
        "repeated_read_ms_p95": statistics.quantiles(second, n=20)[-1],
    }


def _seal_and_verify(store: AnchorStore) -> Figures:
    started = time.perf_counter()
    sealed = seal_entries(using=ALIAS)
    seal_seconds = time.perf_counter() - started
    write_anchor_if_due(force=True, using=ALIAS, store=store)
    idle = _milliseconds(lambda: seal_entries(using=ALIAS))
    started = time.perf_counter()
    report = verify(using=ALIAS, store=store)
    if not report.ok or report.seals != sealed:
        raise RuntimeError(f"the chain just sealed does not verify: {report.findings[:3]}")
    return {
        "sealed_per_second": sealed / seal_seconds,
        "idle_seal_ms": idle,
        "verified_per_second": sealed / (time.perf_counter() - started),
    }


def _entry(rng: Random) -> AuditRecord:
    number = rng.randrange(10**6)
    return AuditRecord(
        action=FILED,
        system="OPEN/PROSOZ",
        operation_id=number // 300,
        object_type="records.document",
        object_id=number,
        object_uuid=UUID(int=rng.getrandbits(128), version=4),
        fields=["title", "sort_date"],
        digests={"sha256": f"{rng.getrandbits(256):064x}"},
        channel="connector",
    )


def cpu_seconds() -> float:
    """CPU time of this process and of its database backend so far (Linux accounting)."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / TICKS


def _milliseconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def _conditions(rows: int) -> dict[str, Any]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    load = os.getloadavg()[0]
    return {"rows": rows, "cores": os.cpu_count(), "load_average": load, "postgres": version}
