"""Filters, columns and saved views: in the address, of visible rows only, everybody's own."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.models import OrgUnit
from records.choices import CaseFileStatus, Direction, DocumentStatus, ListPage
from records.models import CaseFile, Document, DocumentType, FilePlanEntry, SavedView
from records.selectors import facets
from records.services import saved_views
from records.services.actor import person
from records.services.case_files import NewCaseFile, open_case_files
from records.services.documents import change_metadata
from tests import file_types, personas
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.stories import Story

LIST = reverse("case-files")


def rows(client: Client, address: str) -> list[str]:
    """The names of the shown rows."""
    answer = client.get(address)
    assert answer.status_code == 200
    return [text_of(one) for one in page(answer.content).xpath("//tbody//th")]


def chips(client: Client, address: str) -> dict[str, str]:
    """Label with count -> address of every filter offered or chosen."""
    found = page(client.get(address).content)
    return {text_of(one): str(one.get("href")) for one in found.xpath('//a[@class="desk-chip"]')}


def more_files(count: int) -> list[CaseFile]:
    unit, entry = OrgUnit.objects.get(code="50.1"), FilePlanEntry.objects.get(code="50.20")
    clerk = personas.person(personas.CLERK_SOCIAL)
    file_types.define("Wohngeld")
    return open_case_files(
        [
            NewCaseFile(entry, unit, f"Antrag {n}", file_type="Wohngeld", case_worker=clerk)
            for n in range(count)
        ],
        person(clerk, "test.open"),
    )


@pytest.fixture
def mixed(story: Story) -> list[Document]:
    """Six more documents of two types, directions and years."""
    made = filing.fill(story.matter, 6)
    kinds = list(DocumentType.objects.all()[:2])
    clerk = filing.clerk_of(story.matter)
    for n, one in enumerate(made):
        values = {
            "document_type": kinds[n % 2],
            "direction": Direction.INTERNAL if n < 2 else Direction.INCOMING,
            "received_on": date(2024 + n % 3, 5, 1),
        }
        change_metadata({one.pk: values}, clerk)
    return made


def test_files_are_filtered_by_type_state_year_unit_and_worker(clerk: Client, story: Story) -> None:
    made = more_files(3)
    CaseFile.objects.filter(pk=made[0].pk).update(
        status=CaseFileStatus.CLOSED, opened_on=date(2019, 3, 1)
    )
    worker = personas.person(personas.CLERK_SOCIAL)
    expected = {
        "typ=Wohngeld": {f.aktenzeichen for f in made},
        "stand=abgeschlossen": {made[0].aktenzeichen},
        "jahr=2019": {made[0].aktenzeichen},
        f"bearbeitung={worker.pk}": {f.aktenzeichen for f in made},
        f"einheit={story.case_file.lead_unit_id}&jahr=2019": {made[0].aktenzeichen},
        "typ=Wohngeld&stand=bearbeitung": {f.aktenzeichen for f in made[1:]},
        "typ=gibt+es+nicht": set(),
    }
    for words, numbers in expected.items():
        assert set(rows(clerk, f"{LIST}?{words}")) == numbers, words


def test_words_that_cannot_be_a_value_are_left_out(clerk: Client, story: Story) -> None:
    everything = rows(clerk, LIST)
    for words in ("jahr=20x6", "jahr=0000", "einheit=99999999999999999999", "einheit=²", "typ=%00"):
        assert rows(clerk, f"{LIST}?{words}") == everything, words


def test_counts_are_of_visible_files_only(clerk: Client, outsider: Client, story: Story) -> None:
    more_files(3)
    assert "Wohngeld3" in {label.replace(" ", "") for label in chips(clerk, LIST)}
    # That cancelled files can be listed, too, says nothing about any.
    assert set(chips(outsider, LIST)) == {"auch stornierte"}


def test_a_filter_is_taken_away_by_its_chip(clerk: Client, story: Story) -> None:
    more_files(2)
    found = chips(clerk, f"{LIST}?typ=Wohngeld&stand=bearbeitung&sortierung=betreff")
    assert found["Aktentyp: Wohngeld"] == f"{LIST}?stand=bearbeitung&sortierung=betreff"


def test_counting_stops_at_the_cap(
    clerk: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    more_files(5)
    monkeypatch.setattr(facets, "CAP", 3)
    visible = CaseFile.objects.visible_to(personas.person(personas.CLERK_SOCIAL))
    counted = facets.count(visible, facets.FILE_FACETS)
    assert (counted.total, counted.capped) == (3, True)
    assert "mehr als" in text_of(page(clerk.get(LIST).content).xpath("//main")[0])


def test_filtered_lists_are_paged_without_gap_or_double(clerk: Client, story: Story) -> None:
    made = {f.aktenzeichen for f in more_files(120)}
    more: set[str] = set()
    address = f"{LIST}?typ=Wohngeld&sortierung=betreff"
    seen: list[str] = []
    for _ in range(5):
        answer = page(clerk.get(address).content)
        seen += [text_of(one) for one in answer.xpath("//tbody//th")]
        following = answer.xpath('//a[@rel="next"]/@href')
        if not following:
            break
        address = LIST + str(following[0])
    assert len(seen) == len(set(seen))
    assert set(seen) | more == made


def test_documents_are_filtered(clerk: Client, story: Story, mixed: list[Document]) -> None:
    base = reverse("case-file", args=[story.case_file.uuid])
    kind = mixed[0].document_type_id or Document.objects.get(pk=mixed[0].pk).document_type_id
    assert len(rows(clerk, f"{base}?dokumenttyp={kind}")) == 3
    assert len(rows(clerk, f"{base}?richtung=intern")) == 2
    assert len(rows(clerk, f"{base}?dokumentjahr=2025")) == 2
    assert len(rows(clerk, f"{base}?richtung=intern&dokumentjahr=2025&sortierung=typ")) == 1
    assert len(rows(clerk, f"{base}?richtung=intern&vorgang={story.matter.uuid}")) == 2


def test_misfiled_documents_are_not_counted(
    clerk: Client, story: Story, mixed: list[Document]
) -> None:
    base = reverse("case-file", args=[story.case_file.uuid])
    Document.objects.filter(pk=mixed[0].pk).update(status=DocumentStatus.MISFILED)
    assert any(label.replace(" ", "") == "intern1" for label in chips(clerk, base))


def test_columns_are_kept_for_the_person(clerk: Client, outsider: Client, story: Story) -> None:
    address = reverse("list-columns", args=["akten"])
    words = {"spalte": ["betreff", "bearbeitung"], "uebernehmen": "1", "next": LIST}
    assert clerk.post(address, words).status_code == 302
    assert headings(clerk, LIST) == ["Aktenzeichen", "Betreff", "Sachbearbeitung"]
    assert headings(clerk, f"{LIST}?spalten=typ") == ["Aktenzeichen", "Aktentyp"]
    clerk.post(address, {"next": LIST})
    assert "Federführung" in headings(clerk, LIST)


def headings(client: Client, address: str) -> list[str]:
    return [
        text_of(one)
        for one in page(client.get(address).content).xpath("//thead//th[not(@class='desk-select')]")
    ]


def test_a_view_is_saved_shown_opened_and_deleted(
    clerk: Client, outsider: Client, story: Story
) -> None:
    more_files(2)
    words = "typ=Wohngeld&sortierung=betreff&nach=irgendwo"
    saved = {"name": " Mein  Wohngeld ", "words": words, "next": f"{LIST}?typ=Wohngeld"}
    answer = clerk.post(reverse("list-view-save", args=["akten"]), saved)
    assert answer["Location"] == f"{LIST}?typ=Wohngeld"
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Mein Wohngeld", "typ=Wohngeld&sortierung=betreff")
    link = page(clerk.get(LIST).content).xpath('//a[text()="Mein Wohngeld"]/@href')
    assert link == [f"{LIST}?typ=Wohngeld&sortierung=betreff"]
    assert len(rows(clerk, str(link[0]))) == 2
    assert b"Mein Wohngeld" in clerk.get(reverse("start")).content
    assert b"Mein Wohngeld" not in outsider.get(LIST).content
    remove = reverse("list-view-delete", args=["akten", view.pk])
    assert outsider.post(remove).status_code == 302
    assert SavedView.objects.filter(pk=view.pk).exists()
    clerk.post(remove)
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_a_view_needs_a_name_and_there_are_not_endless_ones(clerk: Client, story: Story) -> None:
    address = reverse("list-view-save", args=["akten"])
    assert clerk.post(address, {"name": "  "}).status_code == 400
    user = personas.person(personas.CLERK_SOCIAL)
    for n in range(saved_views.MOST_VIEWS):
        saved_views.save_view(user, ListPage.CASE_FILES, f"Ansicht {n}", "typ=a")
    assert clerk.post(address, {"name": "zu viel"}).status_code == 409
    assert clerk.post(address, {"name": "Ansicht 3", "words": "typ=b"}).status_code == 302


def test_the_way_back_stays_in_this_house(clerk: Client, story: Story) -> None:
    address = reverse("list-columns", args=["akten"])
    assert clerk.post(address, {"next": "https://example.org/"})["Location"] == LIST
    assert clerk.post(reverse("list-columns", args=["anderes"])).status_code == 404
