"""Inspection of one file inside the child: hash, type, bounds, text. Imports no Django."""

import errno
import hashlib
import mmap
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import IO, Literal, cast

from records.content import bombs, mails, pdf_text, plain_text, sniffing
from records.content.limits import Limits
from records.content.mail_results import MAIL_TYPES
from records.content.pictures import IMAGE_ERRORS, open_picture, page_count
from records.content.problems import Problem, explain
from records.content.results import (
    UNKNOWN_TYPE,
    ContentUnreadable,
    Family,
    Inspection,
    InspectRequest,
    Sniffed,
    TextState,
)
from records.content.text_quality import is_garbage

_PIECE = 1024 * 1024
_IN_MEMORY = 32 * 1024 * 1024
Buffer = bytes | mmap.mmap


@dataclass(frozen=True, slots=True)
class _Read:
    """What the reader of a family brings back; problem None means it can be opened."""

    page_count: int | None = None
    problem: Problem | None = None
    detail: str = ""
    text: str | None = None
    truncated: bool = False


def inspect(request: InspectRequest, limits: Limits, *, only_identify: bool = False) -> Inspection:
    """Everything about one file; raises OSError when it cannot be read at all.

    ``only_identify`` stops after hash and type: for files that killed a child before.
    """
    with _opened(request.path) as (handle, size):
        if size > limits.file_bytes:
            return _oversized(handle, size, request)
        with _contents(handle, size) as data:
            return _inspect_bytes(data, request, limits, only_identify=only_identify)


def _oversized(handle: int, size: int, request: InspectRequest) -> Inspection:
    """Hashed in pieces and named by its head; never mapped, never opened."""
    digest = hashlib.sha256()
    head = os.read(handle, sniffing.HEAD_BYTES)
    part = head
    while part:
        digest.update(part)
        part = os.read(handle, _PIECE)
    sniffed = sniffing.sniff_bytes(head, request.declared_name, request.declared_mime)
    known = Inspection(digest.digest(), size, sniffed)
    return _with_problem(known, (Problem.TOO_LARGE, f"{size // 1024**2} MB"))


def _inspect_bytes(
    data: Buffer, request: InspectRequest, limits: Limits, *, only_identify: bool
) -> Inspection:
    digest = hashlib.sha256(data).digest()
    with _as_file(data) as file:
        found = sniffing.examine(file, request.declared_name, request.declared_mime)
        known = Inspection(digest, len(data), found.sniffed)
        if only_identify:
            return known
        problem = _first_problem(data, found) or _archive_bomb(file, data, found, limits)
    if problem is not None:
        return _with_problem(known, problem)
    return _with_reading(known, _read(data, request.path, found.sniffed, limits))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, int]]:
    """Descriptor and size of a regular file; pipes, devices and folders are refused (OSError)."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "no regular file")
        yield handle, status.st_size
    finally:
        os.close(handle)


@contextmanager
def _contents(handle: int, size: int) -> Iterator[Buffer]:
    """The file's bytes: read when small, mapped when large."""
    if size <= _IN_MEMORY:
        yield _all_bytes(handle, size)
        return
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as mapped:
        yield mapped


def _all_bytes(handle: int, size: int) -> bytes:
    data = os.read(handle, size + 1)
    if len(data) == size:
        return data
    parts = [data]
    while part := os.read(handle, _IN_MEMORY):
        parts.append(part)
    return b"".join(parts)


@contextmanager
def _as_file(data: Buffer) -> Iterator[IO[bytes]]:
    """Bytes and maps alike as a seekable file."""
    if isinstance(data, bytes):
        yield BytesIO(data)
    else:
        data.seek(0)
        yield cast(IO[bytes], _MapReader(data))


class _MapReader:
    """A mapped file that containers may read and close without unmapping it."""

    def __init__(self, mapped: mmap.mmap) -> None:
        self._mapped = mapped
        self.read = mapped.read
        self.tell = mapped.tell
        self.closed = False

    def seek(self, offset: int, whence: Literal[0, 1, 2] = 0) -> int:
        self._mapped.seek(offset, whence)
        return self._mapped.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


def _first_problem(data: Buffer, found: sniffing.Found) -> tuple[Problem, str] | None:
    if not len(data):
        return Problem.EMPTY, ""
    if found.damaged:
        return Problem.BROKEN, ""
    if found.sniffed.mime == UNKNOWN_TYPE.mime:
        return Problem.UNSUPPORTED, ""
    return None


