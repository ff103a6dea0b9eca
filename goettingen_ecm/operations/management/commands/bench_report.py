"""``manage.py bench_report FILE…``: a page with plots out of what the ``bench_*`` commands printed."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations import bench_report
from goettingen_ecm.operations.bench_report import FOLDER, PAGE, ResultError


class Command(BaseCommand):
    help = "Macht aus Messergebnissen eine Seite mit Bildern."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("results", nargs="+", type=Path, help="Ausgaben von bench_*")
        parser.add_argument("--to", type=Path, default=settings.BASE_DIR / "docs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # Only who draws needs it.
            from goettingen_ecm.operations import bench_plots
        except ModuleNotFoundError as error:
            raise CommandError("matplotlib fehlt (pip install -r requirements-dev.txt).") from error
        try:
            results = [bench_report.read_result(path) for path in options["results"]]
        except ResultError as error:
            raise CommandError(str(error)) from error
        folder: Path = options["to"] / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        plots = {one["bench"]: bench_plots.draw(one, folder) for one in results}
        for one in results:
            text = json.dumps(one, ensure_ascii=False, indent=1)
            (folder / f"{one['bench']}.json").write_text(text + "\n", "utf-8")
        (options["to"] / PAGE).write_text(bench_report.page(results, plots), "utf-8")
        self.stdout.write(f"{options['to'] / PAGE} ist geschrieben.")
