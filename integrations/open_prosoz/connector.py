"""Makes OPEN/PROSOZ known to the import pipeline."""

from integrations.open_prosoz.mapping import filing_of
from integrations.open_prosoz.schema import DOCUMENT_TYPES, SYSTEM_CODE
from integrations.pipeline.connectors import Connector, connectors


def register() -> None:
    connectors.register(SYSTEM_CODE, Connector(filing_of, DOCUMENT_TYPES))
