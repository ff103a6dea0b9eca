"""The scratch area of a share: lock files of editors and what they try out never become documents."""

import re
import shutil
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from wsgidav.dav_error import HTTP_FORBIDDEN, HTTP_INSUFFICIENT_STORAGE, DAVError
from wsgidav.fs_dav_provider import FileResource, FolderResource

from integrations.webdav.models import DavShare

FOLDER = "_Zwischenablage"
MOST_ENTRIES = 2000
# Word, Excel, LibreOffice, macOS, Windows: what they lay beside a file they have open.
_TEMPORARY = re.compile(
    r"^(~\$.*|\.~lock\..*#|~WR[DL]\d+\.tmp|.*\.tmp|\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)$",
    re.IGNORECASE,
)


def is_temporary(name: str) -> bool:
    """True for names only programs give."""
    return bool(_TEMPORARY.match(name))


def folder_of(share: DavShare) -> Path:
    """Where the scratch files of a share lie; made at first use, for the server's user alone."""
    folder = Path(settings.WEBDAV_SCRATCH_DIR) / str(share.uuid)
    (folder / FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def remove_folder(share: DavShare) -> None:
    """Forget all scratch files of a share."""
    shutil.rmtree(Path(settings.WEBDAV_SCRATCH_DIR) / str(share.uuid), ignore_errors=True)


def require_room(root: Path, more: int) -> None:
    """Raises DAVError 507 when ``more`` bytes or one more entry would be too much."""
    entries = list(root.rglob("*"))
    used = sum(path.stat().st_size for path in entries if path.is_file())
    if len(entries) >= MOST_ENTRIES or used + more > settings.WEBDAV_SCRATCH_MAX_BYTES:
        raise DAVError(HTTP_INSUFFICIENT_STORAGE)


def may_lie(path: str) -> bool:
    """Whether an address (relative to the share) belongs to the scratch area."""
    parts = path.strip("/").split("/")
    return parts[0] == FOLDER or (len(parts) == 1 and is_temporary(parts[0]))


def _require_scratch(path: str) -> None:
    if not may_lie(path):
        raise DAVError(HTTP_FORBIDDEN, "Nur Dateien werden hier zu Dokumenten.")


class LimitedFile:
    """A file being written that refuses to grow beyond the share's room."""

    def __init__(self, file: IO[bytes], room: int) -> None:
        self.file, self.room = file, room

    def write(self, data: bytes) -> None:
        """Raises DAVError 507 when the room is used up."""
        self.room -= len(data)
        if self.room < 0:
            self.file.close()
            raise DAVError(HTTP_INSUFFICIENT_STORAGE)
        self.file.write(data)

    def close(self) -> None:
        """The content is complete."""
        self.file.close()


class ScratchFile(FileResource):  # type: ignore[misc]
    """A file of the scratch area."""

    def begin_write(self, *, content_type: Any = None) -> LimitedFile:
        """Within the share's room."""
        root = Path(self.provider.root_folder_path)
        require_room(root, 0)
        used = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
        room = settings.WEBDAV_SCRATCH_MAX_BYTES - used + self.file_stat.st_size
        return LimitedFile(super().begin_write(content_type=content_type), room)

    def copy_move_single(self, dest_path: str, *, is_move: bool) -> None:
        """Only within the scratch area."""
        _require_scratch(dest_path)
        require_room(Path(self.provider.root_folder_path), self.file_stat.st_size)
        super().copy_move_single(dest_path, is_move=is_move)

    def move_recursive(self, dest_path: str) -> None:
        """Only within the scratch area."""
        _require_scratch(dest_path)
        super().move_recursive(dest_path)


class ScratchFolder(FolderResource):  # type: ignore[misc]
    """A folder of the scratch area; the area itself stays."""

    def get_used_bytes(self) -> None:
        """The server's disk is nobody's business."""

    def get_available_bytes(self) -> None:
        """The server's disk is nobody's business."""

    def create_empty_resource(self, name: str) -> Any:
        """Raises DAVError 507 when there is no room."""
        require_room(Path(self.provider.root_folder_path), 0)
        return super().create_empty_resource(name)

    def create_collection(self, name: str) -> None:
        """Raises DAVError 507 when there is no room."""
        require_room(Path(self.provider.root_folder_path), 0)
        super().create_collection(name)

    def delete(self) -> None:
        """The area itself cannot be deleted."""
        self._require_inside()
        super().delete()

    def copy_move_single(self, dest_path: str, *, is_move: bool) -> None:
        """Only within the scratch area."""
        _require_scratch(dest_path)
        require_room(Path(self.provider.root_folder_path), 0)
        super().copy_move_single(dest_path, is_move=is_move)

    def move_recursive(self, dest_path: str) -> None:
        """Only within the scratch area."""
        self._require_inside()
        _require_scratch(dest_path)
        super().move_recursive(dest_path)

    def _require_inside(self) -> None:
        if self.path.strip("/") == FOLDER:
            raise DAVError(HTTP_FORBIDDEN)
