"""``manage.py seal_audit``: seal and anchor now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from goettingen_ecm.audit.anchoring import write_anchor_if_due
from goettingen_ecm.audit.sealing import seal_entries


class Command(BaseCommand):
    help = "Versiegelt alle abgeschlossenen Protokolleinträge und schreibt den Anker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="Anker auch vor Ablauf der Minute")

    def handle(self, *args: Any, **options: Any) -> None:
        sealed = seal_entries()
        anchor = write_anchor_if_due(force=options["force"])
        self.stdout.write(_("{count} Einträge versiegelt.").format(count=sealed))
        if anchor is not None:
            self.stdout.write(_("Anker {number} geschrieben.").format(number=anchor.number))
