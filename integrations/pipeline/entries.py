"""From a stored entry to what its connector makes of it."""

from typing import Any

from integrations.choices import ClearingReason
from integrations.formats.filing import Filing, MappingFault
from integrations.formats.reader import check_entry, to_record
from integrations.formats.record import Action
from integrations.models import DeliveryItem
from integrations.pipeline.connectors import connectors
from integrations.pipeline.outcomes import Problem
from integrations.pipeline.receiving import SURPLUS

FILING_ACTIONS = frozenset({Action.CREATE, Action.NEW_VERSION})
ORDER_ACTIONS = frozenset({Action.METADATA, Action.WITHDRAW})
SHOWN_FAULTS = 5


def is_surplus(item: DeliveryItem) -> bool:
    """True for a file nobody named, which has an item of its own."""
    return isinstance(item.raw, dict) and SURPLUS in item.raw


def filing_of(item: DeliveryItem) -> Filing:
    """Where the entry goes. Raises MappingFault; the entry must have passed ``faults``."""
    connector = connectors.get(item.delivery.system.code)
    return connector.filing_of(to_record(_raw(item)), item.delivery.mandant)


def _raw(item: DeliveryItem) -> dict[str, Any]:
    return item.raw if isinstance(item.raw, dict) else {}


def faults(item: DeliveryItem) -> Problem | None:
    """What is wrong with the entry itself, before any file is looked at."""
    where = f"eintraege[{item.position}]"
    if item.notice:
        return Problem(ClearingReason.INVALID_ENTRY, item.notice)
    found = check_entry(_raw(item), where)
    if found:
        text = "; ".join(str(one) for one in found[:SHOWN_FAULTS])
        return Problem(ClearingReason.INVALID_ENTRY, text)
    try:
        filing = filing_of(item)
    except MappingFault as fault:
        text = f"index.json, {where}.{fault.path}: {fault.reason}"
        return Problem(ClearingReason.INVALID_ENTRY, text)
    return _unfit_action(filing, where)


def _unfit_action(filing: Filing, where: str) -> Problem | None:
    action = filing.action
    if action in FILING_ACTIONS:
        return None
    if action not in ORDER_ACTIONS:
        return Problem(
            ClearingReason.VERB_NOT_AVAILABLE,
            f"index.json, {where}.aktion: Der Auftrag „{action.value}“ kann noch nicht ausgeführt "
            "werden. Er bleibt hier stehen und lässt sich später wiederholen.",
        )
    if filing.files:
        return Problem(
            ClearingReason.INVALID_ENTRY,
            f"index.json, {where}.dateien: Der Auftrag „{action.value}“ ändert keine Dateien; "
            "für neue Dateien ist „version“ vorgesehen.",
        )
    return None
