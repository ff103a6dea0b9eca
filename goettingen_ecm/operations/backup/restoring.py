"""``manage.py restore``: check every hash, bring the files, replace the database in one transaction.

Nothing is touched before the whole backup proved sound. If the database part fails, the old
database is still there.
"""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO

import psycopg

from goettingen_ecm.operations.backup import manifest as names
from goettingen_ecm.operations.backup.making import Source
from goettingen_ecm.operations.backup.manifest import Manifest
from goettingen_ecm.operations.backup.postgres_tools import (
    connection_environment,
    server_major,
    tool,
)
from goettingen_ecm.operations.backup.problems import BackupError

# What PostgreSQL gives a new database; the dump then grants what the application needs.
_FRESH_SCHEMA = """
DROP SCHEMA IF EXISTS public CASCADE;
CREATE SCHEMA public;
ALTER SCHEMA public OWNER TO pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
"""
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
_FILES = "SELECT encode(sha256, 'hex'), size FROM records_blob WHERE storage = 'files'"
_DAMAGED_IN_DATABASE = (
    "SELECT count(*) FROM records_blob b LEFT JOIN records_blobcontent c ON c.blob_id = b.id"
    " WHERE b.storage = 'database' AND sha256(c.data) IS DISTINCT FROM b.sha256"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back; ``anchors_kept``: the present anchors were left as they are."""

    manifest: Manifest
    blob_rows: int
    anchors_kept: bool


def verify_backup(folder: Path) -> Manifest:
    """Read every byte of a backup. Raises BackupError at the first difference."""
    manifest = Manifest.read(folder)
    for name, expected in (
        (names.DUMP, manifest.dump_sha256),
        (names.BLOB_LIST, manifest.blob_list_sha256),
    ):
        _require_digest(folder / name, expected)
    count = 0
    for digest in names.read_blob_list(folder):
        _require_digest(names.blob_path(folder / names.BLOBS, digest), digest)
        count += 1
    if count != manifest.blob_count:
        raise BackupError(f"{folder}: {count} statt {manifest.blob_count} Dateien.")
    return manifest


def restore_backup(folder: Path, target: Source, *, overwrite: bool) -> Restored:
    """Bring a verified backup back into database and store.

    Raises BackupError when the backup is damaged, the database is not empty and ``overwrite`` is
    False, somebody is connected, the database refuses, or a row has no file afterwards.
    """
    manifest = verify_backup(folder)
    with psycopg.connect(target.url, autocommit=True) as connection:
        _require_free(connection, overwrite=overwrite)
        major = server_major(connection)
    _bring_blobs(folder, target.blobs)
    _replace_database(folder, target.url, major)
    with psycopg.connect(target.url) as connection:
        rows = verify_store(connection, target.blobs, set(manifest.collected))
    return Restored(manifest, rows, _bring_anchors(folder, target.anchors))


def verify_store(connection: psycopg.Connection, blobs: Path, collected: set[str]) -> int:
    """Every row has its file with its size, database contents have their hash; returns the rows.

    The bytes of the files were compared while they were brought. Raises BackupError.
    """
    count = 0
    for digest, size in connection.execute(_FILES):
        path = names.blob_path(blobs, digest)
        if digest not in collected and (not path.exists() or path.stat().st_size != size):
            raise BackupError(f"Zur Zeile {digest} fehlt die Datei {path}.")
        count += 1
    row = connection.execute(_DAMAGED_IN_DATABASE).fetchone()
    if row is None or row[0]:
        raise BackupError("In der Datenbank abgelegte Inhalte passen nicht zu ihrer Prüfsumme.")
    return count


def _require_digest(path: Path, expected: str) -> None:
    if not path.is_file():
        raise BackupError(f"In der Sicherung fehlt {path}.")
    if names.file_digest(path) != expected:
        raise BackupError(f"In der Sicherung ist {path} beschädigt.")


def _require_free(connection: psycopg.Connection, *, overwrite: bool) -> None:
    if _number(connection, _OTHERS):
        raise BackupError("Mit der Datenbank sind noch Programme verbunden: erst beenden.")
    tables = _number(connection, _TABLES)
    if tables and not overwrite:
        raise BackupError(
            f"Die Datenbank ist nicht leer ({tables} Tabellen). Mit --yes wird sie ersetzt."
        )


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def _bring_blobs(folder: Path, store: Path) -> None:
    """Copy what is missing or damaged in the store; other contents there stay untouched."""
    for digest in names.read_blob_list(folder):
        target = names.blob_path(store, digest)
        if not target.is_file() or names.file_digest(target) != digest:
            names.copy_verified(names.blob_path(folder / names.BLOBS, digest), target, digest)


def _replace_database(folder: Path, url: str, major: int) -> None:
    """One transaction: either the old database or the whole backup.

    psql commits when its input ends, so the input ends only after pg_restore read everything.
    """
    environment = connection_environment(url)
    script = [str(tool("pg_restore", major)), "--no-owner", "--file=-", str(folder / names.DUMP)]
    apply = [str(tool("psql", major)), "--no-psqlrc", "--quiet", "--single-transaction"]
    apply += ["--set=ON_ERROR_STOP=1", "--no-password", f"--command={_FRESH_SCHEMA}", "--file=-"]
    with (
        tempfile.TemporaryFile("w+") as words,
        subprocess.Popen(script, stdout=PIPE, stderr=words, env=environment) as reading,
        subprocess.Popen(apply, stdin=PIPE, stdout=DEVNULL, stderr=words, env=environment) as psql,
    ):
        _forward(reading, psql)
        if reading.wait() != 0:
            psql.kill()
        if psql.wait() != 0 or reading.returncode != 0:
            raise BackupError(f"Die Datenbank nimmt die Sicherung nicht an: {_last_line(words)}")


def _forward(reading: subprocess.Popen[bytes], psql: subprocess.Popen[bytes]) -> None:
    """Pump the script; the end of the input is given only when pg_restore succeeded."""
    if reading.stdout is None or psql.stdin is None:
        raise BackupError("Die Programme lassen sich nicht verbinden.")
    try:
        shutil.copyfileobj(reading.stdout, psql.stdin)
        if reading.wait() == 0:
            psql.stdin.close()
    except BrokenPipeError:
        # psql gave up; its own words say why. pg_restore need not go on.
        reading.kill()


def _last_line(words: IO[str]) -> str:
    words.seek(0)
    lines = [line.strip() for line in words if line.strip()]
    return lines[-1] if lines else "ohne Meldung"


def _bring_anchors(folder: Path, anchors: Path) -> bool:
    """Anchors are evidence from outside: present ones are never replaced by a backup's."""
    if anchors.is_dir() and any(anchors.iterdir()):
        return True
    if (folder / names.ANCHORS).is_dir():
        shutil.copytree(folder / names.ANCHORS, anchors, dirs_exist_ok=True)
    return False
