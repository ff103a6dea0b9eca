"""Both servers together: start what is missing, hand out addresses, stop with the last user."""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from goettingen_ecm.operations.local_stack import postgres, valkey
from goettingen_ecm.operations.local_stack.layout import Layout, Secrets, load_secrets, var_dir
from goettingen_ecm.operations.local_stack.postgres import Postgres
from goettingen_ecm.operations.local_stack.privileges import Runner, runner_for
from goettingen_ecm.operations.local_stack.problems import StackError
from goettingen_ecm.operations.local_stack.valkey import Valkey


class Stack:
    """The embedded servers of one var folder, without those the environment already names.

    Raises StackError when var/ cannot be used or root cannot give up its rights.
    """

    def __init__(self, environment: Mapping[str, str], layout: Layout | None = None) -> None:
        self.environment = environment
        self.layout = layout or Layout(var_dir())
        require_writable(self.layout.var)
        with locked(self.layout.start_lock):
            self.secrets: Secrets = load_secrets(self.layout)
        self.runner = self._runner()
        self.postgres = Postgres(self.layout, self.secrets, self.runner)
        self.valkey = Valkey(self.layout, self.secrets, self.runner)

    @property
    def wants_postgres(self) -> bool:
        """False when DATABASE_URL names another server."""
        return not self.environment.get("DATABASE_URL")

    @property
    def wants_valkey(self) -> bool:
        """False when REDIS_URL names another server."""
        return not self.environment.get("REDIS_URL")

    def ensure(self) -> None:
        """Start the wanted servers that do not run yet; two callers do not race."""
        with locked(self.layout.start_lock):
            self.runner.own_folder(self.layout.service_dir)
            if self.wants_postgres:
                self.postgres.ensure()
            if self.wants_valkey:
                self.valkey.ensure()

    def addresses(self) -> dict[str, str]:
        """The variables of the environment contract that the caller did not set itself."""
        offered = {
            "ECM_VAR_DIR": str(self.layout.var),
            "ECM_SECRET_KEY": self.secrets.secret_key,
            "ECM_AUDIT_KEY": self.secrets.audit_key,
        }
        if self.wants_postgres:
            offered["DATABASE_URL"] = self.postgres.url(postgres.APP)
            offered["DATABASE_OWNER_URL"] = self.postgres.url(postgres.OWNER)
        if self.wants_valkey:
            offered["REDIS_URL"] = self.valkey.url()
        taken = {"ECM_SECRET_KEY", "ECM_AUDIT_KEY"} & {k for k, v in self.environment.items() if v}
        return {name: value for name, value in offered.items() if name not in taken}

    @contextmanager
    def in_use(self) -> Iterator[dict[str, str]]:
        """Run the servers for the length of the block; the last user stops them.

        Servers started by ``keep()`` go on running.
        """
        with self.layout.users_lock.open("w") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            self.ensure()
            try:
                yield self.addresses()
            finally:
                self._leave(users.fileno())

    def keep(self) -> None:
        """Start the servers and leave them running until ``stop()``."""
        self.layout.keep_marker.touch()
        self.ensure()

    def stop(self) -> None:
        """Stop both servers now, whoever uses them."""
        with locked(self.layout.start_lock):
            self.layout.keep_marker.unlink(missing_ok=True)
            self._stop_servers()

    def _leave(self, users: int) -> None:
        with locked(self.layout.start_lock):
            if self.layout.keep_marker.exists():
                return
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._stop_servers()

    def _stop_servers(self) -> None:
        if self.layout.service_dir.exists():
            self.valkey.stop()
            self.postgres.stop()

    def _runner(self) -> Runner:
        binaries = [postgres.binary("initdb"), postgres.binary("postgres"), valkey.binary()]
        return runner_for(binaries, self.layout.var)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock between processes; freed by the kernel when the holder dies."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def require_writable(folder: Path) -> None:
    """Make the folder when it is missing; StackError when we may not write there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, PermissionError) as error:
        raise StackError(f"Der Ordner {folder} lässt sich nicht anlegen.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StackError(f"In den Ordner {folder} darf dieser Benutzer nicht schreiben.")
