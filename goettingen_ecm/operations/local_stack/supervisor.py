"""A small supervisor: starts the Procfile's services, restarts what dies, stops what it started.

Every service leads its own session, so Ctrl-C reaches only the supervisor, which then ends the
services in order: SIGTERM to the leader (a worker finishes its task), SIGKILL to its group later.
"""

import json
import os
import shlex
import signal
import string
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

GRACE_SECONDS = 20.0
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
# A service that ran this long starts again without delay, its earlier crashes are forgotten.
STABLE_SECONDS = 60.0

Say = Callable[[str], None]


@dataclass
class Service:
    """One line of the Procfile and its present process."""

    name: str
    command: list[str]
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    restart_at: float = 0.0
    crashes: int = 0
    pump: threading.Thread | None = field(default=None, repr=False)

    def delay_after_crash(self, now: float) -> float:
        """Seconds until the next start: 1, 2, 4 … 30; counted anew after a stable run."""
        self.crashes = 1 if now - self.started_at > STABLE_SECONDS else self.crashes + 1
        return min(FIRST_DELAY_SECONDS * 2.0 ** (self.crashes - 1), LONGEST_DELAY_SECONDS)


def read_procfile(path: Path, environment: Mapping[str, str]) -> list[Service]:
    """``name: command`` per line, ``${VARIABLE}`` from the environment; KeyError when unset."""
    services = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, command = line.split(":", 1)
            words = shlex.split(command)
            filled = [string.Template(word).substitute(environment) for word in words]
            services.append(Service(name.strip(), filled))
    return services


class Supervisor:
    """Runs services until ``stop()``; call ``tick()`` a few times per second."""

    def __init__(
        self, services: Iterable[Service], environment: Mapping[str, str], state: Path, say: Say
    ) -> None:
        self.services = list(services)
        self.environment = dict(environment)
        self.state = state
        self.say = say
        self._width = max(len(service.name) for service in self.services)

    def start(self) -> None:
        """Start every service once."""
        for service in self.services:
            self._start(service)

    def tick(self) -> None:
        """Notice what died and start what is due."""
        now = time.monotonic()
        for service in self.services:
            if service.process is not None and service.process.poll() is not None:
                self._bury(service, service.process, now)
            if service.process is None and now >= service.restart_at:
                self._start(service)

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """End all services; what has not ended after ``grace`` seconds is killed."""
        running = [service.process for service in self.services if service.process is not None]
        for process in running:
            _signal_leader(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + grace
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{process.args!r} endet nicht und wird abgebrochen")
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()
        for service in self.services:
            service.process = None
            if service.pump is not None:
                service.pump.join(timeout=2)
        self.state.unlink(missing_ok=True)

    def _start(self, service: Service) -> None:
        service.started_at = time.monotonic()
        service.process = subprocess.Popen(
            service.command,
            env=self.environment | {"ECM_PROCESS": f"ecm-{service.name}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        service.pump = threading.Thread(target=self._pump, args=[service], daemon=True)
        service.pump.start()
        self._remember()

    def _bury(self, service: Service, process: subprocess.Popen[str], now: float) -> None:
        # A dead leader's children have nobody who feeds or ends them.
        _signal_group(process.pid, signal.SIGKILL)
        service.process = None
        delay = service.delay_after_crash(now)
        service.restart_at = now + delay
        self.say(
            f"{service.name} endete mit Status {process.returncode}, Neustart in {delay:.0f} s"
        )
        self._remember()

    def _pump(self, service: Service) -> None:
        process = service.process
        if process is None or process.stdout is None:
            return
        for line in process.stdout:
            self.say(f"{service.name:<{self._width}} | {line.rstrip()}")

    def _remember(self) -> None:
        pids = [service.process.pid for service in self.services if service.process is not None]
        entries = [{"pid": pid, "created": _created(pid)} for pid in pids]
        self.state.write_text(json.dumps(entries), encoding="utf-8")


def stop_orphans(state: Path, grace: float = GRACE_SECONDS) -> int:
    """End the services of a supervisor that was killed; returns how many were still there.

    A pid is trusted only together with the moment its process was created.
    """
    if not state.exists():
        return 0
    entries = json.loads(state.read_text(encoding="utf-8"))
    orphans = [entry["pid"] for entry in entries if _created(entry["pid"]) == entry["created"]]
    for pid in orphans:
        _signal_leader(pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while any(_runs(pid) for pid in orphans) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in orphans:
        _signal_group(pid, signal.SIGKILL)
    state.unlink()
    return len(orphans)


def _created(pid: int) -> float:
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def _runs(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _signal_leader(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _signal_group(pid: int, number: signal.Signals) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers EPERM for a group of zombies.
        return
