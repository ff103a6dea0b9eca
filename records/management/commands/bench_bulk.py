"""``manage.py bench_bulk``: how fast a worker changes 5,000 documents, with history and audit."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations import benching
from records.benchmarks import bulk_city

DOCUMENTS, QUICK_DOCUMENTS = 5_000, 500


class Command(BaseCommand):
    help = "Misst Sammeländerungen auf einer eigenen, danach gelöschten Datenbank."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--documents", type=int, help=f"sonst {DOCUMENTS}")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--quick", action="store_true", help="wenige Dokumente, für die CI")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["database_url"]:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        usual = QUICK_DOCUMENTS if options["quick"] else DOCUMENTS
        documents = options["documents"] or usual
        with benching.scratch_database(options["database_url"], "bulk"):
            self.stderr.write(f"{documents} Dokumente werden angelegt")
            user, ids = bulk_city.prepare(documents, options["seed"])
            benching.analyze(options["database_url"])
            figures, parts = bulk_city.measure(user, ids)
            facts = benching.conditions(documents=documents)
        self.stdout.write(benching.result("bulk", figures, parts, facts))
