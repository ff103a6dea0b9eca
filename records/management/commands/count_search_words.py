"""``manage.py count_search_words``: make the words "Meinten Sie" may offer anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from records.services.search_words import SAMPLE, count_words


class Command(BaseCommand):
    help = "Zählt die häufigen Wörter neu, die die Suche unter „Meinten Sie“ vorschlagen darf."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sample", type=int, default=SAMPLE, help="so viele werden gelesen")

    def handle(self, *args: Any, **options: Any) -> None:
        count = count_words(sample=options["sample"])
        self.stdout.write(f"{count} Wörter können vorgeschlagen werden.")
