"""Worker and beat leave a trace every few seconds; a health check only looks at its age.

A Celery ping would cost a process start and a broker round trip per check, and a lost Redis would
make a healthy worker look dead. Connected in ``celery.py`` by importing this module.
"""

import os
from pathlib import Path
from typing import Any

from celery.signals import beat_init, before_task_publish, heartbeat_sent, worker_ready


def folder() -> Path:
    """Where the traces lie: ``ECM_HEARTBEAT_DIR``, else ``alive/`` in the var folder."""
    default = Path(os.environ.get("ECM_VAR_DIR") or "var") / "alive"
    return Path(os.environ.get("ECM_HEARTBEAT_DIR") or default)


def beat_once(name: str) -> None:
    """Renew the trace of ``worker`` or ``beat``."""
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()


@worker_ready.connect
def _worker_ready(**_signal: Any) -> None:
    beat_once("worker")


@heartbeat_sent.connect
def _worker_heartbeat(**_signal: Any) -> None:
    beat_once("worker")


@beat_init.connect
def _beat_started(**_signal: Any) -> None:
    """Every few seconds beat publishes something: only in the beat process that is its pulse."""
    beat_once("beat")
    before_task_publish.connect(_beat_published, weak=False)


def _beat_published(**_signal: Any) -> None:
    beat_once("beat")
