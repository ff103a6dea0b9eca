"""``manage.py reset_training``: the training instance as on the first morning."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import IllegalState
from integrations.training import RESET_JOB, require_training, reset_training

SYSTEM = "Betrieb"


class Command(BaseCommand):
    help = "Setzt die Schulungsinstanz auf die Musterstadt zurück; Anmeldungen bleiben."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            require_training()
            done = reset_training(begin(RESET_JOB, Acting(system=SYSTEM)))
        except IllegalState as refusal:
            raise CommandError(f"{refusal.reason} {refusal.next_step}".strip()) from refusal
        for line in done:
            self.stdout.write(line)
        self.stdout.write("Die Schulungsinstanz ist zurückgesetzt.")
