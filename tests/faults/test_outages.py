"""The broker, the database or the disk goes away: the import waits and goes on by itself."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.db import connection

from goettingen_ecm.operations.local_stack.postgres import APP, OWNER, binary
from goettingen_ecm.operations.local_stack.stack import Stack
from goettingen_ecm.settings.environment import database
from integrations.demo.city import build_city
from integrations.models import Delivery, DeliveryItem
from integrations.pipeline.checking import STORE_FULL
from records.blob_store import FREE_BYTES_KEPT
from tests.conftest import BASE_DIR
from tests.faults.conftest import Plant, night, nudger_of, pointed_at
from tests.faults.evidence import is_done, require_all_filed, sum_of

pytestmark = pytest.mark.faults


def some_received(name: str) -> bool:
    return DeliveryItem.objects.filter(delivery__name=name).exists()


def test_lost_broker(stopped_workers: Plant, own_stack: Stack) -> None:
    """Killed in the middle and started again: the queue is PostgreSQL, so nothing is missing."""
    plant = stopped_workers
    plant.start_worker()
    first = night(plant, "vor-ausfall")
    first.write()
    plant.wait_until(lambda: some_received("vor-ausfall"))
    kill_valkey(own_stack)
    second = night(plant, "im-ausfall")
    second.write()
    plant.nudge()
    own_stack.valkey.ensure()
    plant.wait_until(lambda: is_done("vor-ausfall") and is_done("im-ausfall"))
    require_all_filed(first)
    require_all_filed(second)


def kill_valkey(stack: Stack) -> None:
    pid = int((stack.layout.valkey_data / "valkey.pid").read_text())
    process = psutil.Process(pid)
    process.kill()
    process.wait(10)
    assert not stack.valkey.answers()


@pytest.fixture
def small_disk(stopped_workers: Plant) -> Iterator[Path]:
    """A file system of 257 MB of which the store keeps 256 free; skipped where we may not mount."""
    blobs = stopped_workers.home / "blobs"
    shutil.rmtree(blobs, ignore_errors=True)
    blobs.mkdir()
    size = FREE_BYTES_KEPT + 1024 * 1024
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "ecm-test", str(blobs)], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("kleines Dateisystem (tmpfs) lässt sich nicht einhängen")
    yield blobs
    subprocess.run(["umount", "--lazy", str(blobs)], check=True)


def test_full_disk(stopped_workers: Plant, small_disk: Path) -> None:
    """Entries wait where they are, the delivery says why; with room again they go on."""
    plant = stopped_workers
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * (1024 * 1024 - 200 * 1024))
    made = night(plant, "voll")
    for name in list(made.files):
        made.files[name] += b" " * 20_000
    for entry in made.entries:
        entry["dateien"] = [announced(made.files, one["name"]) for one in entry["dateien"]]
    made.write()
    plant.start_worker()
    plant.wait_until(lambda: Delivery.objects.filter(name="voll", problem=STORE_FULL).exists())
    waiting = sum_of("voll")
    assert waiting.total == 30
    assert waiting.open > 0
    assert waiting.clearing == 0
    ballast.unlink()
    plant.wait_until(lambda: is_done("voll"))
    require_all_filed(made)
    assert Delivery.objects.get(name="voll").problem == ""


@pytest.fixture
def own_database(own_stack: Stack, django_db_blocker: object, tmp_path: Path) -> Iterator[Plant]:
    """A whole PostgreSQL cluster that may be torn down under the workers."""
    own_stack.postgres.ensure()
    own_stack.valkey.ensure()
    environment = {
        "DATABASE_URL": own_stack.postgres.url(APP),
        "DATABASE_OWNER_URL": own_stack.postgres.url(OWNER),
        "REDIS_URL": own_stack.valkey.url(),
        "DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test",
        "ECM_TEST_RUN_DIR": str(tmp_path),
        "ECM_HEARTBEAT_DIR": str(tmp_path / "alive"),
        "ECM_IMPORT_BATCH": "8",
    }
    as_owner = {"DATABASE_URL": environment["DATABASE_OWNER_URL"]}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=BASE_DIR,
        env=os.environ | environment | as_owner,
        check=True,
    )
    plant = Plant(tmp_path, environment, nudger_of(environment))
    with django_db_blocker.unblock(), connected_to(environment), pointed_at(tmp_path):  # type: ignore[attr-defined]
        build_city()
        yield plant
        plant.stop_workers()


@contextmanager
def connected_to(environment: dict[str, str]) -> Iterator[None]:
    """This process's Django uses another server."""
    connection.close()
    before = connection.settings_dict
    connection.settings_dict = before | database(environment["DATABASE_URL"])
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before


def test_postgres_restart(own_database: Plant, own_stack: Stack) -> None:
    """Stopped without mercy in the middle: what was committed stands, the rest is done again."""
    plant = own_database
    worker = plant.start_worker()
    made = night(plant, "neustart", documents=40)
    made.write()
    plant.wait_until(lambda: some_received("neustart"))
    data = str(own_stack.layout.postgres_data)
    stop = [str(binary("pg_ctl")), "stop", "-D", data, "-m", "immediate"]
    assert own_stack.runner.run(stop).returncode == 0
    plant.nudge()
    time.sleep(1)
    own_stack.postgres.ensure()
    connection.close()
    plant.wait_until(lambda: is_done("neustart"))
    require_all_filed(made)
    assert worker.poll() is None, "the worker lived through it"


def announced(files: dict[str, bytes], name: str) -> dict[str, object]:
    data = files[name]
    sha256 = hashlib.sha256(data).hexdigest()
    return {"name": name, "sha256": sha256, "groesse": len(data), "rolle": "haupt"}
