"""How fast deliveries become searchable eAkten here: real Celery workers on a database of their own."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
from celery import Celery
from django.conf import settings
from django.db import connection

from goettingen_ecm.operations import benching
from integrations.benchmarks.stage_costs import stage_costs
from integrations.choices import DeliveryState
from integrations.demo.city import build_city
from integrations.demo.generator import DeliveryPlan, write_delivery
from integrations.models import Delivery
from integrations.selectors import delivery_sums

# As beat does, and a little faster at the start, so that both processes find the work at once.
NUDGE_SECONDS = 5.0
POLL_SECONDS = 1.0
DELIVERY_SIZE = 2_500
DOCUMENTS_PER_CASE = 6
BROKER_DATABASE = "/15"
WORKER_SESSIONS = "bench-worker"
CLERK = "brandt"
MEGABYTE = 1024 * 1024

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What is imported: ``warm_up`` documents first, which are not counted, then ``documents``."""

    documents: int
    warm_up: int
    staged: int
    seed: int
    workers: int = 2


@dataclass(slots=True)
class Measured:
    """Sums over the timed part; CPU in seconds, memory in bytes by process id."""

    wall: float = 0.0
    worker_cpu: float = 0.0
    sandbox_cpu: float = 0.0
    backend_cpu: dict[int, float] = field(default_factory=dict)
    first_rss: dict[int, int] = field(default_factory=dict)
    last_rss: dict[int, int] = field(default_factory=dict)
    reads_ms: list[float] = field(default_factory=list)


def measure(
    database_url: str, home: Path, plan: ImportPlan, say: Say
) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures and parts; the default connection must be on the scratch database already."""
    settings.DROP_DIR, settings.BLOB_DIR = home / "drop", home / "blobs"
    build_city()
    say(f"{plan.documents + plan.warm_up + plan.staged} Schreiben werden gesetzt")
    names = _write(home, plan)
    parts: dict[str, Any] = {"stages_cpu_ms_per_document": _staged(home, names.pop("staged"))}
    with _workers(database_url, home, plan.workers) as (worker, nudger):
        say("Aufwärmen")
        _import(home, names.pop("warm_up"), nudger)
        say(f"{plan.documents} Dokumente werden importiert")
        measured = _timed(database_url, home, names["timed"], worker, nudger)
    say(", ".join(one.text for one in delivery_sums(list(Delivery.objects.all())).values()))
    return _figures(measured, plan, parts), parts


def _write(home: Path, plan: ImportPlan) -> dict[str, list[str]]:
    """Deliveries beside the drop folder, by purpose; distinct documents in all of them."""
    prepared = home / "prepared"
    names: dict[str, list[str]] = {}
    seed = plan.seed
    for purpose, count in (
        ("staged", plan.staged), ("warm_up", plan.warm_up), ("timed", plan.documents),
    ):  # fmt: skip
        names[purpose] = []
        for size in _sizes(count):
            name = f"bench-{seed}"
            cases = max(1, size // DOCUMENTS_PER_CASE)
            write_delivery(prepared, DeliveryPlan(name, cases, size, seed, grey=True))
            names[purpose].append(name)
            seed += 1
    return names


def _sizes(count: int) -> list[int]:
    whole, rest = divmod(count, DELIVERY_SIZE)
    return [DELIVERY_SIZE] * whole + ([rest] if rest else [])


def _hand_over(home: Path, names: list[str]) -> None:
    drop = home / "drop" / "openprosoz"
    drop.mkdir(parents=True, exist_ok=True)
    for name in names:
        (home / "prepared" / name).rename(drop / name)
        (drop / f"{name}.ok").touch()


def _staged(home: Path, names: list[str]) -> dict[str, dict[str, float]]:
    """Where the milliseconds go: the same pipeline in this process, stage by stage."""
    _hand_over(home, names)
    return stage_costs()


@contextmanager
def _workers(
    database_url: str, home: Path, processes: int
) -> Iterator[tuple[psutil.Process, Celery]]:
    """A Celery worker as in the Procfile, on folders and a broker database of its own."""
    parts = urlsplit(settings.REDIS_URL)
    broker = urlunsplit((parts.scheme, parts.netloc, BROKER_DATABASE, parts.query, ""))
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": broker,
        "ECM_VAR_DIR": str(home),
        "ECM_DROP_DIR": str(home / "drop"),
        "ECM_TEST_RUN_DIR": str(home),
        "ECM_HEARTBEAT_DIR": str(home / "alive"),
        "ECM_PROCESS": WORKER_SESSIONS,
    }
    command = [sys.executable, "-m", "celery", "-A", "goettingen_ecm", "worker"]
    with (home / "worker.log").open("wb") as log:
        worker = subprocess.Popen(
            [*command, f"--concurrency={processes}", "--without-mingle", "--without-gossip"],
            cwd=settings.BASE_DIR,
            env=os.environ | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield psutil.Process(worker.pid), Celery("bench", broker=broker, set_as_current=False)
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(60)


def _import(
    home: Path, names: list[str], nudger: Celery, tick: Callable[[], Any] = time.time
) -> None:
    """Hand the deliveries over and wait until they are done; nudges as beat does."""
    _hand_over(home, names)
    last_nudge = 0.0
    while True:
        done = Delivery.objects.filter(name__in=names, state=DeliveryState.DONE).count()
        if done == len(names):
            return
        if time.monotonic() - last_nudge > NUDGE_SECONDS:
            last_nudge = time.monotonic()
            for _ in range(2):
                nudger.send_task("integrations.tasks.nudge_deliveries", expires=NUDGE_SECONDS)
        tick()
        time.sleep(POLL_SECONDS)


def _timed(
    database_url: str, home: Path, names: list[str], worker: psutil.Process, nudger: Celery
) -> Measured:
    measured = Measured()
    before = _cpu(worker)
    started = time.perf_counter()
    with _clerk_reading(database_url, measured.reads_ms):
        _import(home, names, nudger, lambda: _note(worker, measured))
    measured.wall = time.perf_counter() - started
    after = _cpu(worker)
    measured.worker_cpu, measured.sandbox_cpu = after[0] - before[0], after[1] - before[1]
    return measured


def _cpu(worker: psutil.Process) -> tuple[float, float]:
    """CPU seconds so far: of the pool's processes, and of their sandbox children, dead or alive."""
    pool = [worker, *worker.children()]
    living = [child for one in pool[1:] for child in one.children(recursive=True)]
    times = [one.cpu_times() for one in pool]
    own = sum(one.user + one.system for one in times)
    buried = sum(one.children_user + one.children_system for one in times)
    return own, buried + sum(map(benching.backend_seconds, living))


