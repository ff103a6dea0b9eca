"""The type of a file by its content, compared with what its name claims; the upload whitelist."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import IO

import puremagic

from records.content.containers import (
    OLE_ERRORS,
    ZIP_ERRORS,
    Container,
    looks_into_ole,
    looks_into_zip,
)
from records.content.decoding import decoded
from records.content.file_types import BY_EXTENSION, BY_MIME, UPLOAD_MIMES
from records.content.results import UNKNOWN_TYPE, Family, Sniffed

HEAD_BYTES = 8192
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\x7fELF", "application/x-executable"),
    (b"#!/", "text/x-shellscript"),
)
_MAIL_HEADER = re.compile(
    r"^(?:from|to|cc|subject|date|received|return-path|message-id|mime-version|content-type|"
    r"delivered-to|reply-to|x-[a-z-]+|dkim-signature|in-reply-to|sender|user-agent):",
    re.IGNORECASE | re.MULTILINE,
)
_MBOX_LINE = re.compile(r"From \S+ +\w{3} \w{3} +\d+ [\d:]{5,8} .*\d{4}\s*$", re.MULTILINE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|table|script)\b", re.IGNORECASE)
_MIN_MAIL_HEADERS = 3
_GENERIC_MIMES = {"", "application/octet-stream", "binary/octet-stream", "application/unknown"}
_TEXTUAL = {Family.TEXT, Family.HTML, Family.XML, Family.MAIL}


@dataclass(frozen=True, slots=True)
class Found:
    """A sniffed type plus what the container told on the way."""

    sniffed: Sniffed
    encrypted: bool = False
    damaged: bool = False


def sniff(file: IO[bytes], declared_name: str = "", declared_mime: str = "") -> Sniffed:
    """The type of an open file; reads its head and, for containers, their directories."""
    return examine(file, declared_name, declared_mime).sniffed


def sniff_bytes(data: bytes, declared_name: str = "", declared_mime: str = "") -> Sniffed:
    """The same for content in memory."""
    return sniff(BytesIO(data), declared_name, declared_mime)


def examine(file: IO[bytes], declared_name: str = "", declared_mime: str = "") -> Found:
    """Type, password protection and damage of the container around the content."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    found = _container(file, head) or Found(_typed(_plain_type(head)))
    if found.sniffed.mime == "text/plain" and extension_of(declared_name) == "csv":
        found = Found(_typed("text/csv"))
    mismatch = is_mismatch(found.sniffed, declared_name, declared_mime)
    return replace(found, sniffed=replace(found.sniffed, declared_mismatch=mismatch))


def _container(file: IO[bytes], head: bytes) -> Found | None:
    if head.startswith(_ZIP):
        return _opened(file, looks_into_zip, ZIP_ERRORS, "application/zip")
    if head.startswith(_OLE):
        return _opened(file, looks_into_ole, OLE_ERRORS, "application/x-ole-storage")
    return None


def _opened(
    file: IO[bytes],
    look: Callable[[IO[bytes]], Container],
    errors: tuple[type[Exception], ...],
    fallback: str,
) -> Found:
    file.seek(0)
    try:
        container = look(file)
    except errors:
        return Found(_typed(fallback), damaged=True)
    sniffed = replace(_typed(container.mime), has_macros=container.has_macros)
    return Found(sniffed, encrypted=container.encrypted)


def _typed(mime: str) -> Sniffed:
    known = BY_MIME.get(mime)
    if known is None:
        return replace(UNKNOWN_TYPE, mime=mime or UNKNOWN_TYPE.mime)
    return Sniffed(known.mime, known.extension, known.family)


def _plain_type(head: bytes) -> str:
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    for signature, mime in _SIGNATURES:
        if head.startswith(signature):
            return mime
    return _structured_type(head) or _text_type(head) or _rare_type(head)


def _structured_type(head: bytes) -> str | None:
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"BM") and len(head) > 26 and head[14:18] in _BMP_HEADERS:
        return "image/bmp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"msf1"):
        return "image/heic"
    if head.startswith(b"MZ") and b"\0" in head[:64]:
        return "application/x-msdownload"
    if head[257:262] == b"ustar":
        return "application/x-tar"
    # Readers accept the header anywhere in the first 1,024 bytes.
    return "application/pdf" if _late_pdf_header(head[:1024]) else None


_BMP_HEADERS = {bytes((size, 0, 0, 0)) for size in (12, 40, 52, 56, 64, 108, 124)}


def _late_pdf_header(head: bytes) -> bool:
    at = head.find(b"%PDF-")
    return at > 0 and (head[at - 1] in b"\r\n\t \0" or at <= 4 or b"\0" in head[:at])


