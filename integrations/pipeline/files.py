"""The delivered files of an item: found, copied into the store, compared with the index."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.choices import ClearingReason
from integrations.formats.schema import FILES_FOLDER
from integrations.models import DeliveryItem
from integrations.pipeline import folders
from integrations.pipeline.entries import is_surplus
from integrations.pipeline.outcomes import Problem
from integrations.pipeline.receiving import SURPLUS, SURPLUS_BYTES, delivered_file_names
from records import blob_store
from records.blob_store import Staged


@dataclass(slots=True)
class Arrived:
    """A delivered file: staged in this run, or stored by an earlier attempt, or missing."""

    name: str
    expected: Mapping[str, Any]
    staged: Staged | None = None
    stored: Mapping[str, Any] | None = None

    @property
    def sha256(self) -> str:
        if self.staged is not None:
            return self.staged.sha256.hex()
        return str(self.stored["sha256"]) if self.stored else ""

    @property
    def size(self) -> int:
        if self.staged is not None:
            return self.staged.size
        return int(self.stored["size"]) if self.stored else 0

    def row(self, blob_id: int | None) -> dict[str, Any]:
        """How the item remembers the file."""
        return {"name": self.name, "sha256": self.sha256, "size": self.size, "blob": blob_id}


def stage_files(item: DeliveryItem) -> list[Arrived]:
    """Copy the item's files into the store's temporary folder.

    Raises StoreFull; what was copied for this item is removed again.
    """
    kept = {one["name"]: one for one in item.files if one.get("blob")}
    arrived: list[Arrived] = []
    try:
        for one, path in _sources(item):
            arrived.append(one)
            one.stored = kept.get(one.name)
            if path is not None:
                one.staged = _stage(path)
    except (blob_store.StoreFull, OSError):
        discard(arrived)
        raise
    return arrived


def _stage(path: Path) -> Staged | None:
    try:
        return blob_store.stage(path)
    except FileNotFoundError:
        return None


def discard(arrived: list[Arrived]) -> None:
    blob_store.discard(one.staged for one in arrived if one.staged is not None)


def _sources(item: DeliveryItem) -> Iterator[tuple[Arrived, Path | None]]:
    folder = folders.folder_of(item.delivery)
    raw = item.raw if isinstance(item.raw, dict) else {}
    if is_surplus(item):
        real = os.fsdecode(bytes.fromhex(raw.get(SURPLUS_BYTES, ""))) or raw[SURPLUS]
        yield Arrived(raw[SURPLUS], {}), folders.regular_file(folder, real)
        return
    expected = _by_name(raw)
    for name in delivered_file_names(raw):
        path = folders.regular_file(folder, f"{FILES_FOLDER}/{name}")
        yield Arrived(name, expected.get(name, {})), path


def _by_name(raw: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What the index announces of each file; an entry may be broken in any way."""
    files = raw.get("dateien")
    announced = [one for one in files if isinstance(one, dict)] if isinstance(files, list) else []
    return {one["name"]: one for one in announced if isinstance(one.get("name"), str)}


def missing(arrived: list[Arrived]) -> Problem | None:
    """Files the index names and the folder does not have."""
    names = [one.name for one in arrived if one.staged is None and one.stored is None]
    if not names:
        return None
    listed = ", ".join(f"„{name}“" for name in names)
    return Problem(
        ClearingReason.FILE_MISSING,
        f"Im Ordner {FILES_FOLDER} der Lieferung fehlt oder ist nicht lesbar: {listed}.",
    )


def changed(arrived: list[Arrived]) -> Problem | None:
    """Files whose bytes are not those the index announces."""
    found = [_difference(one) for one in arrived if one.staged or one.stored]
    texts = [text for text in found if text]
    return Problem(ClearingReason.HASH_MISMATCH, " ".join(texts)) if texts else None


def _difference(one: Arrived) -> str:
    announced = one.expected
    if announced.get("groesse") not in (None, one.size):
        return (
            f"Datei „{one.name}“, groesse: angekündigt {announced['groesse']} Byte, "
            f"angekommen {one.size} Byte."
        )
    sha256 = announced.get("sha256")
    if isinstance(sha256, str) and sha256.lower() != one.sha256:
        return (
            f"Datei „{one.name}“, sha256: angekündigt {sha256[:12].lower()}…, "
            f"angekommen {one.sha256[:12]}…; die Datei ist nicht die angekündigte."
        )
    return ""
