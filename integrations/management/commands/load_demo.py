"""``manage.py load_demo``: Musterstadt an der Leine and one night's delivery in the drop folder."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations.tasks import nudge
from integrations.demo.city import build_city
from integrations.demo.desks import lay_out_desks
from integrations.demo.file_types import open_typed_files
from integrations.demo.story import write_story_delivery
from integrations.models import Delivery


class Command(BaseCommand):
    help = "Lädt die Musterstadt und legt eine nächtliche Lieferung in den Übergabeordner."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Die Vorführung ist abgeschaltet (ECM_DEMO).")
        build_city()
        if lay_out_desks():
            self.stdout.write("Auf den Schreibtischen liegt die Arbeit des ersten Morgens.")
        open_typed_files()
        if Delivery.objects.exists():
            return
        drop = Path(settings.DROP_DIR) / "openprosoz"
        drop.mkdir(parents=True, exist_ok=True)
        if not any(drop.glob("*.ok")):
            folder = write_story_delivery(drop)
            self.stdout.write(f"Lieferung liegt bereit: {folder.name}")
        nudge("integrations.tasks.nudge_deliveries")
