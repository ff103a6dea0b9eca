"""``manage.py demo_status [--wait SECONDS]``: what became of the demo delivery."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.choices import DeliveryState
from integrations.models import Delivery
from integrations.selectors import delivery_sum

POLL_SECONDS = 0.5


class Command(BaseCommand):
    help = "Sagt, was aus der Lieferung der Vorführung geworden ist."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wait", type=float, default=0, help="Sekunden, die gewartet wird")

    def handle(self, *args: Any, **options: Any) -> None:
        end = time.monotonic() + options["wait"]
        while (delivery := _newest()) is None or not _finished(delivery):
            if time.monotonic() >= end:
                raise CommandError("Die Lieferung ist noch nicht verarbeitet.")
            time.sleep(POLL_SECONDS)
        self.stdout.write(f"Lieferung {delivery.name}: {delivery_sum(delivery).text}")


def _newest() -> Delivery | None:
    return Delivery.objects.order_by("-received_at", "-pk").first()


def _finished(delivery: Delivery) -> bool:
    return delivery.state in (DeliveryState.DONE, DeliveryState.REJECTED)
