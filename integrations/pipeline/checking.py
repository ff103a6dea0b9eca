"""Stage two: files into the store, hashes, completeness, malware; then the item is checked."""

import errno
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import structlog
from django.conf import settings
from django.db import transaction

from integrations.choices import ClearingReason, Stage
from integrations.models import DeliveredFile, Delivery, DeliveryItem
from integrations.pipeline import entries, files, leases, outcomes, steps
from integrations.pipeline.entries import is_surplus
from integrations.pipeline.faultpoints import reach
from integrations.pipeline.files import Arrived
from integrations.pipeline.leases import Batch
from integrations.pipeline.outcomes import Problem
from records import blob_store
from records.blob_store import Staged, StoreFull
from records.content.clamav import Scanner, ScanState
from records.models import Blob
from records.services.blobs import store_staged

logger = structlog.get_logger(__name__)

SCANS_AT_ONCE = 4
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
STORE_FULL = (
    "Der Speicher für Dateien ist voll. Die übrigen Einträge warten; sobald wieder Platz ist, "
    "geht es von selbst weiter."
)


@dataclass(slots=True)
class Checked:
    """An item with what arrived for it and what is wrong with it."""

    item: DeliveryItem
    arrived: list[Arrived]
    problem: Problem | None = None


def check(batch: Batch) -> Batch:
    """Take the files in and judge each item; the good ones go on.

    Items for which the disk has no room wait where they are.
    """
    checked, waiting = _take_in(batch)
    staged = [one.staged for c in checked for one in c.arrived if one.staged is not None]
    try:
        _judge(checked)
        reach("files_staged")
        good = _commit(batch.only([c.item for c in checked]), checked, staged)
    except (StoreFull, OSError) as error:
        _require_full_disk(error)
        good, waiting = batch.only([]), batch.items
    finally:
        blob_store.discard(staged)
    _wait_for_room(batch.only(waiting))
    return good


def _take_in(batch: Batch) -> tuple[list[Checked], list[DeliveryItem]]:
    checked: list[Checked] = []
    for place, item in enumerate(batch.items):
        try:
            checked.append(Checked(item, files.stage_files(item)))
        except (StoreFull, OSError) as error:
            _require_full_disk(error)
            return checked, batch.items[place:]
    return checked, []


def _require_full_disk(error: Exception) -> None:
    if isinstance(error, OSError) and error.errno not in NO_ROOM:
        raise error
    logger.warning("blob store full", error=str(error))


def _judge(checked: Sequence[Checked]) -> None:
    infected = _infected(checked)
    for one in checked:
        one.problem = (
            _malware(one, infected)
            or _surplus(one)
            or entries.faults(one.item)
            or files.missing(one.arrived)
            or files.changed(one.arrived)
        )


def _infected(checked: Sequence[Checked]) -> dict[str, str]:
    """SHA-256 → name of what the scanner found; empty while no scanner is reachable."""
    arrived = [a for c in checked for a in c.arrived if a.staged is not None]
    if not settings.CLAMD_URL or not arrived:
        return {}
    paths = [a.staged.path for a in arrived if a.staged is not None]
    with ThreadPoolExecutor(SCANS_AT_ONCE) as pool:
        verdicts = list(pool.map(_scanner(settings.CLAMD_URL).scan, paths))
    pairs = zip(arrived, verdicts, strict=True)
    return {a.sha256: v.name for a, v in pairs if v.state is ScanState.FOUND}


@lru_cache(maxsize=1)
def _scanner(url: str) -> Scanner:
    """One per process: it remembers for a while that nobody answered."""
    return Scanner(url)


def _malware(one: Checked, infected: dict[str, str]) -> Problem | None:
    for arrived in one.arrived:
        if (signature := infected.get(arrived.sha256)) is not None:
            return Problem(
                ClearingReason.MALWARE,
                f"Datei „{arrived.name}“: Der Virenscanner meldet „{signature}“. Die Datei ist "
                "verwahrt, aber nicht abgelegt.",
            )
    return None


def _surplus(one: Checked) -> Problem | None:
    if not is_surplus(one.item):
        return None
    name = one.arrived[0].name
    if one.arrived[0].staged is None and one.arrived[0].stored is None:
        text = f"„{name}“ ist keine gewöhnliche Datei (Verknüpfung) und wird nicht gelesen."
    else:
        text = f"Datei „{name}“: Kein Eintrag in index.json nennt sie. Sie ist verwahrt."
    return Problem(ClearingReason.FILE_SURPLUS, text)


def _commit(batch: Batch, checked: Sequence[Checked], staged: Sequence[Staged]) -> Batch:
    with transaction.atomic():
        held = {item.pk for item in leases.still_held(batch, Stage.RECEIVED).items}
        mine = [one for one in checked if one.item.pk in held]
        blobs = store_staged(staged)
        reach("after_blob_rename")
        _keep_references(mine, blobs)
        good = [one.item for one in mine if one.problem is None]
        steps.advance(good, Stage.CHECKED)
        outcomes.end_clearing([(c.item, c.problem) for c in mine if c.problem is not None])
        _room_again(mine)
        reach("check_before_commit")
    reach("checked")
    return batch.only(good)


def _keep_references(checked: Sequence[Checked], blobs: dict[bytes, Blob]) -> None:
    """The store's collector must not take a file before the document refers to it."""
    repeated = [one.item.pk for one in checked if one.item.files]
    if repeated:
        DeliveredFile.objects.filter(item__in=repeated).delete()
    references = []
    for one in checked:
        ids = [_blob_id(arrived, blobs) for arrived in one.arrived]
        one.item.files = [a.row(pk) for a, pk in zip(one.arrived, ids, strict=True)]
        references += [
            DeliveredFile(item=one.item, blob_id=pk, file_name=a.name[:255])
            for a, pk in zip(one.arrived, ids, strict=True)
            if pk is not None
        ]
    DeliveredFile.objects.bulk_create(references)


def _blob_id(arrived: Arrived, blobs: dict[bytes, Blob]) -> int | None:
    if arrived.staged is not None:
        return blobs[arrived.staged.sha256].pk
    return int(arrived.stored["blob"]) if arrived.stored else None


def _wait_for_room(batch: Batch) -> None:
    if not batch.items:
        return
    leases.release(batch, wait=leases.STORE_WAIT)
    ids = {item.delivery_id for item in batch.items}
    Delivery.objects.filter(pk__in=ids).update(problem=STORE_FULL)


def _room_again(checked: Sequence[Checked]) -> None:
    stopped = {c.item.delivery_id for c in checked if c.item.delivery.problem == STORE_FULL}
    if stopped:
        Delivery.objects.filter(pk__in=stopped, problem=STORE_FULL).update(problem="")