def _backends() -> list[psutil.Process]:
    """The workers' database sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = %s",
            [WORKER_SESSIONS],
        )
        pids = [pid for (pid,) in cursor.fetchall()]
    return [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]


def _note(worker: psutil.Process, measured: Measured) -> None:
    """Memory of the pool, CPU of its database sessions (a session ends with its task)."""
    for process in worker.children():
        rss = process.memory_info().rss
        measured.first_rss.setdefault(process.pid, rss)
        measured.last_rss[process.pid] = rss
    for backend in _backends():
        measured.backend_cpu[backend.pid] = benching.backend_seconds(backend)


@contextmanager
def _clerk_reading(database_url: str, taken_ms: list[float]) -> Iterator[None]:
    """A clerk reads documents all the while, each read logged."""
    reader = subprocess.Popen(
        [sys.executable, "-m", "integrations.benchmarks.reading_clerk", CLERK],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": database_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield
    finally:
        output, _errors = reader.communicate()
        taken_ms.extend(json.loads(output))


def _figures(measured: Measured, plan: ImportPlan, parts: dict[str, Any]) -> dict[str, float]:
    sessions = sum(measured.backend_cpu.values())
    cpu = measured.worker_cpu + measured.sandbox_cpu + sessions
    per_document = 1000 / plan.documents
    parts["cpu_ms_per_document"] = {
        "worker_python": round(measured.worker_cpu * per_document, 3),
        "sandbox": round(measured.sandbox_cpu * per_document, 3),
        "postgres_sessions": round(sessions * per_document, 3),
    }
    reads = measured.reads_ms
    parts["clerk_reads"] = {"count": len(reads), "ms_median": round(statistics.median(reads), 2)}
    growth = [measured.last_rss[pid] - rss for pid, rss in measured.first_rss.items()]
    parts["worker_rss_mb"] = [round(rss / MEGABYTE, 1) for rss in measured.last_rss.values()]
    return {
        "documents_per_second": plan.documents / measured.wall,
        "cpu_ms_per_document": cpu * per_document,
        "worker_rss_growth_mb": max(growth) / MEGABYTE,
        "clerk_read_ms_p95_during_import": statistics.quantiles(reads, n=20)[-1],
    }