def _archive_bomb(
    file: IO[bytes], data: Buffer, found: sniffing.Found, limits: Limits
) -> tuple[Problem, str] | None:
    if data[:2] == b"PK":
        reason = bombs.zip_bomb(file, len(data), limits)
        if reason is not None:
            return Problem.BOMB, reason
    return (Problem.ENCRYPTED, "") if found.encrypted else None


def _with_problem(known: Inspection, problem: tuple[Problem, str]) -> Inspection:
    code, detail = problem
    return replace(known, problem=code, problem_text=explain(code, detail), detail=detail)


def _with_reading(known: Inspection, read: _Read) -> Inspection:
    text = read.text or ""
    has_text = bool(text) and not text.isspace()
    return replace(
        known,
        page_count=read.page_count,
        problem=read.problem,
        problem_text=explain(read.problem, read.detail),
        detail=read.detail,
        text=text if has_text else "",
        text_state=_text_state(read.text, has_text=has_text),
        has_text_layer=has_text,
        text_truncated=read.truncated,
    )


def _text_state(text: str | None, *, has_text: bool) -> TextState:
    if text is None:
        return TextState.NONE
    if not has_text:
        return TextState.EMPTY
    return TextState.GARBAGE if is_garbage(text) else TextState.OK


def _read(data: Buffer, path: Path, sniffed: Sniffed, limits: Limits) -> _Read:
    match sniffed.family:
        case Family.PDF:
            return _read_pdf(data, path, limits)
        case Family.IMAGE:
            return _read_image(data, limits)
        case Family.TEXT | Family.HTML | Family.XML:
            return _read_characters(data, sniffed.family, limits)
        case Family.MAIL if sniffed.mime in MAIL_TYPES:
            return _read_mail(data, sniffed.mime, limits)
        case _:
            return _Read()


def _read_pdf(data: Buffer, path: Path, limits: Limits) -> _Read:
    if (reason := bombs.pdf_bomb(data, limits)) is not None:
        return _Read(problem=Problem.BOMB, detail=reason)
    try:
        # Large files are read by pdfium itself, so that they are not held in memory twice.
        with pdf_text.opened(data if isinstance(data, bytes) else path) as document:
            return _read_pages(document, limits)
    except ContentUnreadable as error:
        return _Read(problem=error.problem, detail=str(error))


def _read_pages(document: object, limits: Limits) -> _Read:
    count = len(document)  # type: ignore[arg-type]
    if count > limits.pdf_pages:
        return _Read(page_count=count, problem=Problem.BOMB, detail=f"{count} Seiten")
    pages = pdf_text.read_text(document, limits)
    if not pages.readable_pages:
        return _Read(problem=Problem.BROKEN, detail="no readable page")
    return _Read(page_count=count, text=pages.text, truncated=pages.truncated)


def _read_image(data: Buffer, limits: Limits) -> _Read:
    """Counts pages and checks dimensions from the headers; no pixel is decoded."""
    try:
        with _as_file(data) as file, open_picture(file) as image:
            if image.width * image.height > limits.bitmap_pixels:
                return _Read(problem=Problem.BOMB, detail=f"{image.width} × {image.height}")
            return _Read(page_count=page_count(image), text="")
    except IMAGE_ERRORS as error:
        if data[4:8] == b"ftyp":
            return _Read(text="")
        return _Read(problem=Problem.BROKEN, detail=repr(error))


def _read_characters(data: Buffer, family: Family, limits: Limits) -> _Read:
    cap = limits.text_chars * 4
    reader = plain_text.text_of_plain if family == Family.TEXT else plain_text.text_of_markup
    text = reader(data[:cap])
    if text is None:
        return _Read(problem=Problem.BROKEN, detail="no text")
    truncated = len(data) > cap or len(text) > limits.text_chars
    return _Read(text=text[: limits.text_chars], truncated=truncated)


def _read_mail(data: Buffer, mime: str, limits: Limits) -> _Read:
    try:
        text = mails.text_of_mail(data[:], mime)
    except mails.MAIL_ERRORS as error:
        return _Read(problem=Problem.BROKEN, detail=repr(error))
    return _Read(text=text[: limits.text_chars], truncated=len(text) > limits.text_chars)
