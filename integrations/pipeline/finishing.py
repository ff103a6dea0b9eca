"""The last step of a delivery: receipt written, folder put away, then it is done."""

from collections.abc import Collection

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef

from goettingen_ecm.operations import clock
from integrations.choices import DeliveryState, Stage
from integrations.models import Delivery, DeliveryItem
from integrations.pipeline import folders, receipts
from integrations.pipeline.faultpoints import reach

logger = structlog.get_logger(__name__)


def finish_deliveries(delivery_ids: Collection[int] | None = None) -> int:
    """Finish those (or all) whose items have all ended; returns how many."""
    unfinished = DeliveryItem.objects.filter(delivery=OuterRef("pk")).exclude(stage=Stage.FINISHED)
    ended = Delivery.objects.filter(~Exists(unfinished), state=DeliveryState.PROCESSING)
    if delivery_ids is not None:
        ended = ended.filter(pk__in=delivery_ids)
    return sum(_finish_or_say(pk) for pk in ended.order_by("id").values_list("id", flat=True))


def _finish_or_say(delivery_id: int) -> bool:
    """A folder that cannot be answered or moved now is tried again; the delivery says why."""
    try:
        return _finish(delivery_id)
    except OSError as error:
        logger.error("delivery cannot be finished", delivery=delivery_id, error=str(error))
        problem = f"Quittung und Ablage der Lieferung scheitern noch: {error.strerror}."
        Delivery.objects.filter(pk=delivery_id).update(problem=problem)
        return False


def _finish(delivery_id: int) -> bool:
    """Every part may be repeated, so a worker killed in between is simply followed by another."""
    with transaction.atomic():
        delivery = _locked(delivery_id)
        if delivery is None or delivery.state != DeliveryState.PROCESSING:
            return False
        delivery.problem = ""
        _close(delivery, DeliveryState.DONE, folders.DONE)
    logger.info("delivery done", delivery=delivery.name)
    return True


def finish_rejected(delivery: Delivery) -> None:
    """Answer and put away a delivery whose index cannot be used; nothing of it is deleted."""
    with transaction.atomic():
        locked = _locked(delivery.pk)
        if locked is not None and locked.state == DeliveryState.RECEIVING:
            locked.problem = delivery.problem
            locked.total = locked.items.count()
            _close(locked, DeliveryState.REJECTED, folders.REJECTED)


def _locked(delivery_id: int) -> Delivery | None:
    rows = Delivery.objects.select_for_update(skip_locked=True, of=("self",))
    return rows.select_related("system").filter(pk=delivery_id).first()


def _close(delivery: Delivery, state: DeliveryState, kind: str) -> None:
    delivery.state = state
    receipts.write_receipt(delivery)
    reach("receipt_written")
    if not _is_put_away(delivery):
        delivery.folder = folders.put_away(delivery, kind)
    reach("folder_moved")
    delivery.receipt_written_at = delivery.finished_at = clock.now()
    delivery.save(
        update_fields=[
            "state", "problem", "total", "folder", "receipt_written_at", "finished_at",
        ]
    )  # fmt: skip


def _is_put_away(delivery: Delivery) -> bool:
    """True when a solved clearing case brought a finished delivery back."""
    return delivery.folder.startswith(
        tuple(f"{delivery.system.code}/{kind}/" for kind in (folders.DONE, folders.REJECTED))
    )
