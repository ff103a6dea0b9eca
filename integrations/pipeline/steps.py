"""Writing where items stand: one statement for a whole batch."""

import json
from collections.abc import Sequence

from django.db import connection

from integrations.choices import Stage
from integrations.models import DeliveryItem

ADVANCE = """
UPDATE integrations_deliveryitem item SET
  stage = step.stage, outcome = step.outcome, notice = step.notice, files = step.files::jsonb,
  case_file_id = step.case_file_id, document_id = step.document_id,
  raw = CASE WHEN step.raw_kept THEN item.raw END,
  crashes = 0, updated_at = now(),
  leased_by = CASE WHEN step.stage = 'finished' THEN '' ELSE item.leased_by END,
  lease_until = CASE WHEN step.stage = 'finished' THEN NULL ELSE item.lease_until END
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[],
            %s::bigint[], %s::boolean[])
  AS step (id, stage, outcome, notice, files, case_file_id, document_id, raw_kept)
WHERE item.id = step.id
"""


def advance(items: Sequence[DeliveryItem], stage: Stage | None = None) -> None:
    """Save the items' progress (locked by the caller); ``stage`` sets it for all of them."""
    if not items:
        return
    for item in items:
        item.stage = stage or item.stage
    rows = [_row(item) for item in items]
    with connection.cursor() as cursor:
        cursor.execute(ADVANCE, [list(column) for column in zip(*rows, strict=True)])


def _row(item: DeliveryItem) -> tuple[int, str, str, str, str, int | None, int | None, bool]:
    return (
        item.pk,
        str(item.stage),
        str(item.outcome),
        item.notice[:500],
        json.dumps(item.files),
        item.case_file_id,
        item.document_id,
        item.raw is not None,
    )
