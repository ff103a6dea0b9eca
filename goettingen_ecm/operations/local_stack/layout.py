"""Where the embedded servers keep their data, sockets, logs and passwords."""

import hashlib
import json
import os
import re
import secrets
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

# sun_path holds 108 bytes on Linux and 104 on macOS, the final zero included.
SOCKET_PATH_LIMIT = 100
SOCKET_NAME = ".s.PGSQL.5432"
PROJECT_DIR = Path(__file__).resolve().parent.parent.parent.parent


def var_dir() -> Path:
    """The absolute ``ECM_VAR_DIR`` (default ``var/`` beside manage.py)."""
    return Path(os.environ.get("ECM_VAR_DIR") or PROJECT_DIR / "var").absolute()


@dataclass(frozen=True)
class Secrets:
    """Random passwords and keys of one local installation."""

    superuser: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    owner: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    app: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    valkey: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    audit_key: str = field(default_factory=lambda: secrets.token_urlsafe(48))


@dataclass(frozen=True)
class Layout:
    """All paths below one var folder; ``service_dir`` belongs to the user the servers run as."""

    var: Path

    @property
    def service_dir(self) -> Path:
        return self.var / "stack"

    @property
    def postgres_data(self) -> Path:
        return self.service_dir / "postgres"

    @property
    def postgres_log(self) -> Path:
        return self.service_dir / "postgres.log"

    @property
    def valkey_data(self) -> Path:
        return self.service_dir / "valkey"

    @property
    def valkey_port_file(self) -> Path:
        return self.var / "stack.valkey-port"

    @property
    def start_lock(self) -> Path:
        return self.var / "stack.lock"

    @property
    def users_lock(self) -> Path:
        """Everyone who uses the servers holds it shared; the last one out stops them."""
        return self.var / "stack.users"

    @property
    def keep_marker(self) -> Path:
        """Present while the servers were asked to outlive their users (``servers``)."""
        return self.var / "stack.keep"

    @property
    def secrets_file(self) -> Path:
        return self.var / "stack.secrets.json"

    @property
    def run_lock(self) -> Path:
        """Held by ``make run`` as long as it lives."""
        return self.var / "run.lock"

    @property
    def processes_file(self) -> Path:
        """What the supervisor started, so that a killed supervisor's orphans are found."""
        return self.var / "run.processes.json"

    @property
    def socket_dir(self) -> Path:
        """Below var/ when libpq takes the path, else a private folder with a stable short name."""
        inside = self.service_dir / "run"
        fits = len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT
        # libpq splits host lists at commas, so only harmless characters are used.
        if fits and re.fullmatch(r"[\w/.+-]+", str(inside), re.ASCII):
            return inside
        digest = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"ecm-{os.geteuid()}-{digest}"


def load_secrets(layout: Layout) -> Secrets:
    """The installation's secrets; made on first use, readable by the owner of var/ only."""
    if not layout.secrets_file.exists():
        _write_private(layout.secrets_file, json.dumps(Secrets().__dict__, indent=1))
    return Secrets(**json.loads(layout.secrets_file.read_text(encoding="utf-8")))


def _write_private(path: Path, text: str) -> None:
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
