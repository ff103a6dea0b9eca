"""Databases of the suite: one migrated template, cheap clones of it, work done as the app role."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg import sql

from tests import reporting

pytest_plugins = ["tests.personas", "tests.browsing"]

# Playwright keeps an event loop in this process; the tests that share it are synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

DROP_COMMANDS = ("DROP DATABASE IF EXISTS {}", "DROP DATABASE IF EXISTS {} WITH (FORCE)")
DROP_ATTEMPTS = 20
BASE_DIR = Path(settings.BASE_DIR)
pytest_terminal_summary = reporting.pytest_terminal_summary


def database_url(base: str, name: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(base)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


def owner_url(name: str) -> str:
    return database_url(os.environ["DATABASE_OWNER_URL"], name)


def app_url(name: str) -> str:
    return database_url(os.environ["DATABASE_URL"], name)


def _schema_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(BASE_DIR.glob("**/migrations/*.py")):
        if ".venv" not in path.parts and "node_modules" not in path.parts:
            digest.update(path.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _administrate(statement: str, *names: str) -> None:
    # Not from the environment: committed_db points that at the database it will drop.
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
        identifiers = [sql.Identifier(name) for name in names]
        connection.execute(sql.SQL(statement).format(*identifiers))


def template_database() -> str:
    """A migrated database, made once per state of the migrations and kept on the server."""
    name = f"ecm_template_{_schema_hash()}"
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(4711)")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if known.fetchone() is None:
            _make_template(name)
    return name


def _make_template(name: str) -> None:
    building = f"{name}_building"
    _administrate("DROP DATABASE IF EXISTS {}", building)
    _administrate("CREATE DATABASE {}", building)
    environment = os.environ | {"DATABASE_URL": owner_url(building)}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=BASE_DIR,
        env=environment,
        check=True,
    )
    _administrate("ALTER DATABASE {} RENAME TO {}", building, name)


def clone_of(template: str, name: str) -> None:
    """A new database with the template's content (tens of milliseconds)."""
    drop(name)
    _administrate("CREATE DATABASE {} TEMPLATE {}", name, template)


def drop(name: str) -> None:
    """Force may not end an autovacuum worker and a plain drop no session: in turns, until it goes."""
    for attempt in range(DROP_ATTEMPTS):
        try:
            _administrate(DROP_COMMANDS[attempt % 2], name)
            return
        except (psycopg.errors.ObjectInUse, psycopg.errors.InsufficientPrivilege):
            time.sleep(0.3)
    _administrate(DROP_COMMANDS[1], name)


def point_django_at(name: str) -> None:
    connection = connections["default"]
    connection.close()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


@pytest.fixture(scope="session", autouse=True)
def template_db() -> str:
    """The bench commands' databases are clones of it, too."""
    name = template_database()
    os.environ["ECM_SCRATCH_TEMPLATE"] = name
    return name


@pytest.fixture(scope="session")
def django_db_setup(template_db: str, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Every test's database is a clone, used as ecm_app: no test can write what the app may not."""
    name = f"test_ecm_{os.getpid()}"
    clone_of(template_db, name)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        point_django_at(name)
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections["default"].close()
    drop(name)


@contextmanager
def _own_database(template: str, blocker: object) -> Iterator[str]:
    shared = settings.DATABASES["default"]["NAME"]
    name = f"test_ecm_{os.getpid()}_own"
    clone_of(template, name)
    with blocker.unblock():  # type: ignore[attr-defined]
        point_django_at(name)
        try:
            yield name
        finally:
            point_django_at(shared)
    drop(name)


@pytest.fixture
def committed_db(
    django_db_setup: None,
    template_db: str,
    django_db_blocker: object,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """A database of its own in which commits are real: for workers, servers and faults.

    Subprocesses find it through DATABASE_URL. Yields its name.
    """
    with _own_database(template_db, django_db_blocker) as name:
        monkeypatch.setenv("DATABASE_URL", app_url(name))
        monkeypatch.setenv("DATABASE_OWNER_URL", owner_url(name))
        yield name


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of real files; the test is skipped by name where it is absent."""
    if not settings.TEST_DATA_DIR.is_dir():
        pytest.skip("Testdaten (ECM_TEST_DATA) fehlen")
    return Path(settings.TEST_DATA_DIR)
