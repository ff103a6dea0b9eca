"""``manage.py declare_audit_restore --reason …``: after a restore from backup, once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from goettingen_ecm.audit.retention import declare_restore
from goettingen_ecm.audit.sealing import seal_entries


class Command(BaseCommand):
    help = "Erklärt mit signiertem Anker, dass nach einer Rücksicherung Einträge verloren sind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reason", required=True, help="Anlass, steht im Anker")

    def handle(self, *args: Any, **options: Any) -> None:
        seal_entries()
        anchor = declare_restore(options["reason"])
        text = _("Anker {number} geschrieben: die Kette gilt ab jetzt bis Siegel {sealed}.")
        self.stdout.write(text.format(number=anchor.number, sealed=anchor.sealed))
