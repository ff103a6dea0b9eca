"""Writes a delivery so that a reader never sees half of one: <name>.tmp, rename, <name>.ok."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from integrations.formats.record import NeutralRecord
from integrations.formats.schema import (
    ENTRIES,
    FILES_FOLDER,
    INDEX_NAME,
    READY_SUFFIX,
    UNFINISHED_SUFFIX,
    wire_from_record,
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who delivers: the specialist system, its mandant, the number and moment of the delivery."""

    system: str
    mandant: str
    delivery_id: str
    created_at: datetime
    created_by: str = ""


class DeliveryWriter:
    """A delivery being written; leaving the ``with`` block without an exception completes it.

    Raises FileExistsError where a delivery of that name lies already. After an exception only
    the .tmp folder is left, which no reader touches and the next attempt replaces.
    """

    def __init__(
        self,
        drop_dir: Path,
        name: str,
        sender: Sender,
        before_ready: Callable[[Path], None] | None = None,
    ) -> None:
        """``before_ready`` gets the still unfinished folder once everything is written."""
        self.path = drop_dir / name
        self.ready_mark = drop_dir / f"{name}{READY_SUFFIX}"
        self._unfinished = drop_dir / f"{name}{UNFINISHED_SUFFIX}"
        self._sender = sender
        self._before_ready = before_ready
        self._index: TextIO | None = None
        self.entry_count = 0

    @property
    def files_dir(self) -> Path:
        """Where the files of the entries belong while writing."""
        return self._unfinished / FILES_FOLDER

    def __enter__(self) -> "DeliveryWriter":
        for taken in (self.path, self.ready_mark):
            if taken.exists():
                raise FileExistsError(f"{taken} gibt es schon.")
        if self._unfinished.exists():
            shutil.rmtree(self._unfinished)
        self.files_dir.mkdir(parents=True)
        self._index = (self._unfinished / INDEX_NAME).open("w", encoding="utf-8")
        head = json.dumps(_wire_head(self._sender), ensure_ascii=False, indent=1)
        self._index.write(f'{head.removesuffix("}").rstrip()},\n "{ENTRIES}": [')
        return self

    def add(self, record: NeutralRecord) -> None:
        """Append an entry; its files lie in ``files_dir``."""
        self.add_wire(wire_from_record(record))

    def add_wire(self, entry: Mapping[str, Any]) -> None:
        """Append an entry as it is, valid or not."""
        if self._index is None:
            raise RuntimeError("a delivery is written inside its with block")
        separator = "," if self.entry_count else ""
        self._index.write(f"{separator}\n  {json.dumps(entry, ensure_ascii=False)}")
        self.entry_count += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._index is None:
            return
        if kind is None:
            self._index.write("\n ]\n}\n")
        self._index.close()
        if kind is None:
            self._complete()

    def _complete(self) -> None:
        if self._before_ready is not None:
            self._before_ready(self._unfinished)
        self._unfinished.rename(self.path)
        self.ready_mark.touch()


def _wire_head(sender: Sender) -> dict[str, str]:
    return {
        "schemaVersion": "1.0",
        "verfahren": sender.system,
        "mandant": sender.mandant,
        "lieferungId": sender.delivery_id,
        "erstelltAm": sender.created_at.isoformat(),
        "erstelltVon": sender.created_by,
    }
