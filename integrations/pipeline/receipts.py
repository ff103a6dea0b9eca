"""The receipt a specialist system reads back: one JSON file per delivery (requirements §7.4, K4)."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from goettingen_ecm.operations import clock
from integrations.choices import ClearingReason, ClearingState, DeliveryState, Outcome
from integrations.models import Delivery, DeliveryItem
from integrations.pipeline import folders
from integrations.selectors import DeliverySum, delivery_sum
from records.choices import ExternalKeyKind
from records.models import ExternalKey

CHUNK = 1000
FORMAT = "1.0"

# xdomea 3.1 code list AllgemeineRueckmeldung 1.1.
DONE, ALREADY_DONE, UNKNOWN_ERROR, INVALID = "0000000", "0000009", "0000499", "0000008"
CODES = {
    ClearingReason.INVALID_ENTRY: INVALID,
    ClearingReason.FILE_MISSING: "0000018",
    ClearingReason.FILE_SURPLUS: "0000013",
    ClearingReason.HASH_MISMATCH: "0000015",
    ClearingReason.UNKNOWN_UNIT: "0000003",
    ClearingReason.UNKNOWN_ENTRY: "0000003",
    ClearingReason.UNKNOWN_OBJECT: "0000003",
    ClearingReason.NOT_PERMITTED: "0000004",
}
STATUS = {
    Outcome.FILED: "abgelegt",
    Outcome.DUPLICATE: "dublette",
    Outcome.CLEARING: "klaerungsfall",
    Outcome.OPEN: "offen",
}


def write_receipt(delivery: Delivery) -> Path:
    """Write (or write anew) ``quittungen/<delivery>.json``: complete or not there at all.

    A later delivery of the same name gets ``<delivery>.2.json``: the first one's answer stays.
    """
    home = folders.system_folder(delivery.system.code) / folders.RECEIPTS
    home.mkdir(parents=True, exist_ok=True)
    target = home / f"{delivery.name}{_turn(delivery)}.json"
    temporary = target.with_name(f".{target.name}.{delivery.pk}.tmp")
    with temporary.open("w", encoding="utf-8") as out:
        for piece in _document(delivery):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(target)
    return target


def _turn(delivery: Delivery) -> str:
    earlier = Delivery.objects.filter(
        system=delivery.system_id, name=delivery.name, pk__lt=delivery.pk
    ).count()
    return f".{earlier + 1}" if earlier else ""


def _document(delivery: Delivery) -> Iterator[str]:
    """The file in pieces, so that a delivery of any size needs little memory."""
    head = json.dumps(_head(delivery), ensure_ascii=False, indent=1)
    yield head.removesuffix("\n}") + ',\n "eintraege": ['
    separator = "\n  "
    for entry in _entries(delivery):
        yield separator + json.dumps(entry, ensure_ascii=False)
        separator = ",\n  "
    yield "\n ]\n}\n"


def _head(delivery: Delivery) -> dict[str, Any]:
    total = delivery_sum(delivery)
    return {
        "schemaVersion": FORMAT,
        "verfahren": delivery.system.code,
        "mandant": delivery.mandant,
        "lieferungId": delivery.delivery_key,
        "lieferung": delivery.name,
        "status": "zurueckgewiesen" if delivery.problem and _rejected(delivery) else "verarbeitet",
        "fehler": delivery.problem if _rejected(delivery) else "",
        "summe": _sum(total),
        "erstelltAm": clock.now().isoformat(timespec="seconds"),
    }


def _rejected(delivery: Delivery) -> bool:
    return delivery.state == DeliveryState.REJECTED


def _sum(total: DeliverySum) -> dict[str, Any]:
    return {
        "geliefert": total.total,
        "abgelegt": total.filed,
        "dubletten": total.duplicates,
        "klaerungsfaelle": total.clearing,
        "offen": total.open,
        "text": total.text,
    }


def _entries(delivery: Delivery) -> Iterator[dict[str, Any]]:
    after = -1
    rows = delivery.items.order_by("position").defer("raw", "files")
    rows = rows.select_related("clearing_case", "document__matter", "case_file")
    while chunk := list(rows.filter(position__gt=after)[:CHUNK]):
        keys = _case_keys(delivery, chunk)
        for item in chunk:
            yield _entry(delivery, item, keys)
        after = chunk[-1].position


def _case_keys(delivery: Delivery, items: list[DeliveryItem]) -> dict[int, str]:
    """The specialist system's own key of each case file, for the link back."""
    keys = ExternalKey.objects.filter(
        system=delivery.system,
        mandant=delivery.mandant,
        kind=ExternalKeyKind.CASE_FILE,
        case_file__in={item.case_file_id for item in items if item.case_file_id},
    )
    return dict(keys.values_list("case_file_id", "value"))


def _entry(delivery: Delivery, item: DeliveryItem, keys: dict[int, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "nachrichtId": item.message_id,
        "stelle": item.position,
        "status": STATUS[Outcome(item.outcome)],
        "code": code_of(item),
    }
    if (text := _text(item)) != "":
        entry["text"] = text
    if item.case_file is not None:
        entry["uuidAkte"] = str(item.case_file.uuid)
        entry["aktenzeichen"] = item.case_file.aktenzeichen
        entry["aufrufUrl"] = _link(delivery, keys.get(item.case_file.pk), item)
    if item.document is not None:
        entry["uuidVorgang"] = str(item.document.matter.uuid)
        entry["uuidDokument"] = str(item.document.uuid)
    return entry


def _link(delivery: Delivery, key: str | None, item: DeliveryItem) -> str:
    value = key or (item.case_file.aktenzeichen if item.case_file else "")
    query = urlencode({"verfahren": delivery.system.code, "schluessel": value})
    return f"{settings.SITE_ADDRESS}/akte/aufruf?{query}"


def code_of(item: DeliveryItem) -> str:
    """The item's result in the code list AllgemeineRueckmeldung."""
    if item.outcome == Outcome.FILED:
        return DONE
    if item.outcome == Outcome.DUPLICATE:
        return ALREADY_DONE
    case = getattr(item, "clearing_case", None)
    return CODES.get(case.reason, UNKNOWN_ERROR) if case is not None else UNKNOWN_ERROR


def _text(item: DeliveryItem) -> str:
    case = getattr(item, "clearing_case", None)
    if item.outcome != Outcome.CLEARING or case is None:
        return item.notice
    if case.state == ClearingState.DISMISSED:
        return f"Verworfen: {case.resolution}"
    return str(case.explanation)
