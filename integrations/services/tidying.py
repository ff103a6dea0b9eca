"""The drop folder is a way in, not an archive: folders go once everything in them is provably kept."""

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef

from goettingen_ecm.operations import clock
from integrations.choices import ClearingState, DeliveryState
from integrations.models import ClearingCase, Delivery
from integrations.pipeline import folders
from records import blob_store

logger = structlog.get_logger(__name__)


def remove_finished_folders(kept_for: timedelta | None = None) -> int:
    """Remove folders of deliveries done for longer than ``kept_for``; returns how many.

    A folder stays while one of its clearing cases is open, and when it holds a file whose content
    is not in our store: then the log names it. Rejected deliveries are never removed.
    """
    limit = clock.now() - (settings.DELIVERIES_KEPT if kept_for is None else kept_for)
    waiting = ClearingCase.objects.filter(item__delivery=OuterRef("pk"), state=ClearingState.OPEN)
    done = Delivery.objects.filter(
        ~Exists(waiting),
        state=DeliveryState.DONE,
        finished_at__lt=limit,
        folder_removed_at=None,
    )
    return sum(_remove(delivery) for delivery in done.select_related("system").order_by("id"))


def _remove(delivery: Delivery) -> bool:
    folder = folders.folder_of(delivery)
    if not _lies_below_done(delivery):
        return False
    if (lost := _first_unknown(folder)) is not None:
        logger.error("delivery folder holds a file we do not keep", folder=str(folder), file=lost)
        return False
    if folder.exists():
        shutil.rmtree(folder)
    folders.marker_of(folder).unlink(missing_ok=True)
    delivery.folder_removed_at = clock.now()
    delivery.save(update_fields=["folder_removed_at"])
    return True


def _lies_below_done(delivery: Delivery) -> bool:
    return delivery.folder.startswith(f"{delivery.system.code}/{folders.DONE}/")


def _first_unknown(folder: Path) -> str | None:
    """The name of a delivered file whose content the store does not hold; links count as such.

    The index itself is kept entry by entry, as a component beside each document.
    """
    for name in folders.delivered_names(folder):
        path = folders.regular_file(folder, name)
        if path is None or not blob_store.path_of(_sha256(path)).is_file():
            return name
    return None


def _sha256(path: Path) -> bytes:
    with path.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").digest()
