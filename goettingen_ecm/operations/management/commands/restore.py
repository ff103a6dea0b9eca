"""``manage.py restore ORDNER``: verify a backup completely, then bring it back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations.backup.problems import BackupError
from goettingen_ecm.operations.backup.restoring import restore_backup, verify_backup
from goettingen_ecm.operations.management.commands.backup import configured

DECLARE = (
    "Die Anker des Protokolls liegen außerhalb und blieben, wie sie sind. Reichen sie weiter als "
    "die Sicherung, muss das begründet werden: manage.py declare_audit_restore, danach "
    "manage.py verify_audit."
)


class Command(BaseCommand):
    """Refuses a database that is not empty unless ``--yes``."""

    help = "Stellt Datenbank und Dateien aus einer Sicherung wieder her."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="ORDNER")
        parser.add_argument("--yes", action="store_true", help="vorhandene Datenbank ersetzen")
        parser.add_argument("--verify-only", action="store_true", help="nur prüfen, nichts ändern")

    def handle(self, *_args: Any, folder: Path, **options: Any) -> None:
        try:
            if options["verify_only"]:
                manifest = verify_backup(folder)
                self.stdout.write(f"{folder} ist unversehrt: {manifest.blob_count} Dateien.")
                return
            restored = restore_backup(folder, configured(), overwrite=options["yes"])
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"Wiederhergestellt, Stand {restored.manifest.created_at}: "
            f"{restored.blob_rows} Dateien geprüft."
        )
        if restored.anchors_kept:
            self.stdout.write(DECLARE)
