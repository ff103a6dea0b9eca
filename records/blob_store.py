"""The files behind blobs: temp → fsync → rename, named by SHA-256, never changed afterwards."""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

CHUNK = 1024 * 1024
# fsync waits for the disk, not for the CPU: a few at once keep a batch short.
FSYNC_THREADS = 8
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
    """Make staged files durable under their final names; known contents are dropped."""
    fresh = [one for one in staged if not _known(one)]
    with ThreadPoolExecutor(FSYNC_THREADS) as pool:
        list(pool.map(lambda one: _fsync(one.path), fresh))
    folders = set()
    for one in fresh:
        target = path_of(one.sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        one.path.replace(target)
        folders.add(target.parent)
    with ThreadPoolExecutor(FSYNC_THREADS) as pool:
        list(pool.map(_fsync, sorted(folders)))


def discard(staged: Iterable[Staged]) -> None:
    """Remove temporary copies that are not wanted after all."""
    for one in staged:
        one.path.unlink(missing_ok=True)


def _known(one: Staged) -> bool:
    target = path_of(one.sha256)
    if not target.exists() or target.stat().st_size != one.size:
        return False
    one.path.unlink(missing_ok=True)
    return True


def _temporary() -> Path:
    folder = Path(settings.BLOB_DIR) / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    return Path(name)


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
