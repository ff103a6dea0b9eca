"""Real Celery workers, a real broker of their own, a database in which commits are real."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import kombu.exceptions
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from goettingen_ecm.operations.local_stack.layout import Layout
from goettingen_ecm.operations.local_stack.stack import Stack
from integrations.demo.city import build_city
from integrations.pipeline.faultpoints import FILE_VARIABLE
from tests.conftest import BASE_DIR, app_url, clone_of, drop, owner_url, point_django_at
from tests.integrations.pipeline.deliveries import DeliveryBuilder

PATIENCE_SECONDS = 60.0
BEAT_SECONDS = 0.4


@dataclass
class Plant:
    """Everything one import needs, apart from what other tests and servers use."""

    home: Path
    environment: dict[str, str]
    nudger: Celery
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def drop(self) -> Path:
        return self.home / "drop"

    @property
    def blobs(self) -> Path:
        return self.home / "blobs"

    @property
    def fault_file(self) -> Path:
        return self.home / "fault"

    def start_worker(self, processes: int = 1, **further: str) -> subprocess.Popen[bytes]:
        """A Celery worker as in the Procfile, its own session, its log in the plant's folder."""
        log = (self.home / f"worker{len(self.workers)}.log").open("wb")
        command = [sys.executable, "-m", "celery", "-A", "goettingen_ecm", "worker"]
        worker = subprocess.Popen(
            [*command, f"--concurrency={processes}", "--without-mingle", "--without-gossip"],
            cwd=BASE_DIR,
            env=os.environ | self.environment | further,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.workers.append(worker)
        return worker

    def stop_workers(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        self.workers.clear()

    def wait_until(self, done: Callable[[], bool], *, nudging: bool = True) -> None:
        """Nudge like beat does until it is so; fails with the workers' logs when it takes long."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not done():
            assert time.monotonic() < end, self.logs()
            if nudging:
                self.nudge()
            time.sleep(BEAT_SECONDS)

    def nudge(self) -> None:
        """One beat; a broker that is away is nobody's problem."""
        with suppress(kombu.exceptions.OperationalError):
            self.nudger.send_task("integrations.tasks.nudge_deliveries", expires=2.0, retry=False)

    def logs(self) -> str:
        files = sorted(self.home.glob("worker*.log"))
        return "\n".join(
            f"--- {one.name}\n{one.read_text(errors='replace')[-4000:]}" for one in files
        )


@contextmanager
def pointed_at(home: Path) -> Iterator[None]:
    """This process's Django uses the plant's folders, too."""
    before = (settings.DROP_DIR, settings.BLOB_DIR)
    settings.DROP_DIR, settings.BLOB_DIR = home / "drop", home / "blobs"
    try:
        yield
    finally:
        settings.DROP_DIR, settings.BLOB_DIR = before


@pytest.fixture(scope="session")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Servers from the wheels that only these tests use; each is started by whoever needs it."""
    stack = Stack({}, Layout(tmp_path_factory.mktemp("stack")))
    stack.runner.own_folder(stack.layout.service_dir)
    yield stack
    stack.valkey.stop()
    stack.postgres.stop()


@pytest.fixture(scope="module")
def plant(
    own_stack: Stack,
    django_db_setup: None,
    template_db: str,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Plant]:
    """Musterstadt in a database of its own, a broker, empty folders; no worker yet."""
    own_stack.valkey.ensure()
    home = tmp_path_factory.mktemp("plant")
    name = f"test_ecm_{os.getpid()}_faults"
    shared = settings.DATABASES["default"]["NAME"]
    clone_of(template_db, name)
    environment = {
        "DATABASE_URL": app_url(name),
        "DATABASE_OWNER_URL": owner_url(name),
        "REDIS_URL": own_stack.valkey.url(),
        "DJANGO_SETTINGS_MODULE": "goettingen_ecm.settings.test",
        "ECM_TEST_RUN_DIR": str(home),
        "ECM_HEARTBEAT_DIR": str(home / "alive"),
        "ECM_IMPORT_BATCH": "8",
        FILE_VARIABLE: str(home / "fault"),
    }
    with django_db_blocker.unblock(), pointed_at(home):  # type: ignore[attr-defined]
        point_django_at(name)
        build_city()
        made = Plant(home, environment, nudger_of(environment))
        yield made
        made.stop_workers()
        connection.close()
        point_django_at(shared)
    drop(name)


def nudger_of(environment: Mapping[str, str]) -> Celery:
    """Celery's sending half, on the plant's broker."""
    options = {"socket_connect_timeout": 1, "socket_timeout": 2}
    nudger = Celery("tests", broker=environment["REDIS_URL"], set_as_current=False)
    nudger.conf.broker_transport_options = options
    return nudger


@pytest.fixture
def stopped_workers(plant: Plant) -> Iterator[Plant]:
    """Tests that start workers of their own end them, too."""
    plant.stop_workers()
    yield plant
    plant.stop_workers()


def night(plant: Plant, name: str, documents: int = 30, cases: int = 4) -> DeliveryBuilder:
    """A delivery of distinct documents over a few cases, so that batches meet at the same files."""
    made = DeliveryBuilder(plant.drop, name)
    for number in range(documents):
        made.add(
            f"{name}-D{number}",
            f"Bescheid Nummer {number} der Nacht {name} über Grundsicherung",
            case=f"{name}-F{number % cases}",
        )
    return made
