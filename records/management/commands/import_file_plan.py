"""``manage.py import_file_plan FILE --plan CODE``: fill a file plan from CSV."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Refusal
from records.services.actor import Actor
from records.services.file_plan import ImportReport, PlanTarget, import_file_plan

FIELD_NAMES = {
    "predecessor": "Vorgänger",
    "code": "Kennzeichen",
    "title": "Bezeichnung",
    "retention": "Aufbewahrungsfrist",
    "retention_start": "Fristbeginn",
    "transfer": "Transferfrist",
    "disposition": "Aussonderungsart",
    "circle": "Berechtigungskreis",
    "confidentiality": "Vertraulichkeitsstufe",
    "lead_unit": "Federführung",
    "valid_from": "gültig ab",
    "valid_until": "gültig bis",
}


class Command(BaseCommand):
    help = "Liest einen Aktenplan aus einer CSV-Datei ein (UTF-8 oder Windows-1252)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV-Datei mit Kopfzeile")
        parser.add_argument("--plan", required=True, help="Kurzbezeichnung des Aktenplans")
        parser.add_argument("--title", default="", help="Bezeichnung eines neuen Aktenplans")
        parser.add_argument("--valid-from", type=date.fromisoformat, help="JJJJ-MM-TT")
        parser.add_argument("--dry-run", action="store_true", help="nur prüfen und zählen")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        target = PlanTarget(options["plan"], options["title"], options["valid_from"])
        try:
            data = file.read_bytes()
            actor = Actor(begin("records.file_plan.import", Acting(system="manage.py")))
            report = import_file_plan(data, target, actor, dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{file} lässt sich nicht lesen: {error}") from error
        except Refusal as refusal:
            raise CommandError(refusal.reason) from refusal
        self._print(report)

    def _print(self, report: ImportReport) -> None:
        for problem in report.problems:
            name = FIELD_NAMES.get(problem.field, problem.field)
            self.stdout.write(f"Zeile {problem.line}, {name}: {problem.reason}")
        heading = "Prüfung ohne Änderung: " if report.dry_run else ""
        self.stdout.write(
            f"{heading}{report.total} Zeilen ({report.encoding}, Trennzeichen "
            f"{report.delimiter!r}): {report.created} neu, {report.changed} geändert, "
            f"{report.unchanged} unverändert, {len(report.problems)} nicht übernommen"
        )
