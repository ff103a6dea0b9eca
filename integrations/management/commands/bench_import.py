"""``manage.py bench_import``: documents per second and CPU per document of the import pipeline."""

from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations import benching
from integrations.benchmarks.importing import ImportPlan, measure

DOCUMENTS, QUICK_DOCUMENTS = 6_000, 600


class Command(BaseCommand):
    help = "Misst den Import mit echten Arbeitsprozessen auf einer eigenen, danach gelöschten Datenbank."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--documents", type=int, default=DOCUMENTS)
        parser.add_argument("--workers", type=int, default=2)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--quick", action="store_true", help="eine Minute, für die CI")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["database_url"]:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        plan = _plan(options)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (
            benching.scratch_database(options["database_url"], "import") as database_url,
            TemporaryDirectory(prefix="bench-import-", dir=settings.VAR_DIR) as home,
        ):
            figures, parts = measure(database_url, Path(home), plan, self.stderr.write)
            facts = benching.conditions(
                documents=plan.documents, workers=plan.workers, letters="grey, mean 300 words"
            )
        self.stdout.write(benching.result("import", figures, parts, facts))


def _plan(options: dict[str, Any]) -> ImportPlan:
    quick = options["quick"]
    return ImportPlan(
        documents=QUICK_DOCUMENTS if quick else options["documents"],
        warm_up=200 if quick else 1_000,
        staged=200 if quick else 1_000,
        seed=options["seed"],
        workers=options["workers"],
    )
