"""Backup and restore, rehearsed on real databases and stores."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.test import override_settings

from goettingen_ecm.operations.backup import manifest as names
from goettingen_ecm.operations.backup.making import Source, make_backup
from goettingen_ecm.operations.backup.problems import BackupError
from goettingen_ecm.operations.backup.restoring import restore_backup, verify_backup
from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR
from records import blob_store
from tests.conftest import app_url, clone_of, drop, owner_url

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
RIGHTS = (
    "SELECT relname, relkind, array(SELECT unnest(coalesce(relacl, acldefault("
    "CASE relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END, relowner)))::text ORDER BY 1)"
    " FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v') ORDER BY 1"
)
DEFAULT_RIGHTS = (
    "SELECT defaclobjtype, array(SELECT unnest(defaclacl)::text ORDER BY 1)"
    " FROM pg_default_acl WHERE defaclnamespace = 'public'::regnamespace ORDER BY 1"
)
INSERT_BLOB = (
    "INSERT INTO records_blob"
    " (sha256, size, storage, state, mime_type, problem, text_state, created_at)"
    " VALUES (%s, %s, %s, 'stored', 'text/plain', '', 'pending', now()) RETURNING id"
)


@dataclass
class City:
    """A scratch database with its store."""

    database: str
    source: Source

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.source.url, autocommit=True)

    def file(self, content: bytes) -> Path:
        return names.blob_path(self.source.blobs, hashlib.sha256(content).hexdigest())

    def store(self, content: bytes) -> Path:
        """As the product does it: the file first, then its row."""
        path = self.file(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        with self.connect() as connection:
            digest = hashlib.sha256(content).digest()
            connection.execute(INSERT_BLOB, [digest, len(content), "files"])
        return path

    def store_in_database(self, content: bytes) -> None:
        with self.connect() as connection:
            digest = hashlib.sha256(content).digest()
            row = connection.execute(INSERT_BLOB, [digest, len(content), "database"]).fetchone()
            assert row is not None
            connection.execute(
                "INSERT INTO records_blobcontent (blob_id, data) VALUES (%s, %s)", [row[0], content]
            )

    def contents(self) -> dict[str, str]:
        """A digest of every table's rows."""
        with self.connect() as connection:
            tables = [row[0] for row in connection.execute(TABLES)]
            return {table: _digest(connection, table) for table in tables}

    def rights(self) -> list[object]:
        with self.connect() as connection:
            return [*connection.execute(RIGHTS), *connection.execute(DEFAULT_RIGHTS)]


def _digest(connection: psycopg.Connection, table: str) -> str:
    query = f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t'
    row = connection.execute(query.encode()).fetchone()
    return str(row[0]) if row else ""


@contextmanager
def city(template: str, folder: Path, name: str) -> Iterator[City]:
    """A scratch city without content; its database is dropped at the end."""
    database = f"test_ecm_{os.getpid()}_{name}"
    clone_of(template, database)
    source = Source(owner_url(database), folder / name / "blobs", folder / name / "anchors")
    try:
        yield City(database, source)
    finally:
        drop(database)


