"""``manage.py check_index``: exit status 1 when the search does not hold what the records hold."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from records.services.index_check import SAMPLE, Report, check_index, repair

SHOWN = 10


class Command(BaseCommand):
    help = "Vergleicht den Suchindex mit den Dokumenten und benennt, was abweicht."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--sample", type=int, default=SAMPLE, help="so viele werden neu analysiert"
        )
        parser.add_argument("--seed", type=int, default=0, help="andere Stichprobe")
        parser.add_argument(
            "--repair", action="store_true", help="Abweichendes gleich neu schreiben"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = check_index(
            sample=options["sample"],
            seed=options["seed"],
            progress=lambda last: self.stderr.write(f"bis Dokument {last}"),
        )
        self._print(report)
        if report.ok:
            return
        if options["repair"]:
            self.stdout.write(f"{repair(report)} neu geschrieben.")
        else:
            self.stdout.write("Mit --repair wird das Genannte neu geschrieben.")
            sys.exit(1)

    def _print(self, report: Report) -> None:
        for fault, ids in report.found.items():
            if ids:
                some = ", ".join(map(str, ids[:SHOWN])) + (" …" if len(ids) > SHOWN else "")
                self.stdout.write(f"BEFUND {len(ids)} {fault.label}: {some}")
        verdict = "Keine Befunde." if report.ok else ""
        self.stdout.write(
            f"Verglichen: {report.compared} Dokumente, {report.sampled} davon Wort für Wort;"
            f" {report.waiting} warten auf die Analyse. {verdict}".rstrip()
        )
