"""``manage.py bench_search``: what the search page costs in a made-up city."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from goettingen_ecm.operations import benching
from records.analysis import analyse_document
from records.benchmarks import list_costs, search_costs, side_by_side
from records.benchmarks.city.ground import NoCityError, Readers, readers_here
from records.benchmarks.city.loading import make_city
from records.benchmarks.city.words import vocabulary
from records.models import CaseFile, Document, DocumentText

DOCUMENTS, QUICK_DOCUMENTS = 100_000, 400
RUNS, QUICK_RUNS = 3, 1
ANALYSED = 500


class Command(BaseCommand):
    help = "Misst die Suche auf einer eigenen, danach gelöschten Datenbank."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--documents", type=int, help=f"sonst {DOCUMENTS}")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--quick", action="store_true", help="eine Minute, für die CI")
        parser.add_argument(
            "--here", action="store_true", help="in der Stadt, die make_city hier gebaut hat"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["database_url"]:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        quick, seed = options["quick"], options["seed"]
        documents = options["documents"] or (QUICK_DOCUMENTS if quick else DOCUMENTS)
        call_command("collectstatic", interactive=False, verbosity=0)
        if options["here"]:
            figures, parts = self._measured(_readers_here(), seed, quick=quick)
            facts = benching.conditions(
                documents=Document.objects.count(), files=CaseFile.objects.count()
            )
            self.stdout.write(benching.result("search", figures, parts, facts))
            return
        with benching.scratch_database(options["database_url"], "search"):
            owner = benching.url_of(options["database_url"], connection.settings_dict["NAME"])
            began = time.monotonic()
            readers, city = make_city(documents, seed, owner, progress=self._tell)
            loaded = time.monotonic() - began
            figures, parts = self._measured(readers, seed, quick=quick)
            figures["loaded_documents_per_second"] = documents / loaded
            facts = benching.conditions(documents=documents, files=city.files)
        self.stdout.write(benching.result("search", figures, parts, facts))

    def _measured(
        self, readers: Readers, seed: int, *, quick: bool
    ) -> tuple[dict[str, float], dict[str, Any]]:
        """Figures and parts of the city in the default database."""
        per_class = search_costs.QUICK_PER_CLASS if quick else search_costs.PER_CLASS
        asked = search_costs.questions(vocabulary(seed, None), seed, per_class)
        runs = QUICK_RUNS if quick else RUNS
        figures, parts = search_costs.measure(readers, asked, runs)
        everybody = [getattr(readers, role) for role in search_costs.ROLES]
        figures |= list_costs.measure(everybody, asked, runs)
        with side_by_side.engines() as built:
            others = side_by_side.speed(readers.all_seeing, asked, built, runs)
            parts["side_by_side"] = side_by_side.report(built, cpu_ms=others)
        figures["analysed_documents_per_cpu_second"] = _analysed()
        return figures, parts

    def _tell(self, done: int) -> None:
        self.stderr.write(f"{done} Dokumente")


def _readers_here() -> Readers:
    try:
        return readers_here()
    except NoCityError as error:
        raise CommandError(str(error)) from error


def _analysed() -> float:
    """The analyser alone, its cache of word forms warm."""
    texts = list(DocumentText.objects.order_by("pk").values_list("text", flat=True)[:ANALYSED])
    seconds = sys.float_info.max
    for _ in range(2):
        began = time.process_time()
        for text in texts:
            analyse_document("Schreiben", text)
        seconds = time.process_time() - began
    return len(texts) / seconds
