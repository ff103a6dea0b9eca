"""Starting, talking to and ending one child. Not thread-safe: ``sandbox.Sandbox`` holds the lock."""

import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import IO, Any

from records.content import wire
from records.content.limits import MIB, Limits

log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parent.parent.parent
_START_SECONDS = 30.0
_STDERR_KEPT = 800
_CHUNK = 1 << 20
# Page-sized bitmaps come from a heap that is kept instead of fresh zeroed pages each time: a third
# less CPU per page image. What the heap keeps is bounded by ``recycle_bytes``.
_HEAP = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * MIB),
    "MALLOC_TRIM_THRESHOLD_": str(128 * MIB),
}


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """How a child is bounded; bytes and seconds.

    ``cpu_seconds`` ends a request by the kernel, ``wall_seconds`` (waiting for disks included) by
    the parent; both grow with the size of a file. ``child_module`` is run with ``python -m``.
    """

    limits: Limits = field(default_factory=Limits)
    memory_bytes: int = 1536 * MIB
    cpu_seconds: float = 12.0
    wall_seconds: float = 40.0
    recycle_after: int = 4_000
    recycle_bytes: int = 320 * MIB
    child_module: str = "records.content.child"


class Ending(Enum):
    """How a child was lost."""

    CRASHED = "crashed"
    CPU_USED_UP = "cpu"
    TOO_SLOW = "slow"


class ChildLost(Exception):  # noqa: N818 - an expected event, answered by a new child
    """The child is gone (it was killed if it was too slow); its last words are the message."""

    def __init__(self, ending: Ending, words: str) -> None:
        super().__init__(words)
        self.ending = ending


class ChildProcess:
    """A running child. Raises OSError or ChildLost when it cannot be started."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.pid_of_owner = os.getpid()
        self._last_words = b""
        self._process = _start(settings)
        self._input = _pipe(self._process.stdin)
        self._output = _pipe(self._process.stdout)
        self._errors = _pipe(self._process.stderr)
        for pipe in (self._input, self._output, self._errors):
            os.set_blocking(pipe, False)
        hello, _data = self.receive(time.monotonic() + _START_SECONDS)
        self.filtered = bool(hello.get("filtered"))

    @property
    def pid(self) -> int:
        """Process id, for tests and the operator's page."""
        return self._process.pid

    def is_alive(self) -> bool:
        """False when the child ended since the last request."""
        return self._process.poll() is None

    def send(self, message: Mapping[str, Any], until: float) -> None:
        """Hand over a request. Raises ChildLost."""
        frame = memoryview(wire.encode(message))
        while frame:
            self._wait(self._input, select.POLLOUT, until)
            try:
                frame = frame[os.write(self._input, frame[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise self._lost() from None

    def receive(self, until: float) -> tuple[dict[str, Any], bytes]:
        """The next answer, at the latest at ``until`` (monotonic clock). Raises ChildLost."""
        try:
            body, binary = wire.lengths(self._read(wire.HEADER.size, until))
            return wire.decode(self._read(body, until)), self._read(binary, until)
        except wire.ProtocolError as error:
            self.kill()
            raise ChildLost(Ending.CRASHED, str(error)) from error

    def _read(self, length: int, until: float) -> bytes:
        data = bytearray()
        while len(data) < length:
            self._wait(self._output, select.POLLIN, until)
            with suppress(BlockingIOError):
                part = os.read(self._output, min(length - len(data), _CHUNK))
                if not part:
                    raise self._lost()
                data += part
        return bytes(data)

    def _wait(self, pipe: int, event: int, until: float) -> None:
        """Until ``pipe`` is ready; meanwhile what the child complains about is kept."""
        poll = select.poll()
        poll.register(pipe, event)
        poll.register(self._errors, select.POLLIN)
        while True:
            left = until - time.monotonic()
            if left <= 0:
                self.kill()
                raise ChildLost(Ending.TOO_SLOW, self._words())
            ready = dict(poll.poll(left * 1000))
            if self._errors in ready and not self._keep_words():
                poll.unregister(self._errors)
            if pipe in ready:
                return

    def _keep_words(self) -> bool:
        """False when the child closed its standard error."""
        try:
            words = os.read(self._errors, _STDERR_KEPT)
        except BlockingIOError:
            return True
        self._last_words = (self._last_words + words)[-_STDERR_KEPT:]
        return bool(words)

    def _keep_all_words(self) -> None:
        """What the ended child left in its pipe; a grandchild may still hold it open."""
        with suppress(BlockingIOError):
            while words := os.read(self._errors, _CHUNK):
                self._last_words = (self._last_words + words)[-_STDERR_KEPT:]

    def _words(self) -> str:
        return self._last_words.decode("utf-8", "replace").strip()

    def _lost(self) -> ChildLost:
        """The child closed its pipe: find out how it ended."""
        self._reap()
        self._keep_all_words()
        code = self._process.returncode
        ending = Ending.CPU_USED_UP if code == -signal.SIGXCPU else Ending.CRASHED
        words = self._words()
        self.close()
        return ChildLost(ending, f"exit {code}: {words}" if words else f"exit {code}")

    def _reap(self) -> None:
        try:
            self._process.wait(1.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End the child at once, whatever it does."""
        self._process.kill()
        self._process.wait()
        self.close()

    def close(self) -> None:
        """Let an idle child leave by closing its input."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        self._reap()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def disown(self) -> None:
        """After a fork: drop the copies of the pipes, leave the process to its owner."""
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        # Not our child: neither wait for it nor warn about it.
        self._process.returncode = 0


def _pipe(stream: IO[bytes] | None) -> int:
    if stream is None:
        raise ValueError("started without pipes")
    return stream.fileno()


def _start(settings: SandboxSettings) -> "subprocess.Popen[bytes]":
    # The kernel's signal goes with the thread that started the child; other threads than the main
    # one may end early, then the closed pipe tells the child to leave.
    is_main = threading.current_thread() is threading.main_thread()
    arguments = {
        "limits": settings.limits.as_dict(),
        "memory_bytes": settings.memory_bytes,
        "cpu_seconds": settings.cpu_seconds,
        "recycle_after": settings.recycle_after,
        "recycle_bytes": settings.recycle_bytes,
        "die_with": os.getpid() if is_main else 0,
    }
    return subprocess.Popen(
        [sys.executable, "-B", "-m", settings.child_module, json.dumps(arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=_ROOT,
        env=_environment(),
        start_new_session=True,
    )


def _environment() -> dict[str, str]:
    """No secrets for a process that opens hostile files; a heap that keeps its pages."""
    kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
    return kept | {"PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"} | _HEAP
