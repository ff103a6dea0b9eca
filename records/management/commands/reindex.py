"""``manage.py reindex [--all]``: let the workers analyse documents anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Q

from records.analysis import ANALYSER_VERSION
from records.models import Document

BATCH = 5_000


class Command(BaseCommand):
    help = "Lässt Dokumente neu durchsuchbar machen, die mit einem älteren Stand analysiert sind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="alle Dokumente")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Q(indexed_at__isnull=False)
        if not options["all"]:
            wanted &= Q(text__analyser_version__lt=ANALYSER_VERSION)
        marked = 0
        while ids := list(Document.objects.filter(wanted).values_list("pk", flat=True)[:BATCH]):
            marked += Document.objects.filter(pk__in=ids).update(indexed_at=None)
            self.stderr.write(f"{marked} vorgemerkt")
        self.stdout.write(f"{marked} Dokumente werden von den Workern neu analysiert.")
