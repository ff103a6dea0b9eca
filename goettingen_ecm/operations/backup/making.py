"""``manage.py backup``: the database's snapshot first, then the files its rows name.

Files are written before their rows and never change, so everything the snapshot names exists,
except contents without reference that the collector removed since; those are listed.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from goettingen_ecm.operations.backup import manifest as names
from goettingen_ecm.operations.backup.manifest import Manifest
from goettingen_ecm.operations.backup.postgres_tools import (
    connection_environment,
    last_line,
    server_major,
    tool,
)
from goettingen_ecm.operations.backup.problems import BackupError

_BLOBS = "SELECT encode(sha256, 'hex'), size FROM records_blob WHERE storage = 'files' ORDER BY 1"
_BYTES = (
    "SELECT coalesce(sum(size) FILTER (WHERE storage = 'files'), 0)"
    " + pg_database_size(current_database()) FROM records_blob"
)
FETCH = 2000


@dataclass(frozen=True, slots=True)
class Source:
    """What is backed up: the owner's database URL, the blob store, the anchors of the audit."""

    url: str
    blobs: Path
    anchors: Path


def make_backup(source: Source, target: Path) -> Manifest:
    """Write a complete backup into ``target`` (new or empty).

    Raises BackupError when the folder is taken, the disk too small, pg_dump fails or a file is
    missing or damaged. What was written until then stays in ``<target>.partial``.
    """
    partial = target.with_name(f"{target.name}.partial")
    _require_free(target)
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700, parents=True)
    with psycopg.connect(source.url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        _require_room(connection, partial)
        _dump(connection, source.url, partial)
        collected = _copy_blobs(connection, source, partial)
        version = str(connection.info.server_version)
    if source.anchors.is_dir():
        shutil.copytree(source.anchors, partial / names.ANCHORS)
    manifest = _describe(partial, collected, version)
    manifest.write(partial)
    _sync(partial)
    if target.exists():
        target.rmdir()
    partial.rename(target)
    return manifest


def _require_free(target: Path) -> None:
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"{target} ist nicht leer; bitte einen neuen Ordner nennen.")


def _require_room(connection: psycopg.Connection, folder: Path) -> None:
    row = connection.execute(_BYTES).fetchone()
    needed = int(row[0]) if row else 0
    free = shutil.disk_usage(folder).free
    if free < needed:
        text = f"{free >> 20} MB frei, bis zu {needed >> 20} MB gebraucht"
        raise BackupError(f"Zu wenig Platz in {folder.parent}: {text}.")


def _dump(connection: psycopg.Connection, url: str, folder: Path) -> None:
    """The dump sees exactly what this transaction sees."""
    row = connection.execute("SELECT pg_export_snapshot()").fetchone()
    snapshot = str(row[0]) if row else ""
    program = tool("pg_dump", server_major(connection))
    options = ["--format=custom", f"--snapshot={snapshot}", "--no-password"]
    result = subprocess.run(
        [program, *options, f"--file={folder / names.DUMP}"],
        env=connection_environment(url),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise BackupError(f"pg_dump scheitert: {last_line(result)}")


def _copy_blobs(connection: psycopg.Connection, source: Source, folder: Path) -> list[str]:
    """Copies every file the snapshot names; returns the collected ones."""
    collected: list[str] = []
    with _recent(source.url) as recent:
        names.write_blob_list(folder, _copied(connection, recent, source, folder, collected))
    return collected


def _copied(
    connection: psycopg.Connection,
    recent: psycopg.Connection,
    source: Source,
    folder: Path,
    collected: list[str],
) -> Iterator[str]:
    with connection.cursor("backup_blobs") as rows:
        rows.itersize = FETCH
        rows.execute(_BLOBS)
        for digest, size in rows:
            path = names.blob_path(source.blobs, digest)
            target = names.blob_path(folder / names.BLOBS, digest)
            try:
                copied = names.copy_verified(path, target, digest)
            except FileNotFoundError:
                _require_collected(recent, digest, path)
                collected.append(digest)
                continue
            if copied != size:
                raise BackupError(f"Datei {path} hat {copied} statt {size} Bytes.")
            yield digest


def _require_collected(recent: psycopg.Connection, digest: str, path: Path) -> None:
    """A missing file is right only when its row is gone by now, too."""
    query = "SELECT 1 FROM records_blob WHERE sha256 = decode(%s, 'hex') AND state = 'stored'"
    if recent.execute(query, [digest]).fetchone() is not None:
        raise BackupError(f"Datei {path} fehlt, obwohl die Datenbank sie nennt.")


@contextmanager
def _recent(url: str) -> Iterator[psycopg.Connection]:
    """A second connection that sees the present, not the snapshot."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def _describe(folder: Path, collected: list[str], version: str) -> Manifest:
    sizes = [
        names.blob_path(folder / names.BLOBS, digest).stat().st_size
        for digest in names.read_blob_list(folder)
    ]
    return Manifest(
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        server_version=version,
        dump_sha256=names.file_digest(folder / names.DUMP),
        dump_size=(folder / names.DUMP).stat().st_size,
        blob_list_sha256=names.file_digest(folder / names.BLOB_LIST),
        blob_count=len(sizes),
        blob_bytes=sum(sizes),
        collected=collected,
    )


def _sync(folder: Path) -> None:
    """Everything is on the disk before the folder gets its final name."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
