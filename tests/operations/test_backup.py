"""Backup and restore, rehearsed on real databases and stores."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
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
    "SELECT relname, relkind, array(SELECT unnest(relacl)::text ORDER BY 1) FROM pg_class"
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


@pytest.fixture
def cities(template_db: str, tmp_path: Path) -> Iterator[tuple[City, City]]:
    """One city with content, one fresh one to restore into."""
    made = []
    for name in ("from", "to"):
        database = f"test_ecm_{os.getpid()}_{name}"
        clone_of(template_db, database)
        folder = tmp_path / name
        source = Source(owner_url(database), folder / "blobs", folder / "anchors")
        made.append(City(database, source))
    for number in range(30):
        made[0].store(f"Bescheid {number} über Grundsicherung".encode())
    made[0].store_in_database(b'{"lieferung": 1}')
    made[0].source.anchors.mkdir()
    (made[0].source.anchors / "anchors-1.jsonl").write_text("{}\n", encoding="utf-8")
    yield made[0], made[1]
    for city in made:
        drop(city.database)


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


def test_rehearsal_with_the_commands(cities: tuple[City, City], tmp_path: Path) -> None:
    """What the operator types: backup, verify, restore into an empty and a full installation."""
    old, new = cities
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


def test_restored_files_are_the_same_bytes(cities: tuple[City, City], tmp_path: Path) -> None:
    old, new = cities
    make_backup(old.source, tmp_path / "b")
    restored = restore_backup(tmp_path / "b", new.source, overwrite=True)
    assert restored.blob_rows == 30
    originals = sorted(path for path in old.source.blobs.rglob("*") if path.is_file())
    assert len(originals) == 30
    for path in originals:
        copy = new.source.blobs / path.relative_to(old.source.blobs)
        assert copy.read_bytes() == path.read_bytes()


def test_application_role_gets_its_rights_and_no_more(
    cities: tuple[City, City], tmp_path: Path
) -> None:
    old, new = cities
    make_backup(old.source, tmp_path / "b")
    restore_backup(tmp_path / "b", new.source, overwrite=True)
    with psycopg.connect(app_url(new.database), autocommit=True) as app:
        assert app.execute("SELECT count(*) FROM records_blob").fetchone() == (31,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM audit_auditentry")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE intruder (id int)")


def test_an_empty_database_needs_no_yes(cities: tuple[City, City], tmp_path: Path) -> None:
    old, new = cities
    make_backup(old.source, tmp_path / "b")
    with new.connect() as connection:
        connection.execute("DROP SCHEMA public CASCADE")
    restore_backup(tmp_path / "b", new.source, overwrite=False)
    assert new.contents() == old.contents()


def test_backup_while_files_arrive_is_consistent(cities: tuple[City, City], tmp_path: Path) -> None:
    old, new = cities
    stop = threading.Event()

    def arrive() -> None:
        number = 0
        while not stop.is_set():
            old.store(f"kommt während der Sicherung {number}".encode() * 500)
            number += 1

    writer = threading.Thread(target=arrive)
    writer.start()
    try:
        manifest = make_backup(old.source, tmp_path / "b")
    finally:
        stop.set()
        writer.join()
    restored = restore_backup(tmp_path / "b", new.source, overwrite=True)
    assert restored.blob_rows == manifest.blob_count >= 30
    with old.connect() as connection:
        row = connection.execute("SELECT count(*) FROM records_blob").fetchone()
    assert row is not None and row[0] > manifest.blob_count


def test_list_is_readable_by_sha256sum(cities: tuple[City, City], tmp_path: Path) -> None:
    make_backup(cities[0].source, tmp_path / "b")
    command = ["sha256sum", "--check", "--quiet", names.BLOB_LIST]
    assert subprocess.run(command, cwd=tmp_path / "b", check=False).returncode == 0


def test_store_layout_is_the_stores_own(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"x").digest()
    with override_settings(BLOB_DIR=tmp_path):
        assert blob_store.path_of(digest) == names.blob_path(tmp_path, digest.hex())


def test_damaged_file_in_the_store_stops_the_backup(
    cities: tuple[City, City], tmp_path: Path
) -> None:
    cities[0].store(b"heil").write_bytes(b"kaputt")
    with pytest.raises(BackupError, match="beschädigt"):
        make_backup(cities[0].source, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_missing_file_in_the_store_stops_the_backup(
    cities: tuple[City, City], tmp_path: Path
) -> None:
    cities[0].store(b"da").unlink()
    with pytest.raises(BackupError, match="fehlt, obwohl die Datenbank sie nennt"):
        make_backup(cities[0].source, tmp_path / "b")


def test_file_collected_meanwhile_is_listed_and_restores(
    cities: tuple[City, City], tmp_path: Path
) -> None:
    old, new = cities
    path = old.store(b"niemand nennt mich")
    path.unlink()
    with old.connect() as connection:
        connection.execute(
            "UPDATE records_blob SET state = 'deleting' WHERE sha256 = %s",
            [bytes.fromhex(path.name)],
        )
    manifest = make_backup(old.source, tmp_path / "b")
    assert manifest.collected == [path.name]
    assert restore_backup(tmp_path / "b", new.source, overwrite=True).blob_rows == 31


@pytest.mark.parametrize("victim", ["blob", "dump", "list", "manifest", "missing blob"])
def test_damaged_backup_is_refused_before_anything_is_touched(
    cities: tuple[City, City], tmp_path: Path, victim: str
) -> None:
    old, new = cities
    backup = tmp_path / "b"
    make_backup(old.source, backup)
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
    before = new.contents()
    with pytest.raises(BackupError):
        restore_backup(backup, new.source, overwrite=True)
    assert new.contents() == before
    assert not new.source.blobs.exists()


def test_unfinished_backup_is_no_backup(cities: tuple[City, City], tmp_path: Path) -> None:
    make_backup(cities[0].source, tmp_path / "b")
    (tmp_path / "b" / names.MANIFEST).unlink()
    with pytest.raises(BackupError, match="keine vollständige Sicherung"):
        verify_backup(tmp_path / "b")


def test_database_that_refuses_the_dump_stays_as_it_was(
    cities: tuple[City, City], tmp_path: Path
) -> None:
    """A dump that breaks off in the middle, with a manifest that fits: the old city remains."""
    old, new = cities
    backup = tmp_path / "b"
    make_backup(old.source, backup)
    dump = backup / names.DUMP
    content = dump.read_bytes()
    dump.write_bytes(content[: len(content) // 2])
    values = json.loads((backup / names.MANIFEST).read_text(encoding="utf-8"))
    values["dump_sha256"] = names.file_digest(dump)
    (backup / names.MANIFEST).write_text(json.dumps(values), encoding="utf-8")
    before = new.contents()
    with pytest.raises(BackupError, match="nimmt die Sicherung nicht an"):
        restore_backup(backup, new.source, overwrite=True)
    assert new.contents() == before


def test_connected_programs_stop_the_restore(cities: tuple[City, City], tmp_path: Path) -> None:
    old, new = cities
    make_backup(old.source, tmp_path / "b")
    with new.connect(), pytest.raises(BackupError, match="noch Programme verbunden"):
        restore_backup(tmp_path / "b", new.source, overwrite=True)


def test_present_anchors_are_never_replaced(cities: tuple[City, City], tmp_path: Path) -> None:
    old, new = cities
    make_backup(old.source, tmp_path / "b")
    new.source.anchors.mkdir(parents=True)
    (new.source.anchors / "anchors-1.jsonl").write_text("neuer\n", encoding="utf-8")
    assert restore_backup(tmp_path / "b", new.source, overwrite=True).anchors_kept
    assert (new.source.anchors / "anchors-1.jsonl").read_text(encoding="utf-8") == "neuer\n"


def test_damaged_file_in_the_target_store_is_replaced(
    cities: tuple[City, City], tmp_path: Path
) -> None:
    old, new = cities
    make_backup(old.source, tmp_path / "b")
    shutil.copytree(old.source.blobs, new.source.blobs)
    victim = next(path for path in new.source.blobs.rglob("*") if path.is_file())
    victim.write_bytes(b"verfault")
    restore_backup(tmp_path / "b", new.source, overwrite=True)
    assert names.file_digest(victim) == victim.name


def test_passwords_are_in_no_command_line(
    cities: tuple[City, City], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command of backup and restore is written down on its way to the real program."""
    called: list[str] = []
    real = subprocess.Popen.__init__

    def listening(self: object, command: list[object], *args: object, **kwargs: object) -> None:
        called.append(" ".join(map(str, command)))
        real(self, command, *args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess.Popen, "__init__", listening)
    old, new = cities
    make_backup(old.source, tmp_path / "b")
    restore_backup(tmp_path / "b", new.source, overwrite=True)
    assert {"pg_dump", "pg_restore", "psql"} <= {Path(one.split()[0]).name for one in called}
    password = str(psycopg.conninfo.conninfo_to_dict(old.source.url)["password"])
    assert len(password) > 10
    assert not any(password in one for one in called)
