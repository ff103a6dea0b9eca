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


def _worker_lives(**_signal: Any) -> None:
    beat_once("worker")


def _beat_lives(**_signal: Any) -> None:
    beat_once("beat")


def _beat_started(**_signal: Any) -> None:
    """Every few seconds beat publishes something: only in the beat process that is its pulse."""
    _beat_lives()
    before_task_publish.connect(_beat_lives, weak=False)


worker_ready.connect(_worker_lives, weak=False)
heartbeat_sent.connect(_worker_lives, weak=False)
beat_init.connect(_beat_started, weak=False)
