"""``make run`` as a whole: first start, killed supervisor, second start, Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR, Layout

FIRST_START_SECONDS = 180
SECOND_START_SECONDS = 60
OURS = {"ECM_VAR_DIR", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}


class Run:
    """One ``make run`` without make, in a session of its own like a terminal's."""

    def __init__(self, var: Path, port: int) -> None:
        self.log = var.parent / f"run-{time.monotonic_ns()}.log"
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        environment = {**kept, "ECM_VAR_DIR": str(var), "ECM_PORT": str(port), "ECM_DEMO": "1"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "goettingen_ecm.operations.local_stack", "run"],
                cwd=PROJECT_DIR,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def wait_for(self, words: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.text():
            assert self.process.poll() is None, self.text()
            assert time.monotonic() < deadline, self.text()
            time.sleep(0.2)

    def control_c(self) -> int:
        """What a terminal does: the signal goes to the whole foreground group."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(60)


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    yield folder
    command = [sys.executable, "-m", "goettingen_ecm.operations.local_stack", "stop"]
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    subprocess.run(command, env={**environment, "ECM_VAR_DIR": str(folder)}, check=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processes_of(var: Path) -> list[str]:
    """Everything alive that was started for this var folder, by environment or arguments."""
    found = []
    for process in psutil.process_iter(["cmdline", "status", "pid"]):
        if process.info["status"] == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
            continue
        try:
            belongs = process.environ().get("ECM_VAR_DIR") == str(var)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            belongs = False
        words = process.info["cmdline"] or []
        if belongs or any(str(var) in word for word in words):
            found.append(" ".join(words))
    return found


def page(port: int) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        return str(answer.read().decode())


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_from_nothing_to_the_demo_and_back(var: Path) -> None:
    port = free_port()
    first = Run(var, port)
    first.wait_for("Beenden mit Strg+C", FIRST_START_SECONDS)
    assert "214 = 211 abgelegt + 2 Dubletten + 1 Klärungsfall" in first.text()
    assert f"http://localhost:{port}/" in first.text()
    assert "Sabine Brandt" in first.text()
    assert "Sabine Brandt" in page(port)

    # The supervisor dies without a chance to clean up; the port is still held by its orphans.
    first.process.kill()
    first.process.wait()
    assert processes_of(var)

    second = Run(var, port)
    second.wait_for("Beenden mit Strg+C", SECOND_START_SECONDS)
    assert "214 = 211 abgelegt" in second.text()
    assert "Lieferung liegt bereit" not in second.text()
    assert second.control_c() == 0
    assert processes_of(var) == []
    assert (Layout(var).postgres_data / "PG_VERSION").exists()
