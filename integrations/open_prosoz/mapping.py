"""From a neutral record of OPEN/PROSOZ to a Filing. Pure functions; the tables are in schema.py."""

from datetime import date
from functools import cache

from goettingen_ecm.accounts.choices import Circle
from integrations.formats.filing import (
    CaseFileTarget,
    DocumentTarget,
    Filing,
    ForeignKey,
    MappingFault,
    MatterTarget,
    PartyTarget,
)
from integrations.formats.record import (
    Action,
    CaseFileRecord,
    DocumentRecord,
    MatterRecord,
    NamedKey,
    NeutralRecord,
)
from integrations.open_prosoz import schema
from records.choices import Confidentiality, Direction

DIRECTIONS = {"E": Direction.INCOMING, "A": Direction.OUTGOING, "I": Direction.INTERNAL}
MAX_KEY_PART = 80


def filing_of(record: NeutralRecord, mandant: str) -> Filing:
    """Where an entry goes; ``mandant`` is the delivery's.

    Raises MappingFault without a Fallnummer, with a key too long to store, or when the entry
    names another mandant than the delivery.
    """
    case_file = _case_file(record.case_file, mandant) if record.case_file else None
    document = record.document
    return Filing(
        action=record.action,
        document_key=(mandant, record.object_id),
        version=record.object_version,
        case_file=case_file,
        matter=_matter(record, case_file) if case_file else None,
        document=_document(document) if document else None,
        parties=_parties(document) if document else (),
        deadlines=document.deadlines if document else (),
        files=record.files,
    )


def case_file_key(keys: tuple[NamedKey, ...], mandant: str) -> ForeignKey:
    """(mandant, Fallnummer) of a delivered key list; raises MappingFault."""
    named = {key.name.casefold(): key.value.strip() for key in keys}
    stated = named.get(schema.KEY_MANDANT.casefold(), mandant)
    if stated != mandant:
        raise MappingFault(
            "akte.schluessel", f"Der Mandant {stated} ist nicht der der Lieferung ({mandant})."
        )
    number = named.get(schema.KEY_FALLNUMMER.casefold(), "")
    if not number:
        raise MappingFault("akte.schluessel", f"Der Schlüssel „{schema.KEY_FALLNUMMER}“ fehlt.")
    return mandant, _short_enough(number, "akte.schluessel")


def document_type_code(letter_name: str) -> str:
    """Our document type for the name of a letter; the longest known name inside it decides."""
    name = " ".join(letter_name.casefold().split())
    table = _type_table()
    if name in table:
        return table[name]
    known = max((one for one in table if one in name), key=len, default="")
    return table.get(known, schema.FALLBACK_TYPE)


@cache
def _type_table() -> dict[str, str]:
    own = {name.casefold(): code for code, name in schema.DOCUMENT_TYPES.items()}
    return own | schema.LETTER_NAMES


def _case_file(delivered: CaseFileRecord, mandant: str) -> CaseFileTarget:
    level = delivered.confidentiality
    return CaseFileTarget(
        key=case_file_key(delivered.keys, mandant),
        title=_one_line(delivered.title),
        entry_code=delivered.entry_code.strip(),
        unit_code=delivered.unit_code.strip(),
        case_worker=_one_line(delivered.case_worker),
        file_type=delivered.file_type.strip() or schema.CASE_FILE_TYPE,
        circle=Circle.SOCIAL,
        confidentiality=Confidentiality(level) if level else None,
        business_data=dict(delivered.business_data),
    )


def _matter(record: NeutralRecord, case_file: CaseFileTarget) -> MatterTarget | None:
    """Per Leistungsart and Bewilligungszeitraum; without both the file's general matter."""
    if record.matter is not None:
        return _period_matter(record.matter, case_file)
    if record.action is not Action.CREATE:
        return None
    mandant, number = case_file.key
    return MatterTarget(
        key=(mandant, f"{_escaped(number)}/allgemein"),
        title="Allgemeiner Schriftwechsel",
        matter_type=schema.GENERAL_MATTER_TYPE,
    )


def _period_matter(delivered: MatterRecord, case_file: CaseFileTarget) -> MatterTarget:
    mandant, number = case_file.key
    kind = _leistungsart(delivered, case_file)
    period = (delivered.period_from, delivered.period_until)
    parts = (number, kind, *(_day(one) for one in period))
    return MatterTarget(
        key=(mandant, "/".join(_escaped(part) for part in parts)),
        title=_one_line(delivered.title) or matter_title(kind, *period),
        matter_type=delivered.matter_type.strip() or schema.MATTER_TYPE,
        period_from=delivered.period_from,
        period_until=delivered.period_until,
    )


def _leistungsart(delivered: MatterRecord, case_file: CaseFileTarget) -> str:
    for key in delivered.keys:
        if key.name.casefold() == schema.KEY_LEISTUNGSART.casefold():
            return _short_enough(key.value.strip(), "vorgang.schluessel")
    stated = case_file.business_data.get(schema.KEY_LEISTUNGSART)
    if isinstance(stated, str) and stated.strip():
        return _short_enough(stated.strip(), "akte.fachdaten.Leistungsart")
    raise MappingFault("vorgang.schluessel", f"Der Schlüssel „{schema.KEY_LEISTUNGSART}“ fehlt.")


def matter_title(leistungsart: str, start: date | None, end: date | None) -> str:
    """For example: Wohngeld, 01.01.2026 bis 31.12.2026."""
    name = schema.LEISTUNGSARTEN.get(leistungsart.upper(), leistungsart)
    if start and end:
        return f"{name}, {start:%d.%m.%Y} bis {end:%d.%m.%Y}"
    if start:
        return f"{name}, ab {start:%d.%m.%Y}"
    return f"{name}, bis {end:%d.%m.%Y}" if end else name


def _document(delivered: DocumentRecord) -> DocumentTarget:
    return DocumentTarget(
        title=_one_line(delivered.title),
        direction=DIRECTIONS[delivered.direction],
        type_code=document_type_code(delivered.document_type),
        letter_date=delivered.letter_date,
        received_on=delivered.received_on,
        dispatched_on=delivered.dispatched_on,
        foreign_reference=_one_line(delivered.foreign_reference),
    )


def _parties(delivered: DocumentRecord) -> tuple[PartyTarget, ...]:
    return tuple(
        PartyTarget(
            role=_one_line(person.role),
            name=_one_line(person.name),
            first_name=_one_line(person.first_name),
            birth_date=person.birth_date,
            address=_one_line(person.address),
        )
        for person in delivered.persons
    )


def _day(value: date | None) -> str:
    return value.isoformat() if value else "offen"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(part: str) -> str:
    # The separator inside a value must not make two different keys equal.
    return part.replace("%", "%25").replace("/", "%2F")


def _short_enough(value: str, path: str) -> str:
    if len(_escaped(value)) > MAX_KEY_PART:
        raise MappingFault(path, f"Ein Schlüssel ist länger als {MAX_KEY_PART} Zeichen.")
    return value
