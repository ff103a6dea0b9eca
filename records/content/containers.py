"""Looking into ZIP and OLE containers: which Office type, macros, passwords. Nothing is unpacked."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import IO

import olefile

from records.content.file_types import PACKAGE_MAIN_PARTS

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    LookupError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)
OLE_ERRORS = (OSError, ValueError, LookupError, TypeError, struct.error, AttributeError)
CONTENT_TYPES = "[Content_Types].xml"
SMALL_PART = 1024 * 1024
_WORD_ENCRYPTED = 0x0100
_XLS_FILEPASS = 0x002F
_XLS_RECORDS = 40
_PPT_ENCRYPTED = 0xF3D1C4DF
_MACRO_STORAGES = {"macros", "_vba_project_cur", "vba", "_vba_project"}


@dataclass(frozen=True, slots=True)
class Container:
    """What a container turned out to be."""

    mime: str
    has_macros: bool = False
    encrypted: bool = False


def looks_into_zip(file: IO[bytes]) -> Container:
    """The type of a ZIP. Raises one of ZIP_ERRORS when it is damaged."""
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        found = _package_type(archive, names) or "application/zip"
        encrypted = any(entry.flag_bits & 1 for entry in archive.infolist())
        encrypted = encrypted or _open_document_encrypted(archive, found)
    return Container(found, _has_macros(found, names), encrypted)


def _package_type(archive: zipfile.ZipFile, names: list[str]) -> str | None:
    if "mimetype" in names:
        declared = _part(archive, "mimetype").decode("ascii", "replace").strip()
        if declared.startswith(("application/vnd.oasis.opendocument.", "application/epub")):
            return declared
    if CONTENT_TYPES in names:
        return _office_type(_part(archive, CONTENT_TYPES))
    return None


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(SMALL_PART)


def _office_type(content_types: bytes) -> str | None:
    text = content_types.decode("utf-8", "replace")
    for part, mime in PACKAGE_MAIN_PARTS.items():
        if f'"{part}"' in text or f"'{part}'" in text:
            return mime
    return None


def _has_macros(mime: str, names: list[str]) -> bool:
    if "opendocument" in mime:
        return any(name.startswith(("Basic/", "Scripts/")) for name in names)
    return "macroEnabled" in mime or any(n.lower().endswith("vbaproject.bin") for n in names)


def _open_document_encrypted(archive: zipfile.ZipFile, mime: str) -> bool:
    if "opendocument" not in mime or "META-INF/manifest.xml" not in archive.namelist():
        return False
    return b"encryption-data" in _part(archive, "META-INF/manifest.xml")


def looks_into_ole(file: IO[bytes]) -> Container:
    """The type of an OLE file (Word, Excel, PowerPoint until 2003, Outlook).

    Raises one of OLE_ERRORS when it is damaged.
    """
    with olefile.OleFileIO(file) as ole:
        names = {part.lower() for path in ole.listdir(storages=True) for part in path}
        macros = bool(names & _MACRO_STORAGES)
        return replace(_ole_type(ole, names), has_macros=macros)


def _ole_type(ole: olefile.OleFileIO, names: set[str]) -> Container:
    if "encryptedpackage" in names:
        return Container("application/x-ooxml-protected", encrypted=True)
    if "worddocument" in names:
        return Container("application/msword", encrypted=_word_encrypted(ole))
    for stream in ("Workbook", "Book"):
        if stream.lower() in names:
            return Container("application/vnd.ms-excel", encrypted=_excel_encrypted(ole, stream))
    if "powerpoint document" in names:
        return Container("application/vnd.ms-powerpoint", encrypted=_powerpoint_encrypted(ole))
    if "__properties_version1.0" in names:
        return Container("application/vnd.ms-outlook")
    if "matost" in names or ("mm" in names and "contents" in names):
        return Container("application/vnd.ms-works")
    return Container("application/x-ole-storage")


def _head(ole: olefile.OleFileIO, stream: str, length: int) -> bytes:
    return bytes(ole.openstream(stream).read(length)) if ole.exists(stream) else b""


def _word_encrypted(ole: olefile.OleFileIO) -> bool:
    """[MS-DOC] FibBase.fEncrypted."""
    head = _head(ole, "WordDocument", 12)
    return len(head) == 12 and bool(struct.unpack_from("<H", head, 10)[0] & _WORD_ENCRYPTED)


def _excel_encrypted(ole: olefile.OleFileIO, stream: str) -> bool:
    """[MS-XLS] a FilePass record among the first ones of the workbook."""
    reading = io.BytesIO(_head(ole, stream, 4096))
    for _ in range(_XLS_RECORDS):
        head = reading.read(4)
        if len(head) < 4:
            return False
        kind, length = struct.unpack("<HH", head)
        if kind == _XLS_FILEPASS:
            return True
        reading.seek(length, io.SEEK_CUR)
    return False


def _powerpoint_encrypted(ole: olefile.OleFileIO) -> bool:
    """[MS-PPT] CurrentUserAtom.headerToken."""
    head = _head(ole, "Current User", 16)
    return len(head) == 16 and struct.unpack_from("<I", head, 12)[0] == _PPT_ENCRYPTED
