"""What every ``bench_*`` command shares: a database of its own, CPU time, one JSON object at the end.

CPU time is the process's own plus that of its PostgreSQL backend, read from the operating system.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql


@contextmanager
def scratch_database(owner_url: str, purpose: str) -> Iterator[str]:
    """A freshly migrated database the default connection works on as the application role.

    Yields its application URL (for subprocesses) and drops it afterwards. ECM_SCRATCH_TEMPLATE
    names a database that is migrated already.
    """
    name = f"ecm_bench_{purpose}_{os.getpid()}"
    before = settings.DATABASES["default"]["NAME"]
    template = os.environ.get("ECM_SCRATCH_TEMPLATE")
    if template:
        _administrate(owner_url, "CREATE DATABASE {} TEMPLATE {}", name, template)
    else:
        _administrate(owner_url, "CREATE DATABASE {}", name)
    try:
        if not template:
            _migrate(url_of(owner_url, name))
        _point_at(name)
        yield url_of(settings.DATABASE_URL, name)
    finally:
        _point_at(before)
        _drop(owner_url, name)


def _migrate(owner: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": owner},
        check=True,
    )


def analyze(owner_url: str) -> None:
    """The planner's statistics of the scratch database; autovacuum would come too late.

    Only the owner of a table may: as the application it would be skipped with a warning.
    """
    name = connection.settings_dict["NAME"]
    with psycopg.connect(url_of(owner_url, name), autocommit=True) as owner:
        owner.execute("ANALYZE")


def url_of(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


def _administrate(owner_url: str, statement: str, *names: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as admin:
        admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _drop(owner_url: str, name: str) -> None:
    """Without force first: that waits for an autovacuum worker, which force may not end."""
    try:
        _administrate(owner_url, "DROP DATABASE {}", name)
    except psycopg.errors.ObjectInUse:
        _administrate(owner_url, "DROP DATABASE {} WITH (FORCE)", name)


def _point_at(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call took: milliseconds of CPU and of the clock, and how many queries."""

    cpu_ms: float
    wall_ms: float
    queries: int


def cost_of(call: Callable[[], Any]) -> Cost:
    """Measure one call on the default connection."""
    queries = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    backend = backend_process()
    cpu, wall = time.process_time() + backend_seconds(backend), time.perf_counter()
    with connection.execute_wrapper(count):
        call()
    wall = time.perf_counter() - wall
    cpu = time.process_time() + backend_seconds(backend) - cpu
    return Cost(cpu * 1000, wall * 1000, queries)


def backend_process() -> psutil.Process | None:
    """The server process of the default connection; None when it is not on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    return psutil.Process(pid) if psutil.pid_exists(pid) else None


def backend_seconds(process: psutil.Process | None) -> float:
    """CPU seconds the server process has used so far."""
    if process is None:
        return 0.0
    times = process.cpu_times()
    return float(times.user + times.system)


def conditions(**more: Any) -> dict[str, Any]:
    """Where the figures come from."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "cores": os.cpu_count(),
        "load_average": round(os.getloadavg()[0], 2),
        "postgres": version,
        "commit": commit.stdout.strip(),
        **more,
    }


def result(bench: str, figures: Mapping[str, float], parts: Any, facts: Mapping[str, Any]) -> str:
    """The one JSON object a bench command prints last."""
    rounded = {name: round(value, 3) for name, value in figures.items()}
    return json.dumps({"bench": bench, "figures": rounded, "parts": parts, "conditions": facts})
