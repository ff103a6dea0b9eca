"""A night's deliveries made of rows: what the operator desk shows is under test, not the pipeline."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from goettingen_ecm.accounts.backends import BACKEND
from integrations.choices import ClearingReason, ClearingState, DeliveryState, Outcome, Stage
from integrations.models import ClearingCase, Delivery, DeliveryItem
from records.models import SpecialistSystem
from tests import personas
from tests.quick_city import built_city, quick_city

__all__ = ["built_city", "quick_city"]

NIGHT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@dataclass
class Desk:
    """Writes deliveries, entries and clearing cases."""

    made: int = 0

    def delivery(self, state: str = DeliveryState.DONE, **changes: Any) -> Delivery:
        self.made += 1
        values: dict[str, Any] = {
            "system": SpecialistSystem.objects.get(code="openprosoz"),
            "name": f"nacht-{self.made:03}",
            "folder": f"openprosoz/nacht-{self.made:03}",
            "state": state,
            "received_at": NIGHT + timedelta(minutes=self.made),
        }
        return Delivery.objects.create(**values | changes)

    def items(self, delivery: Delivery, outcome: str, count: int = 1, **changes: Any) -> None:
        start = delivery.items.count()
        stage = Stage.CHECKED if outcome == Outcome.OPEN else Stage.FINISHED
        DeliveryItem.objects.bulk_create(
            DeliveryItem(
                **{
                    "delivery": delivery,
                    "position": start + n + 1,
                    "object_key": f"D-{start + n + 1}",
                    "outcome": outcome,
                    "stage": stage,
                    "updated_at": NIGHT,
                }
                | changes
            )
            for n in range(count)
        )

    def case(
        self, delivery: Delivery, reason: str = ClearingReason.UNKNOWN_UNIT, **changes: Any
    ) -> ClearingCase:
        self.items(delivery, Outcome.CLEARING, raw={"nachrichtId": "n"})
        values: dict[str, Any] = {
            "item": delivery.items.order_by("-position")[0],
            "reason": reason,
            "explanation": "index.json, eintraege[1].akte.oe: „99“ ist hier unbekannt.",
            "state": ClearingState.OPEN,
            "created_at": NIGHT + timedelta(seconds=delivery.items.count()),
        }
        return ClearingCase.objects.create(**values | changes)


@pytest.fixture
def desk(quick_city: None) -> Desk:
    return Desk()


@pytest.fixture
def browser(quick_city: None) -> Callable[[str], Client]:
    """A person's browser by user name."""

    def log_in(username: str) -> Client:
        client = Client()
        client.force_login(personas.person(username), backend=BACKEND)
        return client

    return log_in


@pytest.fixture
def operator(browser: Callable[[str], Client]) -> Client:
    """The browser of the Fachadministration."""
    return browser(personas.ADMINISTRATION)
