"""What deliveries keep of a document goes when it is deleted under four eyes (requirements W11).

The entry of the delivery stays with number, key and outcome, so that its proof sum stays right.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from django.db import transaction

from integrations.formats.schema import FILES_FOLDER
from integrations.models import DeliveredFile, DeliveryItem
from integrations.pipeline import folders
from records.services import destroying


def drop_traces(document_ids: Sequence[int]) -> Iterable[int]:
    """Forget delivered entries and files, also in folders that still lie there; the blobs' ids."""
    items = list(
        DeliveryItem.objects.filter(document__in=document_ids).select_related("delivery__system")
    )
    kept = DeliveredFile.objects.filter(item__in=items)
    blob_ids = set(kept.values_list("blob_id", flat=True))
    kept.delete()
    lying = [path for one in items for path in _lying(one)]
    DeliveryItem.objects.filter(pk__in=[one.pk for one in items]).update(raw=None, files=[])
    transaction.on_commit(partial(_unlink, lying))
    return blob_ids


def _lying(item: DeliveryItem) -> list[Path]:
    if item.delivery.folder_removed_at is not None:
        return []
    folder = folders.folder_of(item.delivery) / FILES_FOLDER
    found = (folders.regular_file(folder, one["name"]) for one in item.files if one.get("name"))
    return [path for path in found if path is not None]


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()


def register() -> None:
    """Called once when the app is ready."""
    destroying.traces.register("integrations.deliveries", drop_traces)
