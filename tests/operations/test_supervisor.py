"""The supervisor with real processes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from goettingen_ecm.operations.local_stack.supervisor import (
    Service,
    Supervisor,
    read_procfile,
    stop_orphans,
)

SLEEPER = "import time; print('bereit', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('bereit', flush=True); time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, time; "
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print(child.pid, flush=True); time.sleep(60)"
)


class Rig:
    """A supervisor with its lines."""

    def __init__(self, state: Path, **scripts: str) -> None:
        self.lines: list[str] = []
        services = [Service(name, [sys.executable, "-c", code]) for name, code in scripts.items()]
        self.supervisor = Supervisor(services, os.environ, state, self.lines.append)

    def service(self, name: str) -> Service:
        return next(service for service in self.supervisor.services if service.name == name)

    def pid(self, name: str) -> int:
        process = self.service(name).process
        assert process is not None
        return process.pid

    def until(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.lines
            self.supervisor.tick()
            time.sleep(0.02)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Callable[..., Rig]]:
    made: list[Rig] = []

    def build(**scripts: str) -> Rig:
        made.append(Rig(tmp_path / "state.json", **scripts))
        made[-1].supervisor.start()
        return made[-1]

    yield build
    for one in made:
        one.supervisor.stop(grace=0)


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_lines_carry_the_name_of_their_service(rig: Callable[..., Rig]) -> None:
    one = rig(web=SLEEPER, worker=SLEEPER)
    one.until(lambda: len(one.lines) == 2)
    assert sorted(one.lines) == ["web    | bereit", "worker | bereit"]


def test_crashed_service_starts_again_and_the_other_one_is_left_alone(
    rig: Callable[..., Rig],
) -> None:
    one = rig(web=SLEEPER, worker=SLEEPER)
    one.until(lambda: len(one.lines) == 2)
    web, worker = one.pid("web"), one.pid("worker")
    os.kill(web, signal.SIGKILL)
    one.until(lambda: one.lines.count("web    | bereit") == 2)
    assert one.pid("web") != web
    assert one.pid("worker") == worker
    assert "web endete mit Status -9, Neustart in 1 s" in one.lines


def test_children_of_a_crashed_service_do_not_stay_behind(rig: Callable[..., Rig]) -> None:
    one = rig(worker=PARENT)
    one.until(lambda: bool(one.lines))
    child = int(one.lines[0].split("| ")[1])
    os.kill(one.pid("worker"), signal.SIGKILL)
    one.until(lambda: gone(child))


def test_delay_doubles_up_to_half_a_minute_and_is_forgotten_after_a_stable_run() -> None:
    service = Service("web", [], started_at=1000.0)
    assert [service.delay_after_crash(1000.5) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert service.delay_after_crash(1061.0) == 1


def test_stop_ends_gentle_and_stubborn_services_with_their_children(
    rig: Callable[..., Rig],
) -> None:
    one = rig(gentle=SLEEPER, stubborn=STUBBORN, parent=PARENT)
    one.until(lambda: len(one.lines) == 3)
    child = next(int(found[1]) for line in one.lines if (found := re.search(r"\| (\d+)$", line)))
    pids = [one.pid(name) for name in ("gentle", "stubborn", "parent")]
    one.supervisor.stop(grace=0.5)
    deadline = time.monotonic() + 5
    while not all(gone(pid) for pid in [*pids, child]):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not one.supervisor.state.exists()


def test_orphans_of_a_killed_supervisor_are_ended(tmp_path: Path) -> None:
    orphan = subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True)
    bystander = subprocess.Popen([sys.executable, "-c", SLEEPER], start_new_session=True)
    state = tmp_path / "state.json"
    created = psutil.Process(orphan.pid).create_time()
    entries = [
        {"pid": orphan.pid, "created": created},
        # A number that was given to another process since.
        {"pid": bystander.pid, "created": created - 1000},
    ]
    state.write_text(json.dumps(entries), encoding="utf-8")
    try:
        assert stop_orphans(state) == 1
        assert orphan.wait(5) == -signal.SIGTERM
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
    assert stop_orphans(state) == 0


def test_procfile_is_filled_from_the_environment(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("# note\nweb: serve --bind ${BIND} 'two words'\n", encoding="utf-8")
    (service,) = read_procfile(procfile, {"BIND": "127.0.0.1:1; rm x"})
    assert service.command == ["serve", "--bind", "127.0.0.1:1; rm x", "two words"]
    with pytest.raises(KeyError):
        read_procfile(procfile, {})
