"""Stage one: a complete folder becomes a Delivery, each entry of its index a DeliveryItem.

One worker receives for a system at a time, so that items keep the order of their deliveries.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.db import connection, transaction

from goettingen_ecm.operations import clock
from integrations.choices import DeliveryState
from integrations.formats.errors import DeliveryUnreadable, FieldError
from integrations.formats.reader import iter_entries, read_header
from integrations.formats.record import DeliveryHeader
from integrations.formats.schema import FILES_FOLDER
from integrations.models import Delivery, DeliveryItem
from integrations.pipeline import folders
from integrations.pipeline.connectors import connectors
from integrations.pipeline.faultpoints import reach
from records.models import SpecialistSystem

logger = structlog.get_logger(__name__)

CHUNK = 1000
LOCK_SPACE = 7_301_001
SURPLUS = "ueberzaehlig"
SURPLUS_BYTES = "bytes"

Entry = tuple[int, dict[str, Any], list[FieldError]]


def receive_arrivals() -> int:
    """Take in every complete delivery of every connected system; returns how many."""
    received = 0
    for system in SpecialistSystem.objects.filter(code__in=connectors.names()).order_by("id"):
        with _alone(system.pk) as mine:
            if mine:
                received += _receive_system(system)
    return received


def _receive_all(deliveries: Iterable[Delivery]) -> None:
    """A folder we may not read or move stands in its own way only."""
    for delivery in deliveries:
        try:
            receive(delivery)
        except OSError as error:
            logger.error("delivery cannot be received", delivery=delivery.name, error=str(error))
            problem = f"Der Ordner der Lieferung ist nicht benutzbar: {error.strerror}."
            Delivery.objects.filter(pk=delivery.pk).update(problem=problem)


@contextmanager
def _alone(system_id: int) -> Iterator[bool]:
    """True for one worker at a time; the lock goes with the worker's session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, system_id])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, system_id])


def _receive_system(system: SpecialistSystem) -> int:
    interrupted = Delivery.objects.filter(system=system, state=DeliveryState.RECEIVING)
    _receive_all(interrupted.order_by("id").select_related("system"))
    arrived = [register(system, folder) for folder in _arrivals(system)]
    fresh = [one for one in arrived if one is not None]
    _receive_all(fresh)
    return len(fresh)


def _arrivals(system: SpecialistSystem) -> list[Path]:
    try:
        return folders.complete_arrivals(system.code)
    except OSError as error:
        logger.error("drop folder cannot be read", system=system.code, error=str(error))
        return []


def register(system: SpecialistSystem, folder: Path) -> Delivery | None:
    """The row of a newly arrived folder; None when the folder is being worked on already."""
    delivery, created = Delivery.objects.get_or_create(
        system=system,
        folder=folders.relative(folder),
        defaults={"name": folder.name[:200], "received_at": clock.now()},
    )
    reach("delivery_registered")
    return delivery if created else None


def receive(delivery: Delivery) -> None:
    """Read the index into items; goes on where an interrupted attempt stopped.

    An unreadable index rejects the delivery with the reason; its files stay as they are.
    """
    try:
        header = _header(delivery)
    except (DeliveryUnreadable, OSError) as error:
        _reject(delivery, _why_unreadable(error))
        return
    _remember(delivery, header)
    _insert(delivery, header)


def _header(delivery: Delivery) -> DeliveryHeader:
    header = read_header(folders.index_of(delivery))
    if header.system != delivery.system.code:
        raise DeliveryUnreadable(
            f"index.json, verfahren: Die Lieferung ist von „{header.system}“, "
            f"liegt aber im Ordner von „{delivery.system.code}“."
        )
    if delivery.index_sha256 and bytes(delivery.index_sha256) != header.sha256:
        raise DeliveryUnreadable("index.json wurde während der Annahme geändert.")
    return header


def _why_unreadable(error: DeliveryUnreadable | OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "Die Lieferung hat keine Datei index.json."
    if isinstance(error, OSError):
        return f"index.json lässt sich nicht lesen: {error.strerror}."
    return error.message


def _reject(delivery: Delivery, problem: str) -> None:
    """Items of an earlier attempt, if there are any, still go their way."""
    from integrations.pipeline import finishing

    logger.warning("delivery rejected", delivery=delivery.name, problem=problem)
    delivery.problem = problem
    finishing.finish_rejected(delivery)


def _remember(delivery: Delivery, header: DeliveryHeader) -> None:
    delivery.delivery_key = header.delivery_id
    delivery.mandant = header.mandant
    delivery.index_sha256 = header.sha256
    delivery.save(update_fields=["delivery_key", "mandant", "index_sha256"])


def _insert(delivery: Delivery, header: DeliveryHeader) -> None:
    present = delivery.items.count()
    named: set[str] = set()
    entries = _noting_names(iter_entries(folders.index_of(delivery)), named)
    missing = islice(entries, present, None)
    while chunk := [_item(delivery, entry) for entry in islice(missing, CHUNK)]:
        DeliveryItem.objects.bulk_create(chunk)
        reach("items_inserted")
    names = [n for n in folders.delivered_names(folders.folder_of(delivery)) if n not in named]
    with transaction.atomic():
        DeliveryItem.objects.bulk_create(_surplus(delivery, header.entry_count, names), CHUNK)
        delivery.total = header.entry_count + len(names)
        delivery.state = DeliveryState.PROCESSING
        delivery.problem = ""
        delivery.save(update_fields=["total", "state", "problem"])


def _noting_names(entries: Iterator[Entry], named: set[str]) -> Iterator[Entry]:
    for entry in entries:
        named.update(f"{FILES_FOLDER}/{name}" for name in delivered_file_names(entry[1]))
        yield entry


def delivered_file_names(raw: dict[str, Any]) -> list[str]:
    """The file names of an entry that may be broken in any way."""
    files = raw.get("dateien")
    if not isinstance(files, list):
        return []
    names = [one.get("name") for one in files if isinstance(one, dict)]
    return [name for name in names if isinstance(name, str) and name and "\x00" not in name]


def _item(delivery: Delivery, entry: Entry) -> DeliveryItem:
    position, raw, faults = entry
    foreign_id = _text(raw, "fremdObjektId", 150)
    return DeliveryItem(
        delivery=delivery,
        position=position,
        message_id=_text(raw, "nachrichtId", 120),
        action=_text(raw, "aktion", 20),
        object_key=f"{delivery.mandant}/{foreign_id}"[:200] if foreign_id else "",
        object_version=_text(raw, "fremdVersion", 80),
        raw=raw,
        notice="; ".join(str(fault) for fault in faults)[:500],
        updated_at=clock.now(),
    )


def _text(raw: dict[str, Any], name: str, length: int) -> str:
    value = raw.get(name, "")
    return value[:length] if isinstance(value, str) else ""


def _surplus(delivery: Delivery, after: int, names: list[str]) -> list[DeliveryItem]:
    """Files nobody named: each becomes an item that ends as a clearing case."""
    return [
        DeliveryItem(
            delivery=delivery, position=position, raw=_surplus_entry(name), updated_at=clock.now()
        )
        for position, name in enumerate(names, after + 1)
    ]


def _surplus_entry(name: str) -> dict[str, str]:
    """A name that is no text (another encoding) is kept as bytes beside its readable form."""
    if name.isprintable():
        return {SURPLUS: name}
    shown = name.encode("utf-8", "backslashreplace").decode()
    return {SURPLUS: shown.replace("\x00", ""), SURPLUS_BYTES: os.fsencode(name).hex()}
