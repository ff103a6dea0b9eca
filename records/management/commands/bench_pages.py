"""``manage.py bench_pages``: what the clerk's pages cost with 100,000 documents."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import benching
from records.benchmarks import desk_content, long_file, page_city, page_costs
from records.models import CaseFile, Document

DOCUMENTS, QUICK_DOCUMENTS, QUICK_LONG = 100_000, 6_000, 1_000
RUNS, QUICK_RUNS = 25, 7


class Command(BaseCommand):
    help = "Misst die Seiten der Sachbearbeitung auf einer eigenen, danach gelöschten Datenbank."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--database-url", default=settings.DATABASE_OWNER_URL)
        parser.add_argument("--documents", type=int, help=f"sonst {DOCUMENTS}")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--big-file", type=int, help="Dokumente der längsten Akte")
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
            longest = options["big_file"] or (QUICK_LONG if quick else page_city.LONG_FILE)
            city = page_city.build(documents, options["seed"], long_file=longest)
            benching.analyze(options["database_url"])
            figures, parts = measure(city, options["runs"] or (QUICK_RUNS if quick else RUNS))
            facts = benching.conditions(documents=documents, long_file=longest)
        self.stdout.write(benching.result("pages", figures, parts, facts))


def measure(city: page_city.PageCity, runs: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Figures per page for the clerk; ``parts`` the same for the one with only old files."""
    desk = desk_content.fill(city)
    client = page_costs.client_of(city.clerk)
    found = page_costs.figures(client, _addresses(city.clerk, str(city.big_file)), runs)
    found |= page_costs.figures(client, _new_addresses(city, desk), runs)
    keeper = page_costs.client_of(desk.registrar)
    found |= page_costs.figures(keeper, _addresses_of_keeper(desk), runs)
    image = {"page_image": reverse("document-page", args=city.page_image)}
    found |= page_costs.figures(client, image, runs)
    found |= page_costs.new_page_images(client, image["page_image"], desk.page_folder, runs)
    found |= long_file.ratios(client, city.long_file, city.short_file, max(1, runs // 2))
    old = _addresses(city.old_clerk, "")
    of_old = page_costs.figures(page_costs.client_of(city.old_clerk), old, runs)
    return found, {"old_files_only": {name: round(value, 3) for name, value in of_old.items()}}


def _new_addresses(city: page_city.PageCity, desk: desk_content.DeskContent) -> dict[str, str]:
    """The pages around a file: what a clerk opens in the course of a day."""
    base = reverse("case-file", args=[city.big_file])
    kind = Document.objects.filter(case_file__uuid=city.long_file)[0].document_type_id
    document = city.page_image[0]
    return {
        "case_file_filtered": f"{base}?richtung=eingang&dokumenttyp={kind}&sortierung=betreff",
        "saved_view": f"{base}?richtung=eingang&sortierung=betreff",
        "history": reverse("case-file-history", args=[city.big_file]),
        "access": reverse("case-file-access", args=[city.big_file]),
        "closing": reverse("case-file-closing", args=[city.big_file]),
        "holds": reverse("case-file-holds", args=[city.big_file]),
        "follow_ups": reverse("follow-ups"),
        "jobs": reverse("jobs"),
        "job": reverse("job", args=[desk.job.uuid]),
        "compare_text": reverse("document-compare", args=[document]) + "?alt=1&neu=2",
        "compare_pages": reverse("document-compare", args=[document]) + "?ansicht=seiten",
        "versions": reverse("document-version-new", args=[document]),
        "parties": reverse("parties") + "?q=Ahlers",
        "party": reverse("party", args=[desk.party.uuid]),
        "cross_references": reverse("case-file-references", args=[city.big_file]),
        "file_plan": reverse("file-plan-entry", args=[desk.entry.pk]),
    }


def _addresses_of_keeper(desk: desk_content.DeskContent) -> dict[str, str]:
    """The pages of a Leitung that keeps paper, plan and rights."""
    return {
        "paper_loans": reverse("paper-loans"),
        "plan_editing": reverse("file-plan-edit", args=[desk.entry.pk]),
        "roll_out": reverse("roll-out"),
        "rights_review": reverse("rights-reviews"),
    }


def _addresses(user: User, big_file: str) -> dict[str, str]:
    document = Document.objects.visible_to(user).order_by("-pk")[0]
    file_name = big_file or str(CaseFile.objects.visible_to(user).order_by("pk")[0].uuid)
    return {
        "hello": reverse("health_alive"),
        "start": reverse("start"),
        "file_list": reverse("case-files"),
        "file_list_by_number": reverse("case-files") + "?sortierung=aktenzeichen",
        "case_file": reverse("case-file", args=[file_name]),
        "document": reverse("document", args=[document.uuid]),
        "search": reverse("search") + "?q=Grundsicherung+Bescheid",
    }
