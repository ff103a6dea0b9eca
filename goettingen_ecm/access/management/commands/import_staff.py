"""``manage.py import_staff FILE.csv``: people and their roles from a list."""

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.access import staff_import
from goettingen_ecm.access.staff_comparison import Compared, LineState
from goettingen_ecm.access.staff_file import read_staff
from goettingen_ecm.operations.jobs import BATCH
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import Refusal


class Command(BaseCommand):
    help = "Liest Personen und Rollen aus einer CSV-Datei ein (Semikolon, UTF-8 oder Windows-1252)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV-Datei mit Kopfzeile")
        parser.add_argument("--dry-run", action="store_true", help="nur prüfen und zählen")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            read = read_staff(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} lässt sich nicht lesen: {error}") from error
        except Refusal as refusal:
            raise CommandError(f"{file}: {refusal.reason}") from refusal
        compared = staff_import.compare(read, None)
        for one in compared:
            if one.problem is not None:
                told = staff_import.told(one.problem)
                self.stdout.write(f"{file.name}, Zeile {one.line}, {told}")
        if not options["dry_run"]:
            operation = begin("accounts.staff.import", Acting(system="manage.py"))
            numbers = [line.line for line in read.lines]
            for start in range(0, len(numbers), BATCH):
                batch = numbers[start : start + BATCH]
                staff_import.apply_lines(read, batch, actor=None, operation=operation)
        heading = "Prüfung ohne Änderung: " if options["dry_run"] else ""
        self.stdout.write(f"{heading}{file.name} ({read.encoding}): {_sums(compared)}")


def _sums(compared: list[Compared]) -> str:
    states = Counter(one.state for one in compared)
    return (
        f"{len(compared)} Zeilen, {states[LineState.NEW]} neu, {states[LineState.CHANGED]} geändert,"
        f" {states[LineState.UNCHANGED]} unverändert, {states[LineState.REFUSED]} nicht übernommen"
    )
