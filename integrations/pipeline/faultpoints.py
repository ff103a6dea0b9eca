"""Places where the fault tests kill a real worker; inert unless the settings allow it."""

import os
import signal
from pathlib import Path

from django.conf import settings

POINT_VARIABLE = "ECM_FAULT_POINT"
MARKER_VARIABLE = "ECM_FAULT_MARKER"

POINTS = (
    "delivery_registered",
    "items_inserted",
    "items_claimed",
    "files_staged",
    "after_blob_rename",
    "check_before_commit",
    "checked",
    "file_before_commit",
    "filed",
    "texts_read",
    "extracted",
    "index_before_commit",
    "finished",
    "receipt_written",
    "folder_moved",
)


def reach(name: str) -> None:
    """SIGKILL this process the first time the named point is reached (never in production).

    The marker file makes it happen once, however many workers come by.
    """
    if not settings.FAULT_POINTS_ALLOWED or os.environ.get(POINT_VARIABLE) != name:
        return
    try:
        Path(os.environ[MARKER_VARIABLE]).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