@pytest.fixture(scope="module")
def old(template_db: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city with content; tests only add to it."""
    with city(template_db, tmp_path_factory.mktemp("old"), "from") as made:
        for number in range(30):
            made.store(f"Bescheid {number} über Grundsicherung".encode())
        made.store_in_database(b'{"lieferung": 1}')
        made.source.anchors.mkdir()
        (made.source.anchors / "anchors-1.jsonl").write_text("{}\n", encoding="utf-8")
        yield made


@pytest.fixture(scope="module")
def made_backup(old: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of ``old``; never changed by a test."""
    folder = tmp_path_factory.mktemp("backups") / "first"
    make_backup(old.source, folder)
    return folder


@pytest.fixture
def backup(made_backup: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    return Path(shutil.copytree(made_backup, tmp_path / "backup"))


@pytest.fixture
def new(template_db: str, tmp_path: Path) -> Iterator[City]:
    """A fresh city to restore into."""
    with city(template_db, tmp_path, "to") as made:
        yield made


def commands(city: City, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "DATABASE_URL": app_url(city.database),
        "DATABASE_OWNER_URL": city.source.url,
        "ECM_VAR_DIR": str(city.source.blobs.parent),
        "ECM_AUDIT_ANCHOR_DIR": str(city.source.anchors),
        "DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.dev",
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT_DIR,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_rehearsal_with_the_commands(old: City, new: City, tmp_path: Path) -> None:
    """What the operator types: backup, verify, restore; refused without ``--yes``."""
    target = tmp_path / "sicherung"
    made = commands(old, "backup", str(target))
    assert made.returncode == 0, made.stderr
    assert "30 Dateien" in made.stdout
    assert commands(old, "backup", str(target)).stderr.startswith("CommandError: ")
    assert commands(new, "restore", str(target), "--verify-only").returncode == 0

    refused = commands(new, "restore", str(target))
    assert refused.returncode == 1
    assert "nicht leer" in refused.stderr
    assert "Traceback" not in refused.stderr

    restored = commands(new, "restore", str(target), "--yes")
    assert restored.returncode == 0, restored.stderr
    assert new.contents() == old.contents()
    assert new.rights() == old.rights()
    assert (new.source.anchors / "anchors-1.jsonl").exists()


def test_restore_brings_the_same_bytes_and_the_same_rights(
    old: City, new: City, backup: Path
) -> None:
    originals = names.read_blob_list(backup)
    with new.connect() as connection:
        connection.execute("DROP SCHEMA public CASCADE")
    restored = restore_backup(backup, new.source, overwrite=False)
    assert restored.blob_rows == 30
    for digest in originals:
        copy = names.blob_path(new.source.blobs, digest)
        assert copy.read_bytes() == names.blob_path(old.source.blobs, digest).read_bytes()
    with psycopg.connect(app_url(new.database), autocommit=True) as app:
        assert app.execute("SELECT count(*) FROM records_blob").fetchone() == (31,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM audit_auditentry")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE intruder (id int)")


def test_list_is_readable_by_sha256sum(backup: Path) -> None:
    command = ["sha256sum", "--check", "--quiet", names.BLOB_LIST]
    assert subprocess.run(command, cwd=backup, check=False).returncode == 0


def test_store_layout_is_the_stores_own(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"x").digest()
    with override_settings(BLOB_DIR=tmp_path):
        assert blob_store.path_of(digest) == names.blob_path(tmp_path, digest.hex())


def test_missing_and_damaged_files_in_the_store_stop_the_backup(new: City, tmp_path: Path) -> None:
    path = new.store(b"heil")
    path.write_bytes(b"kaputt")
    with pytest.raises(BackupError, match="beschädigt"):
        make_backup(new.source, tmp_path / "b")
    path.unlink()
    with pytest.raises(BackupError, match="fehlt, obwohl die Datenbank sie nennt"):
        make_backup(new.source, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_file_collected_meanwhile_is_listed_and_restores(new: City, tmp_path: Path) -> None:
    new.store(b"bleibt")
    path = new.store(b"niemand nennt mich")
    path.unlink()
    with new.connect() as connection:
        connection.execute(
            "UPDATE records_blob SET state = 'deleting' WHERE sha256 = %s",
            [bytes.fromhex(path.name)],
        )
    manifest = make_backup(new.source, tmp_path / "b")
    assert (manifest.collected, manifest.blob_count) == ([path.name], 1)
    assert restore_backup(tmp_path / "b", new.source, overwrite=True).blob_rows == 2


def test_backup_while_files_arrive_is_consistent(new: City, tmp_path: Path) -> None:
    for number in range(20):
        new.store(f"war schon da {number}".encode())
    stop = threading.Event()

    def arrive() -> None:
        number = 0
        while not stop.is_set():
            new.store(f"kommt während der Sicherung {number}".encode() * 500)
            number += 1

    writer = threading.Thread(target=arrive)
    writer.start()
    try:
        manifest = make_backup(new.source, tmp_path / "b")
    finally:
        stop.set()
        writer.join()
    with new.connect() as connection:
        row = connection.execute("SELECT count(*) FROM records_blob").fetchone()
    assert row is not None
    assert row[0] > manifest.blob_count >= 20
    restored = restore_backup(tmp_path / "b", new.source, overwrite=True)
    assert restored.blob_rows == manifest.blob_count


@pytest.mark.parametrize("victim", ["blob", "dump", "list", "manifest", "missing blob"])
def test_damaged_backup_is_refused_before_anything_is_touched(
    backup: Path, tmp_path: Path, victim: str
) -> None:
    blob = next(path for path in (backup / names.BLOBS).rglob("*") if path.is_file())
    path = {
        "blob": blob,
        "missing blob": blob,
        "dump": backup / names.DUMP,
        "list": backup / names.BLOB_LIST,
        "manifest": backup / names.MANIFEST,
    }[victim]
    if victim == "missing blob":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    # An address where nobody listens: the first connection would raise another error.
    nowhere = Source("postgresql://nobody@127.0.0.1:1/x", tmp_path / "blobs", tmp_path / "anchors")
    with pytest.raises(BackupError):
        restore_backup(backup, nowhere, overwrite=True)
    assert not nowhere.blobs.exists()


def test_unfinished_backup_is_no_backup(backup: Path) -> None:
    (backup / names.MANIFEST).unlink()
    with pytest.raises(BackupError, match="keine vollständige Sicherung"):
        verify_backup(backup)


def test_database_that_refuses_the_dump_stays_as_it_was(new: City, backup: Path) -> None:
    """A dump that breaks off in the middle, with a manifest that fits: the old city remains."""
    dump = backup / names.DUMP
    content = dump.read_bytes()
    dump.write_bytes(content[: len(content) // 2])
    values = json.loads((backup / names.MANIFEST).read_text(encoding="utf-8"))
    values["dump_sha256"] = names.file_digest(dump)
    (backup / names.MANIFEST).write_text(json.dumps(values), encoding="utf-8")
    new.store(b"die alte Stadt")
    before = new.contents()
    with pytest.raises(BackupError, match="nimmt die Sicherung nicht an"):
        restore_backup(backup, new.source, overwrite=True)
    assert new.contents() == before


def test_connected_programs_stop_the_restore(new: City, backup: Path) -> None:
    with new.connect(), pytest.raises(BackupError, match="noch Programme verbunden"):
        restore_backup(backup, new.source, overwrite=True)


def test_present_anchors_stay_and_damaged_files_are_replaced(
    old: City, new: City, backup: Path
) -> None:
    new.source.anchors.mkdir(parents=True)
    (new.source.anchors / "anchors-1.jsonl").write_text("neuer\n", encoding="utf-8")
    shutil.copytree(old.source.blobs, new.source.blobs)
    victim = next(path for path in new.source.blobs.rglob("*") if path.is_file())
    victim.write_bytes(b"verfault")
    assert restore_backup(backup, new.source, overwrite=True).anchors_kept
    assert (new.source.anchors / "anchors-1.jsonl").read_text(encoding="utf-8") == "neuer\n"
    assert names.file_digest(victim) == victim.name


def test_passwords_are_in_no_command_line(
    old: City, new: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of backup and restore is written down on its way to the real program."""
    called: list[str] = []
    real = subprocess.Popen.__init__

    def listening(self: object, command: list[object], *args: object, **kwargs: object) -> None:
        called.append(" ".join(map(str, command)))
        real(self, command, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", listening)
    make_backup(old.source, tmp_path / "b")
    restore_backup(tmp_path / "b", new.source, overwrite=True)
    assert {"pg_dump", "pg_restore", "psql"} <= {Path(one.split()[0]).name for one in called}
    password = str(psycopg.conninfo.conninfo_to_dict(old.source.url)["password"])
    assert len(password) > 10
    assert not any(password in one for one in called)
