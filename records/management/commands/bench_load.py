"""``manage.py bench_load``: how many people at once the machine bears."""

from argparse import ArgumentParser
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from goettingen_ecm.operations import benching
from records.benchmarks import load, search_costs
from records.benchmarks.city.loading import make_city
from records.benchmarks.city.words import vocabulary
from records.benchmarks.load import Step

DOCUMENTS, QUICK_DOCUMENTS = 100_000, 400
STEPS = (200, 250, 300, 350, 400)
SECONDS = 60.0
QUICK = Step(users=4, seconds=2.0, think=0.2)
ASKED = 10


class Command(BaseCommand):
    help = "Misst viele Menschen zugleich: Webserver und Last in eigenen Prozessen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--documents", type=int, help=f"sonst {DOCUMENTS}")
        parser.add_argument("--seconds", type=float, default=SECONDS, help="je Stufe")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--quick", action="store_true", help="eine Minute, für die CI")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["database_url"]:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        quick, seed = options["quick"], options["seed"]
        documents = options["documents"] or (QUICK_DOCUMENTS if quick else DOCUMENTS)
        steps = (QUICK,) if quick else tuple(Step(n, options["seconds"]) for n in STEPS)
        call_command("collectstatic", interactive=False, verbosity=0)
        with benching.scratch_database(options["database_url"], "load") as database_url:
            owner = benching.url_of(options["database_url"], connection.settings_dict["NAME"])
            _readers, city = make_city(documents, seed, owner, progress=self._tell)
            asked = search_costs.questions(vocabulary(seed, None), seed, ASKED)
            people = load.browsers(load.clerks(), list(chain(*asked.values())), seed)
            figures, parts = load.measure(people, steps, seed, database_url)
            facts = benching.conditions(documents=documents, files=city.files, clerks=len(people))
        self.stdout.write(benching.result("load", figures, parts, facts))

    def _tell(self, done: int) -> None:
        self.stderr.write(f"{done} Dokumente")
