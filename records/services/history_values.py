"""What objects were before an operation, read from their history: for taking a job back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Max, Min


@dataclass(frozen=True, slots=True)
class Before:
    """The history row before the operation, and the ``row_version`` the operation left."""

    row: Any
    left_version: int


def values_before(
    model: type[models.Model], ids: Sequence[int], operation_id: int
) -> Mapping[int, Before]:
    """By id; objects the operation did not change, or made, are missing. Three queries."""
    history: Any = model.history  # type: ignore[attr-defined]
    own = history.filter(id__in=ids, operation_id=operation_id)
    spans = list(
        own.order_by().values_list("id").annotate(first=Min("history_id"), last=Max("history_id"))
    )
    versions = dict(
        history.filter(history_id__in=[last for _pk, _first, last in spans]).values_list(
            "id", "row_version"
        )
    )
    firsts = {pk: first for pk, first, _last in spans}
    older = history.filter(id__in=list(firsts), history_id__lt=max(firsts.values(), default=0))
    # Newest last: a later row of the same object replaces an earlier one.
    rows = {r.id: r for r in older.order_by("history_id") if r.history_id < firsts[r.id]}
    return {pk: Before(row, versions[pk]) for pk, row in rows.items()}
