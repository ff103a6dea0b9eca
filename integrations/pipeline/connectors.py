"""What the pipeline must know of a specialist system; connectors register under their code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goettingen_ecm.operations.registry import Registry
from integrations.formats.filing import Filing
from integrations.formats.record import NeutralRecord


@dataclass(frozen=True, slots=True)
class Connector:
    """``filing_of(record, mandant)`` raises MappingFault; ``document_types`` is code → name."""

    filing_of: Callable[[NeutralRecord, str], Filing]
    document_types: Mapping[str, str]


connectors: Registry[Connector] = Registry()
