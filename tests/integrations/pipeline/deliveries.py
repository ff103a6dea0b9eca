"""Small deliveries written by hand: every test says what is in them."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CREATED = "2026-11-20T03:00:00+01:00"


@dataclass
class DeliveryBuilder:
    """Collects entries and files; ``write()`` puts the folder and its marker into the drop folder."""

    drop: Path
    name: str
    system: str = "openprosoz"
    mandant: str = "0101"
    entries: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def add(
        self,
        object_id: str,
        text: str = "",
        *,
        version: str = "1",
        action: str = "anlegen",
        case: str = "F-1",
        **changes: Any,
    ) -> dict[str, Any]:
        """An entry with one text file; ``changes`` replace fields of the entry."""
        entry: dict[str, Any] = {
            "nachrichtId": f"{self.name}-{len(self.entries) + 1}",
            "fremdObjektId": object_id,
            "fremdVersion": version,
            "aktion": action,
            "akte": case_file(case),
            "dokument": document(f"Bescheid {object_id}"),
        }
        if action in ("anlegen", "version") and "dateien" not in changes:
            entry["dateien"] = [
                self.file(f"{object_id}_{version}.txt", text or f"Inhalt {object_id}")
            ]
        entry.update(changes)
        self.entries.append(entry)
        return entry

    def file(self, name: str, text: str) -> dict[str, Any]:
        """A file of the delivery and how the index announces it."""
        data = text.encode()
        self.files[name] = data
        return {
            "name": name,
            "mime": "text/plain",
            "sha256": hashlib.sha256(data).hexdigest(),
            "groesse": len(data),
            "rolle": "haupt",
        }

    def write(self, *, marker: bool = True) -> Path:
        folder = self.drop / self.system / self.name
        (folder / "dateien").mkdir(parents=True)
        for name, data in self.files.items():
            (folder / "dateien" / name).write_bytes(data)
        index = json.dumps(self.index(), ensure_ascii=False)
        (folder / "index.json").write_text(index, encoding="utf-8")
        if marker:
            folder.with_name(f"{self.name}.ok").touch()
        return folder

    def index(self) -> dict[str, Any]:
        return {
            "schemaVersion": "1.0",
            "verfahren": self.system,
            "mandant": self.mandant,
            "lieferungId": f"L-{self.name}",
            "erstelltAm": CREATED,
            "eintraege": self.entries,
        }


def case_file(number: str, **changes: Any) -> dict[str, Any]:
    return {
        "schluessel": [{"name": "Fallnummer", "wert": number}],
        "betreff": f"Musterfrau, Erika ({number})",
        "aktenplanKennzeichen": "50.10",
        "oe": "50.1",
    } | changes


def document(title: str, **changes: Any) -> dict[str, Any]:
    return {
        "typ": "Bewilligungsbescheid",
        "betreff": title,
        "richtung": "A",
        "datumSchreiben": "2026-11-19",
    } | changes
