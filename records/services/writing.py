"""The last steps every service shares: bulk write with history, tied to the operation."""

from collections.abc import Sequence
from typing import TypeVar

from django.db import models
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import LostUpdate
from records.services.actor import Actor

M = TypeVar("M", bound=models.Model)
BATCH = 1000


def create(objects: Sequence[M], actor: Actor) -> list[M]:
    """Insert rows and their first history rows."""
    if not objects:
        return []
    made: list[M] = bulk_create_with_history(
        list(objects), type(objects[0]), batch_size=BATCH, **_facts(actor)
    )
    return made


def update(objects: Sequence[M], fields: Sequence[str], actor: Actor) -> None:
    """Write changed fields of rows locked by the caller, count ``row_version`` up, keep history."""
    if not objects:
        return
    for one in objects:
        one.row_version += 1  # type: ignore[attr-defined]
    bulk_update_with_history(
        list(objects),
        type(objects[0]),
        [*fields, "row_version"],
        batch_size=BATCH,
        **_facts(actor),
    )


def require_version(one: models.Model, expected: int | None) -> None:
    """Refuse when somebody else changed the row since the form was shown.

    Raises LostUpdate; ``expected`` None means the caller has not shown a form.
    """
    if expected is not None and getattr(one, "row_version", expected) != expected:
        raise LostUpdate("Jemand anderes hat diese Angaben inzwischen geändert.")


def _facts(actor: Actor) -> dict[str, object]:
    return {
        "default_user": actor.user,
        "default_change_reason": actor.operation.reason or None,
        "default_date": clock.now(),
        "custom_historical_attrs": {"operation_id": actor.operation.pk},
    }
