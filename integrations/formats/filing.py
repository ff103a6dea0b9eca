"""What a connector's mapping hands to the pipeline: where an entry goes and what it becomes there.

Every connector maps its NeutralRecord to a Filing; the pipeline knows only this shape.
Empty text or None means "not delivered": a change of metadata leaves that value alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from goettingen_ecm.accounts.choices import Circle
from integrations.formats.record import Action, DeadlineRecord, FileRecord
from records.choices import Confidentiality, Direction

ForeignKey = tuple[str, str]
"""(mandant, value) as stored in records.ExternalKey."""


class MappingFault(ValueError):  # noqa: N818 - an answer to the sender, makes a clearing case
    """An entry that fits the schema but not its specialist system's rules.

    ``path`` is the wire path inside the entry, ``reason`` a German sentence.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CaseFileTarget:
    """The Akte, found by ``key``; opened under ``entry_code`` for ``unit_code`` if there is none."""

    key: ForeignKey
    title: str = ""
    entry_code: str = ""
    unit_code: str = ""
    case_worker: str = ""
    file_type: str = ""
    circle: Circle = Circle.NONE
    confidentiality: Confidentiality | None = None
    business_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MatterTarget:
    """The Vorgang, found by ``key``, opened in the case file if there is none."""

    key: ForeignKey
    title: str
    matter_type: str = ""
    period_from: date | None = None
    period_until: date | None = None


@dataclass(frozen=True, slots=True)
class DocumentTarget:
    """The document's own values; ``type_code`` is a slug of the connector's type table."""

    title: str
    direction: Direction
    type_code: str
    letter_date: date | None = None
    received_on: date | None = None
    dispatched_on: date | None = None
    foreign_reference: str = ""


@dataclass(frozen=True, slots=True)
class PartyTarget:
    role: str
    name: str
    first_name: str = ""
    birth_date: date | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """One entry, ready to be filed. ``document_key`` and ``version`` make repetition visible (K1)."""

    action: Action
    document_key: ForeignKey
    version: str = ""
    case_file: CaseFileTarget | None = None
    matter: MatterTarget | None = None
    document: DocumentTarget | None = None
    parties: tuple[PartyTarget, ...] = ()
    deadlines: tuple[DeadlineRecord, ...] = ()
    files: tuple[FileRecord, ...] = ()
