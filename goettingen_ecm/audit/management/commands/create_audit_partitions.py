"""``manage.py create_audit_partitions``: the coming months' partitions, as beat makes them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from goettingen_ecm.audit.partitions import MONTHS_AHEAD, create_partitions


class Command(BaseCommand):
    help = "Legt die Monatspartitionen des Protokolls im Voraus an."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ahead", type=int, default=MONTHS_AHEAD, help="Monate im Voraus")

    def handle(self, *args: Any, **options: Any) -> None:
        made = create_partitions(months=options["ahead"] + 1)
        self.stdout.write(_("{count} Partitionen angelegt.").format(count=made))
