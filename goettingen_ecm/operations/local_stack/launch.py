"""``make run``: prepare database and static files, then web, worker and beat until Ctrl-C."""

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from goettingen_ecm.operations.local_stack.layout import PROJECT_DIR, Layout, var_dir
from goettingen_ecm.operations.local_stack.messages import compile_messages
from goettingen_ecm.operations.local_stack.problems import StackError
from goettingen_ecm.operations.local_stack.stack import Stack, require_writable
from goettingen_ecm.operations.local_stack.supervisor import (
    Supervisor,
    read_procfile,
    stop_orphans,
)

MINIMUM_FREE_BYTES = 1 << 30
READY_SECONDS = 90.0
DEMO_SECONDS = 300
DEMO_FOLDERS = ("blobs", "cache", "drop", "anchors", "mail")
Environment = dict[str, str]


def run() -> int:
    """Everything ``make run`` does after the packages are there.

    Raises StackError for a taken port, a second start, too little disk, a step that fails.
    """
    port = int(os.environ.get("ECM_PORT") or "8000")
    layout = Layout(var_dir())
    require_writable(layout.var)
    with single_instance(layout):
        stop_orphans(layout.processes_file)
        require_port(port)
        require_disk(layout.var)
        stack = Stack(os.environ, layout)
        say("PostgreSQL und Valkey werden gestartet")
        with stack.in_use() as addresses:
            environment = process_environment(addresses, port)
            prepare(environment, layout)
            serve(environment, layout, port)
    return 0


