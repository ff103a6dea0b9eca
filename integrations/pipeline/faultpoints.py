"""Places where the fault tests kill a real worker; inert unless the settings allow it."""

import os
import signal
from pathlib import Path

from django.conf import settings

FILE_VARIABLE = "ECM_FAULT_FILE"

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
    """SIGKILL this process where the file ECM_FAULT_FILE names this point (never in production).

    Removing the file makes it happen once, however many workers come by.
    """
    if not settings.FAULT_POINTS_ALLOWED or FILE_VARIABLE not in os.environ:
        return
    wanted = Path(os.environ[FILE_VARIABLE])
    try:
        if wanted.read_text(encoding="utf-8") != name:
            return
        wanted.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
