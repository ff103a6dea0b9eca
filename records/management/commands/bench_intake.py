"""``manage.py bench_intake``: how fast mails come into a basket."""

import tempfile
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations import benching
from records.benchmarks import inspection_costs, intake_costs

MAILS, QUICK_MAILS = 300, 20
PAGES, QUICK_PAGES = 1_000, 100


class Command(BaseCommand):
    help = "Misst den Eingang von E-Mails auf einer eigenen, danach gelöschten Datenbank."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--mails", type=int, help=f"sonst {MAILS}")
        parser.add_argument("--pages", type=int, help=f"Blätter der Akteneinsicht, sonst {PAGES}")
        parser.add_argument("--quick", action="store_true", help="wenige Mails, für die CI")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["database_url"]:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        mails = options["mails"] or (QUICK_MAILS if options["quick"] else MAILS)
        pages = options["pages"] or (QUICK_PAGES if options["quick"] else PAGES)
        with_outlook = find_spec("msgforge") is not None
        if not with_outlook:
            self.stderr.write("msgforge fehlt: .msg wird nicht gemessen")
        url = options["database_url"]
        with (
            tempfile.TemporaryDirectory() as home,
            benching.scratch_database(url, "intake"),
        ):
            settings.BLOB_DIR = Path(home) / "blobs"
            figures, parts = intake_costs.measure(mails, with_outlook=with_outlook)
            figures |= inspection_costs.measure(pages)
            facts = benching.conditions(mails=mails, pages=pages)
        self.stdout.write(benching.result("intake", figures, parts, facts))
