"""``manage.py make_city``: fill an empty database with a made-up city, to measure in it."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from goettingen_ecm.operations import benching
from records.benchmarks.city.loading import NotEmptyError, make_city

DOCUMENTS, QUICK_DOCUMENTS = 100_000, 2_000


class Command(BaseCommand):
    help = "Füllt eine leere Datenbank mit einer erfundenen Stadt, um in ihr zu messen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--documents", type=int, help=f"sonst {DOCUMENTS}")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--texts", type=Path, help="Ordner mit Texten, aus denen die Wörter sind"
        )
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--owner-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--quick", action="store_true", help="eine kleine Stadt, für die CI")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["owner_url"]:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        documents = options["documents"] or (QUICK_DOCUMENTS if options["quick"] else DOCUMENTS)
        began = time.monotonic()
        try:
            _readers, city = make_city(
                documents,
                options["seed"],
                options["owner_url"],
                processes=options["processes"],
                texts_folder=options["texts"],
                progress=lambda done: self.stderr.write(f"{done} von {documents} Dokumenten"),
            )
        except (NotEmptyError, ValueError) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - began
        figures = {
            "rows_per_second": documents / seconds,
            "total_minutes": seconds / 60,
            "disk_gb": _database_bytes() / 1e9,
        }
        facts = benching.conditions(documents=documents, files=city.files)
        self.stdout.write(benching.result("city", figures, {}, facts))


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])
