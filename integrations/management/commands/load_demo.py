"""``manage.py load_demo``: Musterstadt an der Leine and one night's delivery in the drop folder."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from integrations.demo.seeding import load_demo


class Command(BaseCommand):
    help = "Lädt die Musterstadt und legt eine nächtliche Lieferung in den Übergabeordner."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Die Vorführung ist abgeschaltet (ECM_DEMO).")
        for line in load_demo():
            self.stdout.write(line)
