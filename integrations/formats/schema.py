"""Wire names of the neutral format 1.0 (delivery-1.0.json), both ways. Pure functions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from integrations.formats.record import (
    Action,
    CaseFileRecord,
    DeadlineRecord,
    DocumentRecord,
    FileRecord,
    FileRole,
    MatterRecord,
    NamedKey,
    NeutralRecord,
    PersonRecord,
)

INDEX_NAME = "index.json"
FILES_FOLDER = "dateien"
READY_SUFFIX = ".ok"
UNFINISHED_SUFFIX = ".tmp"
ENTRIES = "eintraege"

Wire = Mapping[str, Any]


def record_from_wire(entry: Wire) -> NeutralRecord:
    """Map a valid entry. Raises KeyError or ValueError for one that the schema refuses."""
    created = entry.get("erstelltAm")
    return NeutralRecord(
        message_id=entry["nachrichtId"],
        object_id=entry["fremdObjektId"],
        action=Action(entry["aktion"]),
        object_version=entry.get("fremdVersion", ""),
        case_file=_case_file(entry["akte"]) if "akte" in entry else None,
        matter=_matter(entry["vorgang"]) if "vorgang" in entry else None,
        document=_document(entry["dokument"]) if "dokument" in entry else None,
        files=tuple(_file(one) for one in entry.get("dateien", ())),
        created_at=datetime.fromisoformat(created) if created else None,
        created_by=entry.get("erstelltVon", ""),
    )


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _keys(pairs: list[dict[str, str]]) -> tuple[NamedKey, ...]:
    return tuple(NamedKey(pair["name"], pair["wert"]) for pair in pairs)


def _case_file(wire: Wire) -> CaseFileRecord:
    return CaseFileRecord(
        keys=_keys(wire["schluessel"]),
        file_type=wire.get("typ", ""),
        title=wire.get("betreff", ""),
        entry_code=wire.get("aktenplanKennzeichen", ""),
        unit_code=wire.get("oe", ""),
        case_worker=wire.get("bearbeiter", ""),
        confidentiality=wire.get("vertraulichkeit", ""),
        business_data=wire.get("fachdaten", {}),
    )


def _matter(wire: Wire) -> MatterRecord:
    return MatterRecord(
        keys=_keys(wire["schluessel"]),
        matter_type=wire.get("typ", ""),
        title=wire.get("betreff", ""),
        period_from=_date(wire.get("zeitraumVon")),
        period_until=_date(wire.get("zeitraumBis")),
    )


def _document(wire: Wire) -> DocumentRecord:
    return DocumentRecord(
        document_type=wire["typ"],
        title=wire["betreff"],
        direction=wire["richtung"],
        letter_date=_date(wire.get("datumSchreiben")),
        received_on=_date(wire.get("eingang")),
        dispatched_on=_date(wire.get("ausgang")),
        foreign_reference=wire.get("fremdesGZ", ""),
        persons=tuple(_person(one) for one in wire.get("personen", ())),
        deadlines=tuple(_deadline(one) for one in wire.get("fristen", ())),
    )


def _person(wire: Wire) -> PersonRecord:
    return PersonRecord(
        role=wire["rolle"],
        name=wire["name"],
        first_name=wire.get("vorname", ""),
        birth_date=_date(wire.get("geburtsdatum")),
        address=wire.get("anschrift", ""),
    )


def _deadline(wire: Wire) -> DeadlineRecord:
    return DeadlineRecord(
        kind=wire["art"], due_on=date.fromisoformat(wire["datum"]), text=wire.get("text", "")
    )


def _file(wire: Wire) -> FileRecord:
    return FileRecord(
        name=wire["name"],
        sha256=bytes.fromhex(wire["sha256"]),
        size=wire["groesse"],
        role=FileRole(wire["rolle"]),
        mime_type=wire.get("mime", ""),
    )


def wire_from_record(record: NeutralRecord) -> dict[str, Any]:
    """The entry as it stands in index.json; what is empty is left out."""
    return _without_empty(
        {
            "nachrichtId": record.message_id,
            "fremdObjektId": record.object_id,
            "fremdVersion": record.object_version,
            "aktion": record.action.value,
            "akte": _wire_case_file(record.case_file) if record.case_file else None,
            "vorgang": _wire_matter(record.matter) if record.matter else None,
            "dokument": _wire_document(record.document) if record.document else None,
            "dateien": [_wire_file(one) for one in record.files],
            "erstelltAm": record.created_at.isoformat() if record.created_at else None,
            "erstelltVon": record.created_by,
        }
    )


def _without_empty(wire: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wire.items() if value not in (None, "", [], {})}


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _wire_keys(keys: tuple[NamedKey, ...]) -> list[dict[str, str]]:
    return [{"name": key.name, "wert": key.value} for key in keys]


def _wire_case_file(case_file: CaseFileRecord) -> dict[str, Any]:
    return _without_empty(
        {
            "typ": case_file.file_type,
            "schluessel": _wire_keys(case_file.keys),
            "betreff": case_file.title,
            "aktenplanKennzeichen": case_file.entry_code,
            "oe": case_file.unit_code,
            "bearbeiter": case_file.case_worker,
            "vertraulichkeit": case_file.confidentiality,
            "fachdaten": dict(case_file.business_data),
        }
    )


def _wire_matter(matter: MatterRecord) -> dict[str, Any]:
    return _without_empty(
        {
            "typ": matter.matter_type,
            "schluessel": _wire_keys(matter.keys),
            "betreff": matter.title,
            "zeitraumVon": _iso(matter.period_from),
            "zeitraumBis": _iso(matter.period_until),
        }
    )


def _wire_document(document: DocumentRecord) -> dict[str, Any]:
    return _without_empty(
        {
            "typ": document.document_type,
            "betreff": document.title,
            "richtung": document.direction,
            "datumSchreiben": _iso(document.letter_date),
            "eingang": _iso(document.received_on),
            "ausgang": _iso(document.dispatched_on),
            "fremdesGZ": document.foreign_reference,
            "personen": [_wire_person(one) for one in document.persons],
            "fristen": [_wire_deadline(one) for one in document.deadlines],
        }
    )


def _wire_person(person: PersonRecord) -> dict[str, Any]:
    return _without_empty(
        {
            "rolle": person.role,
            "name": person.name,
            "vorname": person.first_name,
            "geburtsdatum": _iso(person.birth_date),
            "anschrift": person.address,
        }
    )


def _wire_deadline(deadline: DeadlineRecord) -> dict[str, Any]:
    return _without_empty(
        {"art": deadline.kind, "datum": _iso(deadline.due_on), "text": deadline.text}
    )


def _wire_file(file: FileRecord) -> dict[str, Any]:
    return {
        "name": file.name,
        "mime": file.mime_type,
        "sha256": file.sha256.hex(),
        "groesse": file.size,
        "rolle": file.role.value,
    }
