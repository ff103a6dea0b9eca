"""A real child whose inspector first does what a file that exploits a parser could do."""

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from records.content.child import run
from records.content.inspector import inspect
from records.content.limits import Limits
from records.content.results import Inspection, InspectRequest


def _segfault(_path: Path) -> None:
    signal.raise_signal(signal.SIGSEGV)


def _spin(_path: Path) -> None:
    while True:
        pass


def _sleep(_path: Path) -> None:
    time.sleep(3_600)


def _nap(_path: Path) -> None:
    time.sleep(1.0)


def _swell(_path: Path) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(64 * 1024 * 1024))


def _lie(_path: Path) -> None:
    """Forged bytes instead of an answer; descriptors of the pipes are the first free ones."""
    for descriptor in range(3, 12):
        try:
            os.write(descriptor, b"\xff" * 64)
        except OSError:
            continue


def _complain(_path: Path) -> None:
    for _ in range(1_000):
        sys.stderr.write("x" * 1_000 + "\n")
    sys.stderr.write("letzte Worte")
    sys.stderr.flush()
    os.abort()


def _print(_path: Path) -> None:
    os.write(1, b"noise of a library")


def _break_out(path: Path) -> None:
    """Everything that must be refused; what was possible is the exception's text."""
    attempts: dict[str, Callable[[], object]] = {
        "socket": lambda: socket.socket(socket.AF_INET),
        "unix": lambda: socket.socket(socket.AF_UNIX),
        "write": lambda: os.open(path.parent / "new", os.O_WRONLY | os.O_CREAT),
        "append": lambda: os.open(path, os.O_WRONLY | os.O_APPEND),
        "unlink": lambda: path.unlink(),
        "rename": lambda: path.rename(path.parent / "moved"),
        "chmod": lambda: path.chmod(0o777),
        "mkdir": lambda: (path.parent / "folder").mkdir(),
        "execute": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "kill": lambda: os.kill(os.getppid(), 0),
    }
    possible = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except PermissionError:
            continue
        possible.append(name)
    raise OSError(f"possible: {possible}")


_ORDERS: dict[bytes, Callable[[Path], None]] = {
    b"SEGFAULT": _segfault,
    b"SPIN": _spin,
    b"SLEEP": _sleep,
    b"NAP": _nap,
    b"SWELL": _swell,
    b"LIE": _lie,
    b"COMPLAIN": _complain,
    b"PRINT": _print,
    b"BREAKOUT": _break_out,
}


def obedient(request: InspectRequest, limits: Limits, *, only_identify: bool = False) -> Inspection:
    """Carry out the order in the file's first line, then inspect as usual."""
    order = request.path.read_bytes()[:32].split(b"\n")[0]
    if order in _ORDERS and (not only_identify or request.path.name.startswith("always")):
        _ORDERS[order](request.path)
    return inspect(request, limits, only_identify=only_identify)


if __name__ == "__main__":
    run(obedient)
