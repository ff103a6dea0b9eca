"""``manage.py backup ORDNER``: database and blobs, consistent and verified, while people work."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations.backup.making import Source, make_backup
from goettingen_ecm.operations.backup.problems import BackupError


class Command(BaseCommand):
    """Needs the owner's role: the application's own may not read everything."""

    help = "Sichert Datenbank und Dateien in einen neuen Ordner. Schlüssel sind nicht enthalten."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="ORDNER")

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        try:
            manifest = make_backup(configured(), folder.absolute())
        except BackupError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(
            f"Gesichert nach {folder}: Datenbank {manifest.dump_size} Bytes, "
            f"{manifest.blob_count} Dateien mit {manifest.blob_bytes} Bytes."
        )


def configured() -> Source:
    """Database, store and anchors as the settings name them."""
    return Source(
        url=settings.DATABASE_OWNER_URL or settings.DATABASE_URL,
        blobs=Path(settings.BLOB_DIR),
        anchors=Path(settings.AUDIT_ANCHOR_DIR),
    )
