"""``manage.py receive_deliveries``: take in and process what lies in the drop folder, here and now."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q

from integrations.choices import DeliveryState
from integrations.models import Delivery
from integrations.pipeline import runner
from integrations.selectors import delivery_sums

TURN_SECONDS = 10.0


class Command(BaseCommand):
    help = "Nimmt vollständige Lieferungen an und verarbeitet sie in diesem Prozess."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--watch",
            type=float,
            default=0,
            metavar="SEKUNDEN",
            help="danach weiter alle so viele Sekunden nachsehen (ohne Celery)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            self._once()
            if not options["watch"]:
                return
            time.sleep(options["watch"])

    def _once(self) -> None:
        newest = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        unfinished = Q(state__in=[DeliveryState.RECEIVING, DeliveryState.PROCESSING])
        touched = set(Delivery.objects.filter(unfinished).values_list("pk", flat=True))
        runner.receive()
        while runner.work(TURN_SECONDS):
            pass
        rows = Delivery.objects.filter(Q(pk__in=touched) | Q(pk__gt=newest))
        self._report(list(rows.order_by("pk")))

    def _report(self, deliveries: list[Delivery]) -> None:
        sums = delivery_sums(deliveries)
        for delivery in deliveries:
            text = delivery.problem or sums[delivery.pk].text
            self.stdout.write(f"{delivery.name} ({delivery.get_state_display()}): {text}")
