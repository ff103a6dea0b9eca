"""Stages four and five: the text of what was filed, then its search row; then the item is done."""

from django.db import transaction

from integrations.choices import ClearingReason, Stage
from integrations.models import DeliveryItem
from integrations.pipeline import leases, outcomes, steps
from integrations.pipeline.faultpoints import reach
from integrations.pipeline.leases import Batch
from integrations.pipeline.outcomes import Problem
from records.content.problems import Problem as FileProblem
from records.services import indexing, texts
from records.services.texts import Reading


def extract(batch: Batch) -> Batch:
    """Read the files in the sandbox and keep their text."""
    filed = batch.only([item for item in batch.items if item.stage == Stage.FILED])
    readings = texts.read_texts([_document(item) for item in filed.items])
    reach("texts_read")
    with transaction.atomic():
        held = leases.still_held(filed, Stage.FILED)
        mine = {_document(item) for item in held.items}
        texts.store_texts([one for one in readings.values() if one.document_id in mine])
        read = [item for item in held.items if _document(item) in readings]
        crashed = [(i, _crash(readings[_document(i)])) for i in read if _crashed(i, readings)]
        good = [item for item in read if not _crashed(item, readings)]
        outcomes.end_clearing(crashed)
        steps.advance(good, Stage.EXTRACTED)
    reach("extracted")
    leases.release(batch.only([item for item in held.items if _document(item) not in readings]))
    return batch.only([i for i in batch.items if i.stage == Stage.EXTRACTED])


def _document(item: DeliveryItem) -> int:
    return item.document_id or 0


def _crashed(item: DeliveryItem, readings: dict[int, Reading]) -> bool:
    return readings[_document(item)].problem == FileProblem.CRASHED


def _crash(reading: Reading) -> Problem:
    return Problem(ClearingReason.CRASHED, f"Datei „{reading.file_name}“: {reading.problem_text}")


def index(batch: Batch) -> Batch:
    """Make the documents findable; then the items are filed for good."""
    rows = indexing.analyse_documents([_document(item) for item in batch.items])
    with transaction.atomic():
        held = leases.still_held(batch, Stage.EXTRACTED)
        mine = {_document(item) for item in held.items}
        indexing.store_entries([row for row in rows if row.document_id in mine])
        outcomes.end_filed(held.items)
        reach("index_before_commit")
    reach("finished")
    return held
