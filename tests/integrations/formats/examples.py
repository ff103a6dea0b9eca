"""Entries and index files for the tests of the format."""

import copy
import json
from pathlib import Path
from typing import Any

HEAD: dict[str, Any] = {
    "schemaVersion": "1.0",
    "verfahren": "openprosoz",
    "mandant": "01",
    "lieferungId": "L-1",
    "erstelltAm": "2026-11-21T02:10:00+01:00",
    "erstelltVon": "Nachtlauf",
}

_ENTRY: dict[str, Any] = {
    "nachrichtId": "L-1-000001",
    "fremdObjektId": "OP-1",
    "fremdVersion": "1",
    "aktion": "anlegen",
    "akte": {
        "typ": "Leistungsakte",
        "schluessel": [{"name": "Fallnummer", "wert": "2026-000417"}],
        "betreff": "Bergmann, Hannelore",
        "aktenplanKennzeichen": "50.10",
        "oe": "50.1",
        "fachdaten": {"Leistungsart": "SGB12-K4", "Betrag": 390.94, "Zusatz": None},
    },
    "vorgang": {
        "schluessel": [{"name": "Leistungsart", "wert": "SGB12-K4"}],
        "zeitraumVon": "2026-08-01",
        "zeitraumBis": "2027-07-31",
    },
    "dokument": {
        "typ": "Bewilligungsbescheid",
        "betreff": "Bewilligungsbescheid",
        "richtung": "A",
        "datumSchreiben": "2026-09-30",
        "personen": [{"rolle": "Antragstellende Person", "name": "Bergmann"}],
        "fristen": [{"art": "Rechtsbehelfsfrist", "datum": "2026-11-04"}],
    },
    "dateien": [
        {
            "name": "a.pdf",
            "mime": "application/pdf",
            "sha256": "ab" * 32,
            "groesse": 12,
            "rolle": "haupt",
        }
    ],
    "erstelltAm": "2026-11-20T16:00:00+01:00",
    "erstelltVon": "Frau Ahrens",
}


def entry(**changes: Any) -> dict[str, Any]:
    """A valid entry of its own with changes; a value of None removes the field."""
    made = copy.deepcopy(_ENTRY) | changes
    return {name: value for name, value in made.items() if value is not None}


def write_index(folder: Path, *entries: Any, **head: Any) -> Path:
    """An index.json with these entries; a head value of None removes the field."""
    content = {name: value for name, value in (HEAD | head).items() if value is not None}
    path = folder / "index.json"
    path.write_text(json.dumps(content | {"eintraege": list(entries)}), encoding="utf-8")
    return path
