"""manage.py make_delivery: realistic deliveries of a specialist system for tests and demos (K10)."""

import json
from argparse import ArgumentTypeError
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.demo.faults import Fault, parse_faults
from integrations.demo.generator import LAST_DAY, DeliveryPlan, DeliveryReport, write_delivery
from integrations.demo.texts import texts_from

CONNECTORS = ("openprosoz",)


def _faults(text: str) -> dict[Fault, int]:
    try:
        return parse_faults(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


class Command(BaseCommand):
    help = "Schreibt eine Lieferung mit erfundenen Fällen, Schreiben und auf Wunsch Fehlern."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--connector", choices=CONNECTORS, default=CONNECTORS[0])
        parser.add_argument("--cases", type=int, default=10, help="Zahl der Fälle")
        parser.add_argument("--documents", type=int, default=100, help="Zahl der Dokumente")
        parser.add_argument("--seed", type=int, default=1, help="gleiche Zahl, gleiche Lieferung")
        parser.add_argument("--out", type=Path, default=None, help="Ordner für Lieferungen")
        parser.add_argument("--name", default="", help="Name des Lieferungsordners")
        parser.add_argument("--texts", type=Path, default=None, help="Ordner mit anderen Texten")
        parser.add_argument(
            "--faults", type=_faults, default={}, help=f"{','.join(Fault)}, auch mit Zahl: hash:3"
        )
        parser.add_argument("--last-day", type=date.fromisoformat, default=LAST_DAY)
        parser.add_argument("--processes", type=int, default=2)

    def handle(self, **options: Any) -> None:
        try:
            report = write_delivery(_folder(options), _plan(options))
        except (ValueError, FileExistsError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(_summary(report), ensure_ascii=False))
        rate = report.files / report.seconds
        self.stderr.write(f"{rate:.0f} Dokumente in der Sekunde", ending="\n")


def _folder(options: Mapping[str, Any]) -> Path:
    """Where deliveries of the connector are picked up, or where the caller wants them."""
    wanted: Path | None = options["out"]
    return wanted or Path(settings.DROP_DIR) / options["connector"]


def _plan(options: Mapping[str, Any]) -> DeliveryPlan:
    seed = options["seed"]
    return DeliveryPlan(
        name=options["name"] or f"{options['connector']}-{seed:04d}",
        cases=options["cases"],
        documents=options["documents"],
        seed=seed,
        last_day=options["last_day"],
        processes=options["processes"],
        faults=options["faults"],
        body=texts_from(options["texts"]) if options["texts"] else None,
    )


def _summary(report: DeliveryReport) -> dict[str, Any]:
    return {
        "path": str(report.path),
        "entries": report.entries,
        "files": report.files,
        "bytes": report.size,
        "seconds": round(report.seconds, 2),
        "faults": [[fault.value, position] for fault, position in report.spoiled],
    }
