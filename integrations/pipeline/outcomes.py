"""How items end: filed, duplicate or clearing case."""

from collections.abc import Sequence
from dataclasses import dataclass

from goettingen_ecm.operations import clock
from integrations.choices import ClearingReason, ClearingState, Outcome, Stage
from integrations.models import ClearingCase, DeliveredFile, DeliveryItem
from integrations.pipeline import steps


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a person must look; ``explanation`` is German and names file, field and cause."""

    reason: ClearingReason
    explanation: str


def end_filed(items: Sequence[DeliveryItem]) -> None:
    """The items are done: filed and searchable."""
    _end(items, Outcome.FILED)


def end_duplicates(items: Sequence[DeliveryItem]) -> None:
    """The items brought nothing new (requirements K1)."""
    _end(items, Outcome.DUPLICATE)


def _end(items: Sequence[DeliveryItem], outcome: Outcome) -> None:
    if not items:
        return
    for item in items:
        item.outcome = outcome
    steps.advance(items, Stage.FINISHED)
    ClearingCase.objects.filter(item__in=items, state=ClearingState.OPEN).update(
        state=ClearingState.SOLVED, closed_at=clock.now()
    )


def drop_references(items: Sequence[DeliveryItem]) -> None:
    """From here on the document's components refer to the files."""
    DeliveredFile.objects.filter(item__in=[item.pk for item in items]).delete()


def end_clearing(problems: Sequence[tuple[DeliveryItem, Problem]]) -> None:
    """The items wait for a person; their files stay referenced by ``DeliveredFile``."""
    if not problems:
        return
    for item, _problem in problems:
        item.outcome = Outcome.CLEARING
    steps.advance([item for item, _problem in problems], Stage.FINISHED)
    now = clock.now()
    ClearingCase.objects.bulk_create(
        [
            ClearingCase(item=item, reason=one.reason, explanation=one.explanation, created_at=now)
            for item, one in problems
        ],
        update_conflicts=True,
        unique_fields=["item"],
        update_fields=["reason", "explanation", "state", "created_at", "closed_at", "closed_by_id"],
    )
