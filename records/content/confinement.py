"""What the child takes away from itself before it opens the first file (Linux).

Resource limits, no new privileges and a seccomp filter: no network, no other programs, nothing
written, renamed or removed. What stays possible: reading files this user may read. Without seccomp
(other kernels, other processors) the resource limits still hold; ``confine`` says which it was.
"""

import ctypes
import math
import os
import platform
import re
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_FILTER_MODE = 2
LOAD, EQUAL, _AT_LEAST, _ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW = 0x7FFF0000
REFUSE = 0x00050000 | 1  # errno EPERM
_X32 = 0x40000000
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_NR_AT, _ARCH_AT, ARGS_AT = 0, 4, 16

# Refused calls: name, number on x86_64, number on aarch64 ("-": does not exist there).
_REFUSED = """
socket 41 198, socketpair 53 199, bind 49 200, connect 42 203, sendto 44 206, sendmsg 46 211
execve 59 221, execveat 322 281, fork 57 -, vfork 58 -, kill 62 129, ptrace 101 117
process_vm_readv 310 270, process_vm_writev 311 271, unlink 87 -, unlinkat 263 35, rename 82 -
renameat 264 38, renameat2 316 276, truncate 76 45, ftruncate 77 46, chmod 90 -, fchmod 91 52
fchmodat 268 53, chown 92 -, fchown 93 55, lchown 94 -, fchownat 260 54, link 86 -, linkat 265 37
symlink 88 -, symlinkat 266 36, mkdir 83 -, mkdirat 258 34, rmdir 84 -, creat 85 -, mknod 133 -
mknodat 259 33, mount 165 40, io_uring_setup 425 425, io_uring_enter 426 426
io_uring_register 427 427, bpf 321 280, keyctl 250 219, pidfd_open 434 434, pidfd_getfd 438 438
userfaultfd 323 282, perf_event_open 298 241, openat2 437 437
"""
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# (system call, index of its flags argument)
_OPENING = {"x86_64": ((2, 1), (257, 2)), "aarch64": ((56, 2),)}


class _Instruction(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_ushort),
        ("jump_true", ctypes.c_ubyte),
        ("jump_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint32),
    ]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction))]


def confine(memory_bytes: int) -> bool:
    """Limit this process for good. True when the system-call filter is in force.

    Address space in bytes; no core dumps, no file may grow, few descriptors.
    """
    lower_limit(resource.RLIMIT_AS, memory_bytes)
    lower_limit(resource.RLIMIT_CORE, 0)
    lower_limit(resource.RLIMIT_FSIZE, 0)
    lower_limit(resource.RLIMIT_NOFILE, 64)
    return install_filter(_instructions)


def lower_limit(kind: int, value: int) -> None:
    """Set both limits, never above what this process was started with."""
    _soft, hard = resource.getrlimit(kind)
    bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (bound, bound))


def allow_cpu(seconds: float) -> None:
    """From now on this process may use so many CPU seconds, then the kernel ends it (SIGXCPU)."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    until = math.ceil(time.process_time() + seconds)
    until = until if hard == resource.RLIM_INFINITY else min(until, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (until, hard))


def die_with_parent(parent: int) -> None:
    """Be killed when the thread that started this process ends; leave if it is gone already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        raise SystemExit(0)


def resident_bytes() -> int:
    """Memory of this process that is really in use."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def _prctl(option: int, *arguments: object) -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    values = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    values += [ctypes.c_ulong(0)] * (4 - len(values))
    return bool(libc.prctl(ctypes.c_int(option), *values) == 0)


def refuse_new_privileges() -> bool:
    """Nothing this process starts gains rights any more; what both filters require."""
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1)


Listing = list[tuple[int, int, int, int]]


def install_filter(instructions: Callable[[str], Listing]) -> bool:
    """Put the program for this processor in force; False where there is none."""
    machine = platform.machine()
    if machine not in _ARCHITECTURE or not refuse_new_privileges():
        return False
    listing = [_Instruction(*values) for values in instructions(machine)]
    array = (_Instruction * len(listing))(*listing)
    program = _Program(len(listing), array)
    return _prctl(_PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program))


def numbers(table: str, machine: str) -> list[int]:
    """The numbers of a table "name x86_64 aarch64, …" for this processor."""
    column = 1 if machine == "x86_64" else 2
    calls = re.split(r"[,\n]", table.strip())
    return [int(number) for call in calls if (number := call.split()[column]) != "-"]


def prologue(machine: str, last: int) -> Listing:
    """Loads the call's number; a foreign architecture jumps to ``last``, which refuses."""
    return [
        (LOAD, 0, 0, _ARCH_AT),
        (EQUAL, 0, last - 2, _ARCHITECTURE[machine]),
        (LOAD, 0, 0, _NR_AT),
        (_AT_LEAST, last - 4, 0, _X32),
    ]


def _instructions(machine: str) -> Listing:
    """Classic BPF: refused calls and foreign architectures jump to the end, which refuses."""
    refused, opening = numbers(_REFUSED, machine), _OPENING[machine]
    total = 4 + len(refused) + 4 * len(opening) + 2
    last = total - 1
    listing = prologue(machine, last)
    listing += [(EQUAL, last - at - 1, 0, call) for at, call in enumerate(refused, 4)]
    for call, argument in opening:
        at = len(listing)
        listing += [
            (EQUAL, 0, 3, call),
            (LOAD, 0, 0, ARGS_AT + 8 * argument),
            (_ANY_BIT, last - at - 3, 0, _WRITE_FLAGS),
            (RETURN, 0, 0, ALLOW),
        ]
    return [*listing, (RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
