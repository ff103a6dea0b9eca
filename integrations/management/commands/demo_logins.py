"""``manage.py demo_logins``: the demo persons, printed by ``make run``."""

from typing import Any

from django.core.management.base import BaseCommand

from goettingen_ecm.accounts.demo import DEMO_PASSWORD_HINT, demo_personas


class Command(BaseCommand):
    help = "Nennt die Anmeldungen der Vorführung."

    def handle(self, *args: Any, **options: Any) -> None:
        for person in demo_personas():
            self.stdout.write(f"  {person.username:<10} {person.display_name}: {person.demo_story}")
        self.stdout.write(f"  Kennwort aller Vorführpersonen: {DEMO_PASSWORD_HINT}")
