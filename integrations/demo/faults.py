"""Faults a delivery can have on request: make_delivery --faults missing,hash:3."""

import shutil
import zlib
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

from integrations.demo.rendering import PdfFile


class Fault(StrEnum):
    """What goes wrong with one document, or (INDEX, SURPLUS) with the delivery."""

    MISSING = "missing"
    SURPLUS = "surplus"
    HASH = "hash"
    TRUNCATED = "truncated"
    DUPLICATE = "duplicate"
    ENCRYPTED = "encrypted"
    CRASH = "crash"
    INDEX = "index"


ON_A_DOCUMENT = (
    Fault.MISSING,
    Fault.HASH,
    Fault.TRUNCATED,
    Fault.DUPLICATE,
    Fault.ENCRYPTED,
    Fault.CRASH,
)
PASSWORD = "Musterstadt"  # noqa: S105 - a fault to be delivered, nothing is protected by it
BOMB_BYTES = 960 * 1024 * 1024
BOMB_UNIT = b"q Q "


def parse_faults(text: str) -> dict[Fault, int]:
    """``missing,hash:3`` -> {MISSING: 1, HASH: 3}; raises ValueError in German."""
    wanted: dict[Fault, int] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, count = part.partition(":")
        if name not in list(Fault) or (count and not count.isdecimal()):
            known = ", ".join(Fault)
            raise ValueError(f"Unbekannter Fehler „{part}“; möglich sind {known}, etwa hash:3.")
        wanted[Fault(name)] = int(count or 1)
    return wanted


def spoil(fault: Fault, file: PdfFile) -> PdfFile:
    """Do to a written file what the fault means; what the index will say about it comes back."""
    if fault is Fault.MISSING:
        file.path.unlink()
        return file
    if fault is Fault.HASH:
        return replace(file, sha256=sha256(file.sha256).digest())
    if fault is Fault.DUPLICATE:
        return file
    content = file.path.read_bytes()
    if fault is Fault.TRUNCATED:
        file.path.write_bytes(content[: len(content) // 2])
    elif fault is Fault.ENCRYPTED:
        _encrypt(file.path)
    else:
        _write_bomb(file.path)
    return described(file.path)


def copy_of(file: PdfFile) -> PdfFile:
    """The same bytes under another name, as a second export would write them."""
    path = file.path.with_name(f"{file.path.stem}_2{file.path.suffix}")
    shutil.copyfile(file.path, path)
    return replace(file, path=path)


def add_surplus(folder: Path, number: int) -> Path:
    """A file that no entry names."""
    path = folder / f"Ohne_Eintrag_{number:02d}.txt"
    path.write_text("Diese Datei steht in keinem Eintrag der Lieferung.\n", encoding="utf-8")
    return path


def cut_index(index: Path) -> None:
    """Cut index.json off, as a full disk on the sender's side would."""
    content = index.read_bytes()
    index.write_bytes(content[: len(content) * 2 // 3])


def described(path: Path) -> PdfFile:
    content = path.read_bytes()
    return PdfFile(path, sha256(content).digest(), len(content))


def _encrypt(path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.encrypt(PASSWORD, algorithm="AES-256")
    writer.write(path)


def _write_bomb(path: Path) -> None:
    """A small PDF whose page unfolds to about 1 GB: a process without limits dies of it.

    The filters stand behind a reference, so that looking for chained filters does not find it.
    """
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    stream = DecodedStreamObject()
    stream.set_data(_twice_compressed())
    filters = ArrayObject([NameObject("/FlateDecode")] * 2)
    stream[NameObject("/Filter")] = writer._add_object(filters)
    page[NameObject("/Contents")] = writer._add_object(stream)
    page[NameObject("/Resources")] = DictionaryObject()
    writer.write(path)


def _twice_compressed() -> bytes:
    packer = zlib.compressobj(1)
    chunk = BOMB_UNIT * (1024 * 1024 // len(BOMB_UNIT))
    inner = b"".join(packer.compress(chunk) for _ in range(BOMB_BYTES // len(chunk)))
    return zlib.compress(inner + packer.flush(), 9)
