"""``manage.py verify_audit``: exit status 1 when anything was manipulated."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goettingen_ecm.audit.verification.findings import Report
from goettingen_ecm.audit.verification.run import verify


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(_("kein Datum: {text}").format(text=text)) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _findings(count: int) -> str:
    return ngettext("{count} Befund.", "{count} Befunde.", count).format(count=count)


class Command(BaseCommand):
    help = "Prüft Protokoll, Siegelkette und Anker und benennt jede Veränderung."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=_moment, help="ab diesem Zeitpunkt (JJJJ-MM-TT)")
        parser.add_argument("--json", action="store_true", help="Ergebnis als JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(since=options["since"])
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            self._print(report)
        if not report.ok:
            sys.exit(1)

    def _print(self, report: Report) -> None:
        for finding in report.findings:
            self.stdout.write(
                _("BEFUND {kind}: {text}").format(kind=finding.kind.label, text=finding.text)
            )
        for notice in report.notices:
            self.stdout.write(_("Hinweis: {text}").format(text=notice))
        text = _("Geprüft: {entries} Einträge, {seals} Siegel, {anchors} Anker. {result}")
        result = _("Keine Befunde.") if report.ok else _findings(len(report.findings))
        self.stdout.write(
            text.format(
                entries=report.entries, seals=report.seals, anchors=report.anchors, result=result
            )
        )
