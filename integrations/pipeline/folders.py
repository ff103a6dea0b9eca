"""The drop folder of a specialist system: what has arrived complete, where finished things go.

``DROP_DIR/<system>/<delivery>/`` is complete when ``<delivery>.ok`` stands beside it, or when it
was renamed from ``<delivery>.tmp`` and nothing in it moved for ``QUIET_SECONDS`` (requirements K2).
"""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.conf import settings

from integrations.formats.schema import INDEX_NAME, READY_SUFFIX, UNFINISHED_SUFFIX
from integrations.models import Delivery

logger = structlog.get_logger(__name__)

DONE = "erledigt"
REJECTED = "zurueckgewiesen"
RECEIPTS = "quittungen"
OWN_FOLDERS = frozenset({DONE, REJECTED, RECEIPTS})
QUIET_SECONDS = 60
LONGEST_NAME = 200


def system_folder(code: str) -> Path:
    return Path(settings.DROP_DIR) / code


def folder_of(delivery: Delivery) -> Path:
    """Where the delivery lies now."""
    return Path(settings.DROP_DIR) / delivery.folder


def index_of(delivery: Delivery) -> Path:
    return folder_of(delivery) / INDEX_NAME


def relative(folder: Path) -> str:
    """The folder as ``Delivery.folder`` keeps it: below DROP_DIR, which may be moved."""
    return folder.relative_to(settings.DROP_DIR).as_posix()


def complete_arrivals(code: str) -> list[Path]:
    """Complete delivery folders of a system, in the order they were completed."""
    home = system_folder(code)
    if not home.is_dir():
        return []
    found = [(_completed_at(one), one.name, one) for one in home.iterdir() if _is_delivery(one)]
    return [one for at, _name, one in sorted(f for f in found if f[0] is not None)]


def _is_delivery(folder: Path) -> bool:
    name = folder.name
    if name.startswith(".") or name.endswith(UNFINISHED_SUFFIX) or name in OWN_FOLDERS:
        return False
    if not name.isprintable() or len(name) > LONGEST_NAME:
        logger.warning("delivery folder with an unusable name", name=repr(name))
        return False
    return folder.is_dir() and not folder.is_symlink()


def _completed_at(folder: Path) -> float | None:
    """When the delivery was complete (seconds since the epoch), None while it is not."""
    try:
        return marker_of(folder).stat().st_mtime
    except FileNotFoundError:
        pass
    if not (folder / INDEX_NAME).is_file():
        return None
    moved = max(_changes(folder))
    return moved if moved < time.time() - QUIET_SECONDS else None


def _changes(folder: Path) -> Iterator[float]:
    yield folder.lstat().st_ctime
    for root, _folders, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            try:
                yield path.lstat().st_mtime
            except FileNotFoundError:
                yield time.time()
            if name.endswith(UNFINISHED_SUFFIX):
                yield time.time()


def marker_of(folder: Path) -> Path:
    return folder.with_name(folder.name + READY_SUFFIX)


def delivered_names(folder: Path) -> Iterator[str]:
    """Every file below the folder but the index, as a path relative to it; links are not followed."""
    for root, _folders, names in os.walk(folder):
        for name in sorted(names):
            path = Path(root, name).relative_to(folder).as_posix()
            if path != INDEX_NAME:
                yield path


def regular_file(folder: Path, relative_name: str) -> Path | None:
    """A plain, readable file below the folder, or None.

    Never a link: a delivery must not name the server's files.
    """
    path = folder
    for part in Path(relative_name).parts:
        path = path / part
        try:
            mode = path.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        if part == ".." or stat.S_ISLNK(mode):
            return None
    return path if stat.S_ISREG(mode) and os.access(path, os.R_OK) else None


def put_away(delivery: Delivery, kind: str) -> str:
    """Move the folder below ``erledigt`` or ``zurueckgewiesen``; the new ``Delivery.folder``.

    May be repeated: a folder that is already there stays there.
    """
    source = folder_of(delivery)
    target = _free_target(delivery, kind)
    target.parent.mkdir(parents=True, exist_ok=True)
    marker = marker_of(source)
    if marker.exists():
        marker.replace(marker_of(target))
    if source.exists():
        source.rename(target)
    return relative(target)


def _free_target(delivery: Delivery, kind: str) -> Path:
    """A name no other delivery has, the same at every attempt."""
    home = system_folder(delivery.system.code) / kind
    plain = home / delivery.name
    others = Delivery.objects.filter(folder=relative(plain)).exclude(pk=delivery.pk)
    foreign = plain.exists() and folder_of(delivery).exists()
    return home / f"{delivery.name}.{delivery.pk}" if foreign or others.exists() else plain
