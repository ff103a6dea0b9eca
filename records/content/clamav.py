"""Virus scan by a clamd server. Without one nothing waits: files go on, marked as not scanned."""

import socket
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import clamd

_CHUNK = 128 * 1024
_CONNECT_SECONDS = 2.0
_ANSWER_SECONDS = 120.0
_DEFAULT_PORT = 3310
# After a failed connection nobody tries again for this long: imports must not wait in line.
_PAUSE_SECONDS = 30.0


class ScanState(StrEnum):
    """What a scan ended with. TOO_LARGE: beyond clamd's StreamMaxLength."""

    CLEAN = "clean"
    FOUND = "found"
    TOO_LARGE = "too_large"
    UNREACHABLE = "unreachable"
    OFF = "off"


_TEXTS = {
    ScanState.CLEAN: "Keine Schadsoftware gefunden.",
    ScanState.TOO_LARGE: "Nicht auf Schadsoftware geprüft: Die Datei ist zu groß für den "
    "Virenscanner.",
    ScanState.UNREACHABLE: "Nicht auf Schadsoftware geprüft: Der Virenscanner ist nicht "
    "erreichbar.",
    ScanState.OFF: "Nicht auf Schadsoftware geprüft: Es ist kein Virenscanner eingerichtet.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of one scan; ``name`` of the malware when found, ``detail`` for operators."""

    state: ScanState
    name: str = ""
    detail: str = ""

    @property
    def text(self) -> str:
        """The result in plain German."""
        if self.state is ScanState.FOUND:
            return f"Schadsoftware gefunden: {self.name}."
        return _TEXTS[self.state]

    @property
    def is_checked(self) -> bool:
        """Whether a scanner really judged the file."""
        return self.state in (ScanState.CLEAN, ScanState.FOUND)


class Scanner:
    """A clamd at ``tcp://host:port`` or ``unix:///path``; an empty address means none is set up.

    Raises ValueError for other addresses. Scans never raise because of the server.
    """

    def __init__(
        self,
        url: str,
        *,
        connect_seconds: float = _CONNECT_SECONDS,
        answer_seconds: float = _ANSWER_SECONDS,
    ) -> None:
        self._address = _address(url) if url else None
        self._timeouts = (connect_seconds, answer_seconds)
        self._paused_until = 0.0
        self._last_failure = ""

    def scan(self, path: Path) -> Verdict:
        """Scan a file. Raises OSError only when the file itself cannot be read."""
        if self._address is None:
            return Verdict(ScanState.OFF)
        if time.monotonic() < self._paused_until:
            return Verdict(ScanState.UNREACHABLE, detail=self._last_failure)
        with path.open("rb") as file:
            return self._scan_open(file)

    def version(self) -> str | None:
        """Version line of the server (engine, signatures, date), or None when there is none."""
        if self._address is None:
            return None
        try:
            return str(self._connection().version())
        except (clamd.ClamdError, OSError):
            return None

    def _connection(self) -> "_Connection":
        if self._address is None:
            raise ValueError("no scanner set up")
        return _Connection(self._address, *self._timeouts)

    def _scan_open(self, file: IO[bytes]) -> Verdict:
        connection = self._connection()
        try:
            answer = connection.instream(_LargeChunks(file))
        except clamd.BufferTooLongError as error:
            return Verdict(ScanState.TOO_LARGE, detail=str(error))
        except (clamd.ClamdError, OSError) as error:
            return self._failed(connection, error)
        state, name = answer["stream"] if answer else ("ERROR", "no answer")
        if state == "FOUND":
            return Verdict(ScanState.FOUND, name=str(name))
        if state == "OK":
            return Verdict(ScanState.CLEAN)
        return Verdict(ScanState.UNREACHABLE, detail=str(name))

    def _failed(self, connection: "_Connection", error: Exception) -> Verdict:
        """clamd hangs up on files beyond its limit; anything else pauses the scanner."""
        if isinstance(error, ConnectionError) and connection.sent:
            return Verdict(ScanState.TOO_LARGE, detail=repr(error))
        self._paused_until = time.monotonic() + _PAUSE_SECONDS
        self._last_failure = repr(error)
        return Verdict(ScanState.UNREACHABLE, detail=self._last_failure)


Address = tuple[str, int] | str


def _address(url: str) -> Address:
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname:
        return parts.hostname, parts.port or _DEFAULT_PORT
    if parts.scheme == "unix" and parts.path:
        return parts.path
    raise ValueError(f"ECM_CLAMD_URL: tcp://host:port or unix:///path expected, not {url!r}")


class _LargeChunks:
    """The library reads 1 kB at a time; a chunk of the protocol may be larger."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, _wanted: int) -> bytes:
        return self._file.read(_CHUNK)


class _Connection(clamd.ClamdNetworkSocket):  # type: ignore[misc]
    """The library's client with a time limit on connecting, too, and complete sends."""

    def __init__(self, address: Address, connect_seconds: float, answer_seconds: float) -> None:
        self._address = address
        self._connect_seconds = connect_seconds
        self._answer_seconds = answer_seconds
        self.sent = False
        self.clamd_socket: Any = None

    def _init_socket(self) -> None:
        if isinstance(self._address, str):
            plain = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            plain.settimeout(self._connect_seconds)
            plain.connect(self._address)
        else:
            plain = socket.create_connection(self._address, self._connect_seconds)
        plain.settimeout(self._answer_seconds)
        self.clamd_socket = _Complete(plain, self)

    def _close_socket(self) -> None:
        if self.clamd_socket is not None:
            self.clamd_socket.close()


class _Complete:
    """A socket whose ``send`` sends everything."""

    def __init__(self, plain: socket.socket, connection: _Connection) -> None:
        self._plain = plain
        self._connection = connection
        self.makefile = plain.makefile
        self.close = plain.close

    def send(self, data: bytes) -> None:
        self._plain.sendall(data)
        self._connection.sent = True
