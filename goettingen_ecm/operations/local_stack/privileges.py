"""Running the servers as an unprivileged user when we are root.

PostgreSQL refuses to run as root. No folder's permissions are changed for that: when the
unprivileged user cannot reach var/ or the wheel (a clone in /root, a umask of 077), it gets the
one capability to pass folder permissions through ``setpriv``; the user id still is not 0.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from goettingen_ecm.operations.local_stack.problems import StackError

SERVICE_USER = "nobody"
REACH_CAPABILITIES = ("", "+dac_read_search", "+dac_override")
COMMAND_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Runner:
    """Runs commands as the servers' user; ``prefix`` is empty when that is ourselves."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def run(
        self, command: Sequence[str | Path], *, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end, output captured; never raises on a bad exit status."""
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=self.environment(),
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
        )

    def start(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[bytes]:
        """Run a command that leaves a server behind: no pipe may stay open in the server."""
        return subprocess.run(
            [*self.prefix, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=self.environment(),
            start_new_session=True,
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
        )

    @staticmethod
    def environment() -> dict[str, str]:
        """A small fixed environment: PG* variables of the caller must not reach the servers."""
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        return kept | {"LC_ALL": "C", "TZ": "UTC"}

    def own_folder(self, folder: Path) -> None:
        """Make a 0700 folder of the servers' user; parents must exist.

        Raises StackError when somebody else's folder (or a link) is in the way.
        """
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            self._check_owner(folder)
        else:
            os.chown(folder, self.uid, self.gid)

    def _check_owner(self, folder: Path) -> None:
        status = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or status.st_uid != self.uid:
            raise StackError(
                f"Der Ordner {folder} gehört einem anderen Benutzer. "
                "Bitte denselben Benutzer wie beim ersten Start verwenden oder ECM_VAR_DIR setzen."
            )


def runner_for(binaries: Sequence[Path], folder: Path) -> Runner:
    """The least privileged way to run ``binaries`` with data in ``folder``.

    Raises StackError when root has no way to give up its rights here.
    """
    if os.geteuid() != 0:
        _require_account(os.geteuid())
        return Runner(os.geteuid(), os.getegid())
    account = pwd.getpwnam(SERVICE_USER)
    for capability in REACH_CAPABILITIES:
        runner = Runner(account.pw_uid, account.pw_gid, _prefix(account, capability))
        if _reaches(runner, binaries, folder):
            return runner
    raise StackError(
        f"Als root gestartet, aber der Benutzer {SERVICE_USER} erreicht {folder} nicht. "
        "Bitte als gewöhnlicher Benutzer starten oder ECM_VAR_DIR auf einen lesbaren Ort setzen."
    )


def _require_account(uid: int) -> None:
    """initdb asks for the user's name."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        raise StackError(f"Der Benutzer {uid} steht nicht in /etc/passwd.") from None


def _prefix(account: pwd.struct_passwd, capability: str) -> tuple[str, ...]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise StackError("Als root wird das Werkzeug setpriv (Paket util-linux) gebraucht.")
    drop = (setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    if not capability:
        return (*drop, "--inh-caps=-all", "--no-new-privs", "--")
    # access(2) ignores capabilities of a user other than root unless this bit is set, and
    # PostgreSQL asks it before it starts its own programs.
    bits = "--securebits=+no_setuid_fixup"
    caps = (f"--inh-caps=-all,{capability}", f"--ambient-caps=-all,{capability}")
    return (*drop, *caps, bits, "--no-new-privs", "--")


def _reaches(runner: Runner, binaries: Sequence[Path], folder: Path) -> bool:
    if runner.run(["test", "-x", folder]).returncode != 0:
        return False
    # Through env, because setpriv itself still has every right when it starts its command.
    return all(runner.run(["env", binary, "--version"]).returncode == 0 for binary in binaries)