def process_environment(addresses: Mapping[str, str], port: int) -> Environment:
    """What manage.py, web, worker and beat see."""
    environment = dict(os.environ) | dict(addresses)
    environment.setdefault("DJANGO_SETTINGS_MODULE", "goettingen_ecm.settings.dev")
    environment.setdefault("ECM_SITE_ADDRESS", f"http://localhost:{port}")
    environment["ECM_BIND"] = f"127.0.0.1:{port}"
    environment["PYTHONUNBUFFERED"] = "1"
    # Celery warns root about pickled messages; ours are JSON.
    environment["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
    tools = Path(sys.executable).parent
    environment["PATH"] = f"{tools}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def prepare(environment: Environment, layout: Layout) -> None:
    """Migrations always, translations and static files when changed, the demo when missing."""
    say("Datenbank wird vorbereitet")
    manage(as_owner(environment), "migrate", "--noinput", "--verbosity", "0")
    compile_messages()
    collect_static(environment, layout)
    if demo_wanted(environment):
        say("Musterstadt wird geladen")
        manage(environment, "load_demo")


def serve(environment: Environment, layout: Layout, port: int) -> None:
    """Run the services until a signal; tell the address when the pages answer."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: stopping.set())
    services = read_procfile(PROJECT_DIR / "Procfile", environment)
    supervisor = Supervisor(services, environment, layout.processes_file, print_line)
    announcer = threading.Thread(target=announce, args=[environment, port, stopping], daemon=True)
    try:
        supervisor.start()
        announcer.start()
        while not stopping.wait(0.3):
            supervisor.tick()
    finally:
        say("Web, Worker und Beat werden beendet")
        supervisor.stop()


def announce(environment: Environment, port: int, stopping: threading.Event) -> None:
    """Wait for the first page and the demo delivery, then print address and logins."""
    wanted = demo_wanted(environment)
    commands = [["demo_status", "--wait", str(DEMO_SECONDS)], ["demo_logins"]] if wanted else []
    with reports(environment, commands) as asked:
        if not wait_until_ready(port, stopping):
            if not stopping.is_set():
                print_line(f"Fehler: nach {READY_SECONDS:.0f} s antwortet die Anwendung nicht.")
                stopping.set()
            return
        answers = [told(report, stopping) for report in asked]
    if not stopping.is_set():
        address = f"\n  Die eAkte läuft:  http://localhost:{port}/"
        lines = [*answers[:1], address, *answers[1:]]
        print_line("\n".join([*lines, "  Beenden mit Strg+C; die Daten bleiben in var/."]))


@contextmanager
def reports(
    environment: Environment, commands: list[list[str]]
) -> Iterator[list[subprocess.Popen[str]]]:
    """Management commands that answer while the services still start."""
    started = [
        subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for command in commands
    ]
    try:
        yield started
    finally:
        for report in started:
            report.kill()
            report.wait()


def told(report: subprocess.Popen[str], stopping: threading.Event) -> str:
    """Everything the command printed; empty when we are asked to stop before it ended."""
    while not stopping.is_set():
        try:
            return report.communicate(timeout=0.5)[0].rstrip()
        except subprocess.TimeoutExpired:
            continue
    return ""


def wait_until_ready(port: int, stopping: threading.Event) -> bool:
    """True when the readiness page answered 200 in time."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not stopping.wait(0.25):
        if is_ready(port):
            return True
    return False


def is_ready(port: int) -> bool:
    """One look at the readiness page, past any proxy of the machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/gesundheit/bereit", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def reset_demo() -> int:
    """Throw the demo city away; the next ``make run`` builds it anew.

    Raises StackError while the application runs, without demo mode, or on a server of others.
    """
    layout = Layout(var_dir())
    require_writable(layout.var)
    if not demo_wanted(os.environ):
        raise StackError("ECM_DEMO ist ausgeschaltet: hier liegen vielleicht echte Akten.")
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        raise StackError("reset-demo leert nur die eingebauten Server, nicht DATABASE_URL.")
    stack = Stack(os.environ, layout)
    with single_instance(layout), stack.in_use():
        stack.postgres.recreate_database()
        stack.valkey.flush()
        for name in DEMO_FOLDERS:
            if (layout.var / name).exists():
                shutil.rmtree(layout.var / name)
    say("Musterstadt ist geleert; make run lädt sie neu")
    return 0


@contextmanager
def single_instance(layout: Layout) -> Iterator[None]:
    """One ``make run`` per var folder; the kernel frees the lock when its holder dies."""
    with layout.run_lock.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(f"Die eAkte läuft schon mit den Daten in {layout.var}.") from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def stop_running(layout: Layout) -> None:
    """End a ``make run`` of this var folder from another terminal, and what a killed one left."""
    if not layout.run_lock.exists():
        return
    with layout.run_lock.open("r+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # The lock is held, so the pid in it is alive and is a make run.
            os.kill(int(handle.read()), signal.SIGTERM)
            fcntl.flock(handle, fcntl.LOCK_EX)
        stop_orphans(layout.processes_file)


def require_port(port: int) -> None:
    """StackError when somebody else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise StackError(f"Port {port} darf dieser Benutzer nicht öffnen.") from None
        except OSError:
            raise StackError(
                f"Port {port} ist belegt. Anderer Port: ECM_PORT={port + 1} make run"
            ) from None


def require_disk(folder: Path, needed: int = MINIMUM_FREE_BYTES) -> None:
    """StackError when fewer than ``needed`` bytes are free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        megabytes = f"{free >> 20} MB frei, {needed >> 20} MB nötig"
        raise StackError(f"Zu wenig Platz für Daten in {folder}: {megabytes}.")


def collect_static(environment: Environment, layout: Layout) -> None:
    """``collectstatic`` when a source file changed since the last time."""
    names = ("static", "node_modules", "docs/handbook/images")
    sources = [PROJECT_DIR / name for name in names]
    state = fingerprint(sources, [PROJECT_DIR / "requirements.txt"])
    stamp = layout.var / "static.stamp"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return
    say("Statische Dateien werden gesammelt")
    manage(environment, "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    stamp.write_text(state, encoding="utf-8")


def fingerprint(folders: list[Path], files: list[Path]) -> str:
    """A hash over names, sizes and times of all files below the folders."""
    digest = hashlib.sha256()
    found = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in [*found, *files]:
        status = path.stat()
        digest.update(f"{path}|{status.st_size}|{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def demo_wanted(environment: Mapping[str, str]) -> bool:
    """``make run`` shows the demo city unless ECM_DEMO switches it off."""
    return environment.get("ECM_DEMO", "1").strip().lower() not in {"0", "false", "no", "off", ""}


def as_owner(environment: Environment) -> Environment:
    """The same environment with the role that may change tables."""
    owner = environment.get("DATABASE_OWNER_URL") or environment["DATABASE_URL"]
    return environment | {"DATABASE_URL": owner}


def manage(environment: Environment, *arguments: str) -> None:
    """Run a management command; its output goes to the terminal. StackError when it fails."""
    require_success([sys.executable, "manage.py", *arguments], environment)


def require_success(command: list[str], environment: Environment) -> None:
    """StackError unless the command ends with 0."""
    result = subprocess.run(command, cwd=PROJECT_DIR, env=environment, check=False)
    if result.returncode != 0:
        raise StackError(f"{' '.join(command[1:3])} ist gescheitert (Meldung darüber).")


def print_line(text: str) -> None:
    """One write per line, because several threads print."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """A step of the set-up."""
    print_line(f"• {text} …")
