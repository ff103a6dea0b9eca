"""The whole demo: Musterstadt, its desks and one night's delivery in the drop folder."""

from pathlib import Path

from django.conf import settings

from goettingen_ecm.operations.tasks import nudge
from integrations.demo.city import build_city
from integrations.demo.desks import lay_out_desks
from integrations.demo.file_types import open_typed_files
from integrations.demo.story import write_story_delivery
from integrations.models import Delivery


def load_demo(*, processes: int = 2) -> list[str]:
    """Create what is missing, as often as wanted; returns what was done, in German.

    ``processes`` set the letters of the delivery; a worker's process has none to start: 1.
    """
    done = []
    build_city()
    if lay_out_desks():
        done.append("Auf den Schreibtischen liegt die Arbeit des ersten Morgens.")
    open_typed_files()
    if not Delivery.objects.exists():
        done += _lay_out_delivery(processes)
        nudge("integrations.tasks.nudge_deliveries")
    return done


def _lay_out_delivery(processes: int) -> list[str]:
    drop = Path(settings.DROP_DIR) / "openprosoz"
    drop.mkdir(parents=True, exist_ok=True)
    if any(drop.glob("*.ok")):
        return []
    return [f"Lieferung liegt bereit: {write_story_delivery(drop, processes=processes).name}"]
