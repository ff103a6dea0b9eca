"""Claiming items: who works on what, and how the work of a dead worker becomes free again.

A lease is held in the name of the worker's database session. A killed worker's session is gone
at once, so its items are free at once; ``LEASE`` only covers sessions that linger (a dead network,
a connection pool between worker and database).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from integrations.choices import Stage
from integrations.models import Delivery, DeliveryItem

LEASE = timedelta(minutes=15)
STORE_WAIT = timedelta(seconds=5)

# (crashes from, to, divisor): a batch whose worker died is tried again in smaller and smaller parts
# until the culprit is alone; alone it may fail once more.
TIERS = ((0, 0, 1), (1, 1, 10), (2, 32767, 1_000_000))
POISONED = 4

CLAIM = """
WITH wanted AS (
  SELECT item.id FROM integrations_deliveryitem item
  WHERE item.stage = %(stage)s AND item.crashes BETWEEN %(low)s AND %(high)s
    AND CASE WHEN item.leased_by = '' THEN item.lease_until IS NULL OR item.lease_until < now()
        ELSE item.lease_until < now() OR item.leased_by <> ALL (ARRAY(
          SELECT pid || '@' || extract(epoch FROM backend_start)
          FROM pg_stat_activity WHERE backend_start IS NOT NULL)) END
    AND (NOT %(in_order)s OR item.object_key = '' OR NOT EXISTS (
      SELECT FROM integrations_deliveryitem earlier
      WHERE earlier.object_key = item.object_key AND earlier.id < item.id
        AND earlier.stage IN ('received', 'checked')))
  ORDER BY item.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE integrations_deliveryitem item SET
  lease_until = now() + make_interval(secs => %(lease)s),
  leased_by = (SELECT pid || '@' || extract(epoch FROM backend_start)
               FROM pg_stat_activity WHERE pid = pg_backend_pid()),
  attempts = least(item.attempts + 1, 32767),
  crashes = least(item.crashes + (item.leased_by <> '')::int, 32767),
  updated_at = now()
FROM wanted WHERE item.id = wanted.id
RETURNING item.id, item.leased_by
"""

RELEASE = """
UPDATE integrations_deliveryitem SET
  leased_by = '', crashes = least(crashes + %(crashed)s, 32767),
  lease_until = CASE WHEN %(wait)s > 0 THEN now() + make_interval(secs => %(wait)s) END
WHERE id = ANY(%(ids)s) AND leased_by = %(holder)s
"""

OWNED = """
SELECT id FROM integrations_deliveryitem
WHERE id = ANY(%s) AND leased_by = %s AND stage = %s ORDER BY id FOR UPDATE
"""

EARLIER = """
SELECT DISTINCT item.id FROM integrations_deliveryitem item
JOIN integrations_deliveryitem earlier
  ON earlier.object_key = item.object_key AND earlier.id < item.id
 AND earlier.stage IN ('received', 'checked') AND earlier.id <> ALL (%(ids)s)
WHERE item.id = ANY(%(ids)s) AND item.object_key <> ''
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Items held by one worker, in the order they were delivered; ``holder`` names the lease."""

    holder: str
    items: list[DeliveryItem]

    @property
    def ids(self) -> list[int]:
        return [item.pk for item in self.items]

    def only(self, items: Sequence[DeliveryItem]) -> "Batch":
        return Batch(self.holder, list(items))


def claim(stage: Stage) -> Batch | None:
    """Take the next free items of a stage, oldest first, or None when there are none.

    At the stage before filing an item waits while an earlier one of the same object is unfiled.
    """
    for low, high, divisor in TIERS:
        rows = _claim(stage, low, high, max(1, settings.IMPORT_BATCH // divisor))
        if rows:
            return _load(rows)
    return None


def _claim(stage: Stage, low: int, high: int, limit: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "stage": stage.value,
                "low": low,
                "high": high,
                "limit": limit,
                "lease": LEASE.total_seconds(),
                "in_order": stage == Stage.CHECKED,
            },
        )
        return [(pk, holder) for pk, holder in cursor.fetchall()]


def _load(rows: Sequence[tuple[int, str]]) -> Batch:
    found = DeliveryItem.objects.filter(pk__in=[pk for pk, _holder in rows]).order_by("id")
    items = list(found)
    deliveries = Delivery.objects.select_related("system").in_bulk({i.delivery_id for i in items})
    for item in items:
        item.delivery = deliveries[item.delivery_id]
    return Batch(rows[0][1], items)


def reload(batch: Batch) -> Batch:
    """The items as the database has them, after a transaction that changed them failed."""
    return _load([(pk, batch.holder) for pk in batch.ids])


def still_held(batch: Batch, stage: Stage) -> Batch:
    """Lock the items and leave out those whose lease was lost; inside the writing transaction."""
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [batch.ids, batch.holder, stage.value])
        held = {pk for (pk,) in cursor.fetchall()}
    return batch.only([item for item in batch.items if item.pk in held])


def waiting_for_earlier(batch: Batch) -> set[int]:
    """Ids of items that have an earlier, unfiled item of the same object outside the batch."""
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, {"ids": batch.ids})
        return {pk for (pk,) in cursor.fetchall()}


def release(batch: Batch, *, wait: timedelta = timedelta(0), crashed: bool = False) -> None:
    """Give items back where they stand, for later or for another worker."""
    if not batch.items:
        return
    values: dict[str, Any] = {
        "ids": batch.ids,
        "holder": batch.holder,
        "wait": wait.total_seconds(),
        "crashed": int(crashed),
    }
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, values)