def _text_type(head: bytes) -> str | None:
    """A textual type, or None when this is no text."""
    text = decoded(head, cut=len(head) == HEAD_BYTES)
    if text is None:
        return None
    start = text.lstrip("\ufeff \t\r\n")
    if _MBOX_LINE.match(text):
        return "application/mbox"
    if _is_mail(start):
        return "message/rfc822"
    if start.startswith("<"):
        return _markup_type(start)
    if start[:1] in "{[" and re.match(r'[{\[]\s*["{\[\]}]', start):
        return "application/json"
    return "text/plain"


def _is_mail(start: str) -> bool:
    block = re.split(r"\r?\n\r?\n", start, maxsplit=1)[0]
    lines = block.splitlines()
    first = re.match(r"[A-Za-z][A-Za-z0-9-]*:", lines[0]) if lines else None
    return bool(first) and len(_MAIL_HEADER.findall(block)) >= _MIN_MAIL_HEADERS


def _markup_type(start: str) -> str:
    if start.startswith("<?xml") or re.match(r"<[A-Za-z_][\w.-]*:?[\w.-]*[\s/>]", start):
        if "<svg" in start[:2048]:
            return "image/svg+xml"
        return "text/html" if _HTML.search(start[:1024]) else "application/xml"
    return "text/html" if _HTML.search(start) else "text/plain"


def _rare_type(head: bytes) -> str:
    try:
        guesses = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return UNKNOWN_TYPE.mime
    named = [one for one in guesses if one.mime_type and len(one.byte_match) >= 4]
    return str(named[0].mime_type) if named else UNKNOWN_TYPE.mime


def is_mismatch(sniffed: Sniffed, declared_name: str, declared_mime: str) -> bool:
    """Whether name or declared MIME type claim something the content is not ("wrongly named")."""
    return _name_differs(sniffed, extension_of(declared_name)) or _mime_differs(
        sniffed, declared_mime.partition(";")[0].strip().lower()
    )


def extension_of(name: str) -> str:
    """The extension of a file name in lower case, without dot; empty when there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if dot and stem and len(extension) <= 10 else ""


def _name_differs(sniffed: Sniffed, extension: str) -> bool:
    if not extension:
        return False
    expected = BY_EXTENSION.get(extension)
    if expected is None:
        # An unknown ending may be right for text and for types we do not know.
        return sniffed.family not in _TEXTUAL and sniffed.mime in BY_MIME
    return sniffed.mime not in {one.mime for one in expected}


def _mime_differs(sniffed: Sniffed, declared: str) -> bool:
    known = BY_MIME.get(declared)
    if declared in _GENERIC_MIMES or known is None:
        return False
    if known.family in _TEXTUAL and sniffed.family in _TEXTUAL:
        return False
    return known.family != sniffed.family


def explain_mismatch(sniffed: Sniffed, declared_name: str) -> str:
    """How a wrong name is said to a clerk; empty when the name fits."""
    if not sniffed.declared_mismatch:
        return ""
    kind = sniffed.extension.upper() or "unbekannt"
    claimed = extension_of(declared_name).upper() or "ohne Endung"
    return f"Der Dateiname passt nicht zum Inhalt: angegeben {claimed}, in Wahrheit {kind}."


def misnaming(mime: str, name: str) -> str:
    """The same for a file whose type is known already; empty when name and type agree."""
    sniffed = _typed(mime)
    return explain_mismatch(
        replace(sniffed, declared_mismatch=is_mismatch(sniffed, name, "")), name
    )


def upload_refusal(sniffed: Sniffed, declared_name: str = "") -> str | None:
    """Why a browser upload of this type is refused, in German; None when it is welcome (E9)."""
    if sniffed.has_macros:
        return (
            "Dateien mit Makros werden nicht angenommen. Bitte ohne Makros oder als PDF speichern."
        )
    if sniffed.mime not in UPLOAD_MIMES:
        return f"Dieser Dateityp wird nicht angenommen. Erlaubt sind: {allowed_types()}."
    return explain_mismatch(sniffed, declared_name) or None


def allowed_types() -> str:
    """The whitelist for people: "PDF, RTF, DOCX …"."""
    return ", ".join(BY_MIME[mime].extension.upper() for mime in UPLOAD_MIMES)


def accept_attribute() -> str:
    """The whitelist for ``<input type=file accept=…>``."""
    allowed = (BY_MIME[mime] for mime in UPLOAD_MIMES)
    wanted = {
        extension
        for one in allowed
        for extension in one.extensions
        if one.family in (Family.IMAGE, Family.PDF) or extension == one.extension
    }
    return ",".join(sorted(f".{extension}" for extension in wanted - {"ai"}))
