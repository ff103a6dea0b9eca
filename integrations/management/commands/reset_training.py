"""``manage.py reset_training``: the training instance as on the first morning."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations.refusals import IllegalState
from integrations.training import reset_training


class Command(BaseCommand):
    help = "Setzt die Schulungsinstanz auf die Musterstadt zurück; Anmeldungen bleiben."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = reset_training()
        except IllegalState as refusal:
            raise CommandError(f"{refusal.reason} {refusal.next_step}".strip()) from refusal
        for line in done:
            self.stdout.write(line)
        self.stdout.write("Die Schulungsinstanz ist zurückgesetzt.")
