"""What LibreOffice cannot do while it opens a file nobody vouches for (Linux).

Unlike the child that reads text it must start programs and write files. So: no network (seccomp:
sockets only inside this machine's file system), no file outside its own folder written and none
outside the system's program folders read (Landlock), limits on memory, CPU and file size, no new
privileges; started by root it becomes ``nobody``.
"""

import ctypes
import os
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from records.content import confinement

_libc = ctypes.CDLL(None, use_errno=True)
# The same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
# How many access rights each version of Landlock's interface knows.
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_RIGHTS_LATER = 16
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_ON_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_SOCKET_FILE = 1 << 5 | 1 << 9
_PROGRAM = _EXECUTE | _READ_FILE | _READ_DIR
_NOBODY = 65534

# System calls LibreOffice has no use for: name, number on x86_64, number on aarch64.
_REFUSED = """
ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, mount 165 40, umount2 166 39
pivot_root 155 41, bpf 321 280, keyctl 250 219, add_key 248 217, request_key 249 218
pidfd_open 434 434, pidfd_getfd 438 438, userfaultfd 323 282, perf_event_open 298 241
io_uring_setup 425 425, io_uring_enter 426 426, io_uring_register 427 427, unshare 272 97
setns 308 268
"""
_SOCKET = {"x86_64": 41, "aarch64": 198}
_UNIX_FAMILY = 1


@dataclass(frozen=True, slots=True)
class OfficeLimits:
    """Bounds of one conversion: bytes, CPU seconds, seconds on the wall, pages of the PDF."""

    memory_bytes: int = 4 * 1024**3
    cpu_seconds: int = 90
    wall_seconds: float = 120.0
    file_bytes: int = 512 * 1024**2
    pages: int = 500


class _RulesetAttributes(ctypes.Structure):
    _fields_ = [("handled_access_fs", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def confine(folder: Path, readable: Sequence[Path], limits: OfficeLimits) -> None:
    """Limit this process and all it starts for good; writing is left only in ``folder``.

    Raises OSError when the kernel has none of the two filters.
    """
    confinement.lower_limit(resource.RLIMIT_AS, limits.memory_bytes)
    confinement.lower_limit(resource.RLIMIT_CPU, limits.cpu_seconds)
    confinement.lower_limit(resource.RLIMIT_FSIZE, limits.file_bytes)
    confinement.lower_limit(resource.RLIMIT_CORE, 0)
    _leave_root()
    files = _restrict_files(folder, readable)
    calls = confinement.install_filter(_instructions)
    if not files and not calls:
        raise OSError("neither Landlock nor seccomp")


def _leave_root() -> None:
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)


def owner_of_work() -> int | None:
    """The user LibreOffice will run as when that is not the present one."""
    return _NOBODY if os.getuid() == 0 else None


def _restrict_files(folder: Path, readable: Sequence[Path]) -> bool:
    version = int(_libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION_FLAG))
    if version < 1 or not confinement.refuse_new_privileges():
        return False
    every = (1 << _RIGHTS.get(version, _RIGHTS_LATER)) - 1
    attributes = _RulesetAttributes(every)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    ruleset = int(_libc.syscall(_CREATE_RULESET, ctypes.byref(attributes), size, 0))
    if ruleset < 0:
        return False
    _allow(ruleset, folder, every)
    for path in readable:
        _allow(ruleset, path, _PROGRAM & every)
    # LibreOffice puts the socket by which a second start finds the first there, and removes it
    # first: of all outside its folder, files its user owns in there are what it could remove.
    _allow(ruleset, Path("/tmp"), _SOCKET_FILE)  # noqa: S108
    for device in ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"):
        _allow(ruleset, Path(device), _READ_FILE | _WRITE_FILE)
    done = int(_libc.syscall(_RESTRICT_SELF, ruleset, 0)) == 0
    os.close(ruleset)
    return done


def _allow(ruleset: int, path: Path, access: int) -> None:
    """What this machine does not have is not allowed and not missed."""
    if not path.exists():
        return
    handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = _PathBeneath(access if path.is_dir() else access & _ON_FILES, handle)
    failed = _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(handle)
    if failed:
        raise OSError(ctypes.get_errno(), f"Landlock: {path}")


def _instructions(machine: str) -> confinement.Listing:
    """Classic BPF: as in ``confinement``; sockets are looked at, other calls are left alone."""
    refused = confinement.numbers(_REFUSED, machine)
    last = 4 + len(refused) + 4
    listing = confinement.prologue(machine, last)
    listing += [(confinement.EQUAL, last - at - 1, 0, call) for at, call in enumerate(refused, 4)]
    at = len(listing)
    return [
        *listing,
        (confinement.EQUAL, 0, 2, _SOCKET[machine]),
        (confinement.LOAD, 0, 0, confinement.ARGS_AT),
        (confinement.EQUAL, 0, last - at - 3, _UNIX_FAMILY),
        (confinement.RETURN, 0, 0, confinement.ALLOW),
        (confinement.RETURN, 0, 0, confinement.REFUSE),
    ]
