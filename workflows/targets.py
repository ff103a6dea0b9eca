"""What a follow-up can point at: upper layers register their objects (architecture.md §2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.db.models import QuerySet

from goettingen_ecm.access.principals import Person
from goettingen_ecm.operations.registry import Registry


@dataclass(frozen=True, slots=True)
class Target:
    """An object as work items name it; ``unit_id`` is the unit in charge of it."""

    object_type: str
    object_id: int
    object_uuid: UUID
    title: str
    url: str
    icon: str
    unit_id: int


class TargetSource(Protocol):
    """One kind of object."""

    object_type: str
    """Label of the model in lower case, as the audit names it (``records.casefile``)."""

    def visible_to(self, user: Person) -> QuerySet[Any]:
        """The rows whose follow-ups the person may see."""

    def describe(self, user: Person, ids: Iterable[int]) -> Mapping[int, Target]:
        """Visible objects by id; what the person does not see is missing."""

    def find(self, user: Person, uuid: UUID) -> Target:
        """The visible object of an address. Raises Http404 for missing and invisible alike."""


sources: Registry[TargetSource] = Registry()
"""By the word that stands in addresses (``akte``, ``dokument``)."""
