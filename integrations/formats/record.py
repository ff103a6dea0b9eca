"""The neutral record: one entry of a delivery, whatever specialist system it comes from.

Source: requirements.md §7.4; the wire names stand in schema.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Action(StrEnum):
    """What the specialist system asks for; the values are the wire names."""

    CREATE = "anlegen"
    NEW_VERSION = "version"
    METADATA = "metadaten"
    WITHDRAW = "ungueltig"
    CLOSE = "zda"
    REOPEN = "zdaAufheben"
    DELETION_REQUEST = "loeschantrag"


class FileRole(StrEnum):
    """Which part of the document a file is; the values are the wire names."""

    MAIN = "haupt"
    ATTACHMENT = "anlage"
    DATA = "strukturdaten"


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key of the specialist system, for example Fallnummer = 4711."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CaseFileRecord:
    """The case file (Akte) an entry belongs to. Empty text = not delivered."""

    keys: tuple[NamedKey, ...]
    file_type: str = ""
    title: str = ""
    entry_code: str = ""
    unit_code: str = ""
    case_worker: str = ""
    confidentiality: str = ""
    business_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatterRecord:
    """The matter (Vorgang) inside the case file; the period is inclusive on both ends."""

    keys: tuple[NamedKey, ...]
    matter_type: str = ""
    title: str = ""
    period_from: date | None = None
    period_until: date | None = None


@dataclass(frozen=True, slots=True)
class PersonRecord:
    role: str
    name: str
    first_name: str = ""
    birth_date: date | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineRecord:
    kind: str
    due_on: date
    text: str = ""


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """The document; ``direction`` is E (incoming), A (outgoing) or I (internal)."""

    document_type: str
    title: str
    direction: str
    letter_date: date | None = None
    received_on: date | None = None
    dispatched_on: date | None = None
    foreign_reference: str = ""
    persons: tuple[PersonRecord, ...] = ()
    deadlines: tuple[DeadlineRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file beside the index; ``size`` in bytes, ``mime_type`` as claimed by the sender."""

    name: str
    sha256: bytes
    size: int
    role: FileRole
    mime_type: str = ""


@dataclass(frozen=True, slots=True)
class NeutralRecord:
    """One entry: who sends it, what it asks for, where it belongs, which files it brings."""

    message_id: str
    object_id: str
    action: Action
    object_version: str = ""
    case_file: CaseFileRecord | None = None
    matter: MatterRecord | None = None
    document: DocumentRecord | None = None
    files: tuple[FileRecord, ...] = ()
    created_at: datetime | None = None
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryHeader:
    """The head of index.json. ``sha256`` is that of the whole index file."""

    schema_version: str
    system: str
    mandant: str
    delivery_id: str
    created_at: datetime
    created_by: str
    entry_count: int
    sha256: bytes
