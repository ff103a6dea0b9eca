"""What lies on the desks of the page city beside files and documents, by the services people use.

Follow-ups, parties, cross references, paper loans, a saved view, jobs and a plan with branches: as
many as a clerk of some years has, so that the pages have something to show.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import transaction

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, User
from goettingen_ecm.accounts.services import give_role
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.models import Job
from records import blob_store, bulk_jobs
from records.benchmarks.page_city import PageCity, letter
from records.choices import ComponentKind, Direction, ListPage, Medium, ReferenceKind
from records.models import CaseFile, Document, FilePlanEntry, Party
from records.selectors import documents
from records.services import blobs, page_images, paper_loans, texts
from records.services.actor import person
from records.services.bulk_documents import DocumentChange
from records.services.cross_references import NewReference, add_references
from records.services.documents import NewComponent, NewVersion, add_versions
from records.services.parties import Involvement, involve
from records.services.saved_views import save_view
from workflows.services.follow_ups import NewFollowUp, create_follow_ups
from workflows.targets import sources

FOLLOW_UPS, PARTIES, REFERENCES, LOANS, CHANGED, ENTRIES = 120, 60, 20, 60, 300, 200


@dataclass(frozen=True, slots=True)
class DeskContent:
    """What the addresses of the pages name; ``registrar`` keeps paper, plan and roll-out.

    ``page_folder`` is where rendered pages of the readable document lie.
    """

    registrar: User
    job: Job
    party: Party
    entry: FilePlanEntry
    page_folder: Path


def fill(city: PageCity) -> DeskContent:
    """Fill the desk of the city's clerk."""
    files = list(CaseFile.objects.visible_to(city.clerk).order_by("-last_activity_at")[:LOANS])
    big = CaseFile.objects.get(uuid=city.big_file)
    _follow_ups(city.clerk, [big, *files])
    party = _parties(city.clerk, [big, *files])
    actor = person(city.clerk, "bench")
    wanted = [NewReference(big, one, ReferenceKind.SEE_ALSO) for one in files if one != big]
    add_references(wanted[:REFERENCES], actor)
    save_view(city.clerk, ListPage.DOCUMENTS, "Eingänge", "richtung=eingang&sortierung=betreff")
    _second_version(city)
    registrar = _registrar(big.lead_unit)
    _loans(city.clerk, registrar, files)
    return DeskContent(registrar, _job(city), party, _plan(big.entry), _page_folder(city))


def _page_folder(city: PageCity) -> Path:
    uuid, version, position, _page = city.page_image
    found = documents.readable_component(city.clerk, uuid, version, position)
    return page_images.folder_of(documents.viewed_blob(found))


def _follow_ups(clerk: User, files: list[CaseFile]) -> None:
    source = sources.get("akte")
    targets = list(source.describe(clerk, [one.pk for one in files]).values())
    wanted = [
        NewFollowUp(targets[n % len(targets)], clock.today() + timedelta(days=n), "Unterlagen da?")
        for n in range(FOLLOW_UPS)
    ]
    create_follow_ups(wanted, actor=clerk, operation=person(clerk, "bench").operation)


def _parties(clerk: User, files: list[CaseFile]) -> Party:
    wanted = [
        Involvement(files[n % len(files)], "Antrag", f"Ahlers-{n}", "Hannelore")
        for n in range(PARTIES)
    ]
    involve(wanted, person(clerk, "bench"))
    return Party.objects.order_by("pk")[0]


def _second_version(city: PageCity) -> None:
    document = Document.objects.get(uuid=city.page_image[0])
    staged = blob_store.stage_chunks([letter(["Eine andere erste Seite.", "Eine andere zweite."])])
    with transaction.atomic():
        blob = blobs.store_staged([staged])[staged.sha256]
        content = NewVersion([NewComponent(ComponentKind.MAIN, blob, "seite.pdf")])
        add_versions([(document.pk, content)], person(city.clerk, "bench"))
    texts.extract_texts([document.pk])


def _registrar(unit: OrgUnit) -> User:
    user = User.objects.create(username="bench-registry", last_name="Registratur")
    give_role(user, unit, Role.CLERK)
    give_role(user, unit, Role.REGISTRY)
    give_role(user, unit, Role.HEAD)
    return user


def _loans(clerk: User, registrar: User, files: list[CaseFile]) -> None:
    papers = {one.pk: paper_loans.PaperPart(Medium.HYBRID, "Regal 12") for one in files}
    paper_loans.set_paper_parts(papers, person(registrar, "bench"))
    paper_loans.request_papers(dict.fromkeys(papers, "Akteneinsicht"), person(clerk, "bench"))


def _job(city: PageCity) -> Job:
    """A finished change of many documents."""
    rows = Document.objects.filter(case_file__uuid=city.short_file).order_by("pk")
    change = DocumentChange({"direction": Direction.INTERNAL})
    wanted = jobs.Wanted(
        bulk_jobs.DOCUMENTS,
        "Richtung ändern",
        list(rows.values_list("pk", flat=True)[:CHANGED]),
        bulk_jobs.document_parameters(change),
    )
    return jobs.start_now(wanted, person(city.clerk, "bench").operation)


def _plan(leaf: FilePlanEntry) -> FilePlanEntry:
    """Many entries beside the one that has the files; returns the branch."""
    for number in range(2, ENTRIES):
        FilePlanEntry.objects.create(
            plan=leaf.plan, parent=leaf.parent, code=f"1.{number}", title=f"Aufgabe {number}"
        )
    branch = leaf.parent
    if branch is None:
        raise ValueError(f"{leaf.code} stands at the top of the plan")
    return branch
