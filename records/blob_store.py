"""The files behind blobs: temp → fsync → rename, named by SHA-256, never changed afterwards."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from goettingen_ecm.operations import clock

CHUNK = 1024 * 1024
# fsync waits for the disk, not for the CPU: a few at once keep a batch short.
FSYNC_THREADS = 2
FREE_BYTES_KEPT = 256 * 1024 * 1024


class StoreFull(Exception):  # noqa: N818 - a state of the disk, handled by waiting
    """No room for the file; nothing was written, the item waits and is tried again."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A complete temporary copy inside the store: hash (32 bytes) and size in bytes."""

    path: Path
    sha256: bytes
    size: int


def path_of(sha256: bytes) -> Path:
    """Where the content with this hash lies."""
    name = sha256.hex()
    return Path(settings.BLOB_DIR) / name[:2] / name


def stage(source: Path) -> Staged:
    """Copy a file into the store's temporary folder, hashing on the way.

    Raises FileNotFoundError when the source is gone, StoreFull when the disk is.
    """
    _require_room(source.stat().st_size)
    digest, size = hashlib.sha256(), 0
    target = _temporary()
    try:
        with source.open("rb") as reading, target.open("wb") as writing:
            while chunk := reading.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                writing.write(chunk)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise _full_or(error) from error
    return Staged(target, digest.digest(), size)


def stage_chunks(chunks: Iterable[bytes]) -> Staged:
    """The same for an upload that arrives in pieces."""
    digest, size = hashlib.sha256(), 0
    target = _temporary()
    try:
        with target.open("wb") as writing:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                writing.write(chunk)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise _full_or(error) from error
    return Staged(target, digest.digest(), size)


def commit(staged: Sequence[Staged]) -> None:
    """Make staged files durable under their final names; known contents are dropped.

    Durable means: content, name and folder are on the disk when this returns, also for a
    content that another process is just storing.
    """
    fresh = [one for one in staged if not _known(one)]
    for one in fresh:
        _begin_writing(one.path)
    with ThreadPoolExecutor(FSYNC_THREADS) as pool:
        list(pool.map(lambda one: _fsync(one.path), fresh))
    for one in fresh:
        target = path_of(one.sha256)
        _make_folder(target.parent)
        one.path.replace(target)
    folders = sorted({path_of(one.sha256).parent for one in staged})
    with ThreadPoolExecutor(FSYNC_THREADS) as pool:
        list(pool.map(_fsync, folders))


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _fsync(folder.parent)


def discard(staged: Iterable[Staged]) -> None:
    """Remove temporary copies that are not wanted after all."""
    for one in staged:
        one.path.unlink(missing_ok=True)


def stored_files(prefix: str) -> Iterator[tuple[bytes, int, datetime]]:
    """Hash, size in bytes and time of storing of the contents whose name begins so (2 letters)."""
    for path in sorted((Path(settings.BLOB_DIR) / prefix).glob("*")):
        status = _status(path)
        if status is not None:
            stored_at = datetime.fromtimestamp(status.st_mtime, UTC)
            yield bytes.fromhex(path.name), status.st_size, stored_at


def remove_stale_temporaries(older_than: timedelta) -> int:
    """Remove temporary copies left by crashed processes; returns how many."""
    limit = (clock.now() - older_than).timestamp()
    removed = 0
    for path in (Path(settings.BLOB_DIR) / "tmp").glob("*"):
        status = _status(path)
        if status is not None and status.st_mtime < limit:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _known(one: Staged) -> bool:
    status = _status(path_of(one.sha256))
    if status is None or status.st_size != one.size:
        return False
    one.path.unlink(missing_ok=True)
    return True


def _temporary() -> Path:
    folder = Path(settings.BLOB_DIR) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    return Path(name)


def _begin_writing(path: Path) -> None:
    """Ask for write-back without waiting: one journal commit then serves a whole batch's fsyncs,
    so that a clerk's commit queues behind few of them."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _require_room(size: int) -> None:
    folder = Path(settings.BLOB_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size + FREE_BYTES_KEPT:
        raise StoreFull(f"{folder}: less than {FREE_BYTES_KEPT} bytes would stay free")


def _full_or(error: OSError) -> Exception:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreFull(str(error))
    return error
