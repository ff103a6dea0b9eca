"""``manage.py reproject``: map kept entries anew after a correction of a connector's mapping."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.models import Delivery
from integrations.services.reproject import Reprojected, reproject_delivery, reproject_documents
from records.models import Document

SHOWN = 20


class Command(BaseCommand):
    help = "Bildet aufbewahrte Index-Einträge neu auf die Metadaten der Dokumente ab."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--delivery", type=UUID, help="Kennung einer Lieferung")
        what.add_argument("--document", type=UUID, help="Kennung eines Dokuments")
        what.add_argument("--system", help="Kürzel eines Fachverfahrens: alle seine Dokumente")

    def handle(self, *args: Any, **options: Any) -> None:
        result = self._reproject(options)
        self.stdout.write(
            f"{result.changed} geändert, {result.unchanged} unverändert, "
            f"{len(result.refused)} abgelehnt"
        )
        for document, reason in result.refused[:SHOWN]:
            self.stderr.write(f"Dokument {document}: {reason}")

    def _reproject(self, options: dict[str, Any]) -> Reprojected:
        if options["delivery"]:
            delivery = Delivery.objects.filter(uuid=options["delivery"]).first()
            if delivery is None:
                raise CommandError("Diese Lieferung gibt es nicht.")
            return reproject_delivery(delivery)
        if options["document"]:
            documents = Document.objects.filter(uuid=options["document"])
        else:
            documents = Document.objects.filter(external_keys__system__code=options["system"])
        return reproject_documents(documents.values_list("id", flat=True).distinct().iterator())
