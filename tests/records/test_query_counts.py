"""How many queries the clerk's pages take: pinned, and the same for few rows and for many."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goettingen_ecm.accounts.models import Membership, OrgUnit
from goettingen_ecm.operations import clock
from records.models import DocumentType, FilePlanEntry
from records.services.actor import person
from records.services.case_files import NewCaseFile, open_case_files
from records.services.documents import change_metadata
from records.services.indexing import index_documents
from records.services.matters import NewMatter, open_matters
from records.services.parties import Involvement, involve
from records.services.texts import extract_texts
from tests import personas, stories
from tests.records.views import filing
from tests.records.views.conftest import logged_in
from tests.stories import Story

PDF_PAGES = 3


@pytest.fixture
def story(quick_city: None) -> Story:
    """A file with a delivered notice and a letter of three pages."""
    found = stories.social_file()
    text = filing.pdf(*["Heizkosten und Miete"] * PDF_PAGES)
    filing.file_data(found.matter, "Brief", ("brief.pdf", text))
    return found


@pytest.fixture
def clerk(quick_city: None) -> Client:
    return logged_in(personas.CLERK_SOCIAL)


def grow(story: Story) -> None:
    """More of everything a page lists: files, matters, parties, documents, changes."""
    clerk = person(personas.person(personas.CLERK_SOCIAL), "test.grow")
    entry, unit = FilePlanEntry.objects.get(code="50.20"), OrgUnit.objects.get(code="50.1")
    open_case_files([NewCaseFile(entry, unit, f"Weitere {n}") for n in range(4)], clerk)
    matters = open_matters([NewMatter(story.case_file, f"Vorgang {n}") for n in range(4)], clerk)
    involve(
        [Involvement(story.case_file, "Antrag", f"Ahlers {clock.now()} {n}") for n in range(4)],
        clerk,
    )
    made = [one.pk for matter in matters for one in filing.fill(matter, 3)]
    for number, kind in enumerate(DocumentType.objects.all()[:4]):
        values = {"document_type": kind, "received_on": date(2026, 11, number + 1)}
        change_metadata(dict.fromkeys(made, values), clerk)
    extract_texts(made)
    index_documents(made)


def queries_of(client: Client, address: str) -> list[str]:
    """The statements of one request, after the caches are warm."""
    for _ in range(2):
        assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return [one["sql"] for one in captured.captured_queries]


def by_name(name: str, *further: object) -> Callable[[Story], str]:
    """The address of a page of the file."""
    return lambda story: reverse(name, args=[story.case_file.uuid, *further])


def of_letter(name: str, *further: object) -> Callable[[Story], str]:
    """The address of the letter of three pages, or of a part of it."""

    def address(story: Story) -> str:
        letter = story.case_file.documents.get(title="Brief")
        return reverse(name, args=[letter.uuid, *further])

    return address


PAGES: dict[str, tuple[int, Callable[[Story], str]]] = {
    "start": (10, lambda story: reverse("start")),
    "file list": (7, lambda story: reverse("case-files")),
    "file list by number": (7, lambda story: reverse("case-files") + "?sortierung=aktenzeichen"),
    "file": (13, by_name("case-file")),
    "file by type": (13, lambda story: by_name("case-file")(story) + "?sortierung=typ"),
    "history": (15, by_name("case-file-history")),
    "access": (13, by_name("case-file-access")),
    "upload": (7, by_name("document-upload")),
    "document": (10, of_letter("document")),
    "document with hits": (10, lambda story: of_letter("document")(story) + "?q=Miete"),
    "page image": (4, of_letter("document-page", 1, 0, 2)),
    "page text": (4, of_letter("document-page-text", 1, 0, 2)),
    # One year: how many an earlier test left in the table is nobody's promise.
    "search": (11, lambda story: reverse("search") + "?q=Schreiben+von:2026+bis:2026"),
    "search by number": (
        # Few hits: one more question for a better spelling.
        13,
        lambda story: reverse("search") + "?q=Heizkosten+4711+von:2026+bis:2026",
    ),
    "plan": (6, lambda story: reverse("file-plan")),
    # One query each: the same position in other versions of the plan.
    "plan branch": (7, lambda story: reverse("file-plan-entry", args=[branch(story)])),
    "plan leaf": (8, lambda story: reverse("file-plan-entry", args=[story.case_file.entry_id])),
}


def branch(story: Story) -> int:
    parent = story.case_file.entry.parent_id
    assert parent is not None
    return parent


def counts(client: Client, story: Story) -> dict[str, int]:
    return {name: len(queries_of(client, address(story))) for name, (_n, address) in PAGES.items()}


def test_pages_take_so_many_queries_however_much_they_show(clerk: Client, story: Story) -> None:
    pinned = {name: most for name, (most, _address) in PAGES.items()}
    # Who has opened no file yet gets the files moved last, a query of their own.
    clerk.get(by_name("case-file")(story))
    few = counts(clerk, story)
    grow(story)
    more = counts(clerk, story)
    grow(story)
    assert counts(clerk, story) == more == pinned
    assert all(few[name] <= pinned[name] for name in PAGES)


def test_a_reading_request_asks_for_the_rights_once(clerk: Client, story: Story) -> None:
    statements = queries_of(clerk, reverse("case-file", args=[story.case_file.uuid]))
    assert sum("access_accessepoch" in one for one in statements) == 1


def test_a_change_of_rights_is_seen_by_the_next_request(clerk: Client, story: Story) -> None:
    address = reverse("case-file", args=[story.case_file.uuid])
    assert clerk.get(address).status_code == 200
    Membership.objects.filter(user__username=personas.CLERK_SOCIAL).update(
        valid_until=clock.today() - timedelta(days=1)
    )
    assert clerk.get(address).status_code == 404
