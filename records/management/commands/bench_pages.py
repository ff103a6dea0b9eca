"""``manage.py bench_pages``: what the clerk's pages cost with 100,000 documents."""

import statistics
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import benching
from goettingen_ecm.operations.benching import Cost
from records.benchmarks import page_city
from records.models import CaseFile, Document

DOCUMENTS, QUICK_DOCUMENTS = 100_000, 6_000
RUNS, QUICK_RUNS = 25, 7


class Command(BaseCommand):
    help = "Misst die Seiten der Sachbearbeitung auf einer eigenen, danach gelöschten Datenbank."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--documents", type=int, help=f"sonst {DOCUMENTS}")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--runs", type=int, help=f"sonst {RUNS}; je fünf Aufrufe")
        parser.add_argument("--quick", action="store_true", help="eine Minute, für die CI")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["database_url"]:
            raise CommandError("DATABASE_OWNER_URL fehlt.")
        quick = options["quick"]
        call_command("collectstatic", interactive=False, verbosity=0)
        documents = options["documents"] or (QUICK_DOCUMENTS if quick else DOCUMENTS)
        with benching.scratch_database(options["database_url"], "pages"):
            self.stderr.write(f"{documents} Dokumente werden angelegt")
            city = page_city.build(documents, options["seed"])
            figures, parts = measure(city, options["runs"] or (QUICK_RUNS if quick else RUNS))
            facts = benching.conditions(documents=documents)
        self.stdout.write(benching.result("pages", figures, parts, facts))


def measure(city: page_city.PageCity, runs: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures per page for the clerk; ``parts`` the same for the one with only old files."""
    clerk = _pages(city.clerk, str(city.big_file), runs)
    clerk |= _page_image(city, runs)
    old = _pages(city.old_clerk, "", runs)
    return clerk, {"old_files_only": {name: round(value, 3) for name, value in old.items()}}


def _page_image(city: page_city.PageCity, runs: int) -> dict[str, float]:
    """A page image that was rendered before."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(city.clerk, backend=BACKEND)
    address = reverse("document-page", args=city.page_image)
    costs = _costs(lambda: client.get(address), runs)
    return {
        "page_image_cpu_ms_median": statistics.median(c.cpu_ms for c in costs),
        "page_image_queries": max(c.queries for c in costs),
    }


def _pages(user: User, big_file: str, runs: int) -> dict[str, float]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend=BACKEND)
    document = Document.objects.visible_to(user).order_by("-pk")[0]
    file_name = big_file or str(CaseFile.objects.visible_to(user).order_by("pk")[0].uuid)
    addresses = {
        "hello": reverse("health_alive"),
        "start": reverse("start"),
        "file_list": reverse("case-files"),
        "file_list_by_number": reverse("case-files") + "?sortierung=aktenzeichen",
        "case_file": reverse("case-file", args=[file_name]),
        "document": reverse("document", args=[document.uuid]),
        "search": reverse("search") + "?q=Grundsicherung+Bescheid",
    }
    figures: dict[str, float] = {}
    for name, address in addresses.items():
        costs = _costs(lambda address=address: client.get(address), runs)  # type: ignore[misc]
        figures[f"{name}_cpu_ms_median"] = statistics.median(c.cpu_ms for c in costs)
        figures[f"{name}_queries"] = max(c.queries for c in costs)
    return figures


def _costs(get: Callable[[], Any], runs: int) -> list[Cost]:
    answer = get()
    if answer.status_code != 200:
        raise CommandError(f"{answer.status_code}: {answer.wsgi_request.path}")
    get()
    # The operating system counts CPU in ticks of 10 ms: five calls together are exact enough.
    together = 5
    costs = [benching.cost_of(lambda: [get() for _ in range(together)]) for _ in range(runs)]
    return [Cost(c.cpu_ms / together, c.wall_ms / together, c.queries // together) for c in costs]
