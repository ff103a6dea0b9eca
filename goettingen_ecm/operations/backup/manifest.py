"""The list of everything in a backup, with the hash of each part."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from goettingen_ecm.operations.backup.problems import BackupError

FORMAT = 1
CHUNK = 1 << 20
MANIFEST, DUMP, BLOB_LIST, BLOBS, ANCHORS = (
    "manifest.json",
    "database.dump",
    "blobs.sha256",
    "blobs",
    "anchors",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """``collected``: rows without reference whose file was removed while the backup ran."""

    created_at: str
    server_version: str
    dump_sha256: str
    dump_size: int
    blob_list_sha256: str
    blob_count: int
    blob_bytes: int
    collected: list[str] = field(default_factory=list)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Last of all: a folder without manifest is no backup."""
        text = json.dumps(asdict(self), indent=1)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Raises BackupError when the folder holds no complete backup of a known format."""
        path = folder / MANIFEST
        if not path.is_file():
            raise BackupError(f"{folder} ist keine vollständige Sicherung ({MANIFEST} fehlt).")
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if values["format"] != FORMAT:
                raise BackupError(f"Sicherungsformat {values['format']} ist unbekannt.")
            return cls(**values)
        except (ValueError, TypeError, KeyError) as error:
            raise BackupError(f"{path} ist beschädigt.") from error


def blob_path(root: Path, digest: str) -> Path:
    """Where a content lies below a store's root (the store's own layout)."""
    return root / digest[:2] / digest


def file_digest(path: Path) -> str:
    """SHA-256 as hex."""
    with path.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()


def copy_verified(source: Path, target: Path, digest: str) -> int:
    """Copy, hashing on the way; returns the size.

    Raises BackupError when the content is not what its name says; the copy is then removed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f"{target.name}.partial")
    found, size = hashlib.sha256(), 0
    with source.open("rb") as reading, temporary.open("wb") as writing:
        while chunk := reading.read(CHUNK):
            found.update(chunk)
            size += writing.write(chunk)
    if found.hexdigest() != digest:
        temporary.unlink()
        raise BackupError(f"Datei {source} ist beschädigt: der Inhalt passt nicht zur Prüfsumme.")
    temporary.replace(target)
    return size


def write_blob_list(folder: Path, digests: Iterable[str]) -> int:
    """``sha256sum`` lines in order; returns their number."""
    count = 0
    with (folder / BLOB_LIST).open("w", encoding="ascii") as writing:
        for digest in digests:
            writing.write(f"{digest}  {blob_path(Path(BLOBS), digest)}\n")
            count += 1
    return count


def read_blob_list(folder: Path) -> Iterator[str]:
    """The digests of all blobs."""
    with (folder / BLOB_LIST).open(encoding="ascii") as reading:
        for line in reading:
            yield line.split("  ", 1)[0]
