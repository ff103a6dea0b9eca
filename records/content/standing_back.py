"""Processes that work for nobody who waits give way to those that do."""

import os
from contextlib import suppress
from pathlib import Path

# The least a process can ask for (nice(2)).
NICE = 19
# Linux shares the CPU among sessions first (sched(7), "The autogroup feature"): a process's own
# niceness counts only inside its session, the session's is written here.
SESSION_NICE = Path("/proc/self/autogroup")


def stand_back() -> None:
    """Give this worker process, and its session where that is its worker's own, the least share.

    In containers the share of CPU is the container's (``cpu_shares``); there this changes nothing.
    """
    os.nice(NICE)
    if os.getsid(0) == os.getppid():
        give_session_own_niceness()


def give_session_own_niceness() -> None:
    """A process that leads a session of its own: the session is as nice as it is itself."""
    if not SESSION_NICE.exists():
        return
    # EAGAIN: the kernel takes ten of these a second; EACCES: a system that forbids them.
    with suppress(BlockingIOError, PermissionError):
        SESSION_NICE.write_text(str(os.nice(0)))
