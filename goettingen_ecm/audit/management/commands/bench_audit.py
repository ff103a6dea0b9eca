"""``manage.py bench_audit``: what recording, sealing and verifying cost on this machine."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.audit.bench import run_bench

ROWS, QUICK_ROWS = 100_000, 6_000


class Command(BaseCommand):
    help = "Misst das Protokoll auf einer eigenen, danach gelöschten Datenbank (nur Linux)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--rows", type=int, default=ROWS)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--quick", action="store_true", help="eine Minute, für die CI")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["database_url"]:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        rows = QUICK_ROWS if options["quick"] else options["rows"]
        figures, conditions = run_bench(options["database_url"], rows, options["seed"])
        rounded = {name: round(value, 4) for name, value in figures.items()}
        result = {"bench": "audit", "figures": rounded, "parts": {}, "conditions": conditions}
        self.stdout.write(json.dumps(result))
