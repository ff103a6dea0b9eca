"""Lists: every row once in every order, foreign links harmless; plan and deep link."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.access import paging
from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations import clock
from records.choices import DocumentStatus
from records.models import CaseFile, Document, DocumentType, FilePlan, FilePlanEntry
from records.selectors import case_files, documents, file_plan
from records.services.actor import connector, person
from records.services.case_files import NewCaseFile, open_case_files
from tests import personas, stories
from tests.desk.markup import page, text_of
from tests.records.views import filing
from tests.stories import Story

SEED = 20261120


def social_files(count: int) -> list[CaseFile]:
    """Files of the Sozialamt: few titles and moments, so that many rows tie."""
    rng = Random(SEED)
    unit, entry = OrgUnit.objects.get(code="50.1"), FilePlanEntry.objects.get(code="50.20")
    actor = person(personas.person(personas.CLERK_SOCIAL), "test.open")
    titles = ["Ärger", "Ahlers", "Zander", "Öztürk", "Oster"]
    files = open_case_files(
        [NewCaseFile(entry, unit, rng.choice(titles)) for _ in range(count)], actor
    )
    start = clock.now()
    for one in files:
        one.last_activity_at = start - timedelta(days=rng.randrange(4))
    CaseFile.objects.bulk_update(files, ["last_activity_at"])
    return files


def walk(client: Client, address: str) -> Iterator[list[str]]:
    """The links of each page's rows, from the first page to the last."""
    base = address.partition("?")[0]
    for _ in range(100):
        answer = client.get(address)
        assert answer.status_code == 200
        shown = page(answer.content)
        yield shown.xpath("//tbody//a[@data-row-link]/@href")
        further = shown.xpath('//nav[contains(@class, "desk-paging")]//a[@rel="next"]/@href')
        if not further:
            return
        address = base + further[0]
    raise AssertionError("the list does not end")


@pytest.fixture(params=["asked by scope", "through the window", "window too small"])
def every_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person with few scopes, one with many, one whose files all are old."""
    if request.param != "asked by scope":
        monkeypatch.setattr(paging, "FEW_SCOPES", 0)
    if request.param == "window too small":
        monkeypatch.setattr(paging, "WINDOW", 5)


KEYS: dict[str, Callable[[CaseFile], Any]] = {
    "zuletzt": lambda f: (-f.last_activity_at.timestamp(), -f.pk),
    "aktenzeichen": lambda f: (f.aktenzeichen, f.pk),
    "betreff": lambda f: (f.sort_key, f.pk),
}


@pytest.mark.usefixtures("every_way")
@pytest.mark.parametrize("order", list(case_files.ORDERS))
def test_the_file_list_shows_every_file_once_in_order(
    clerk: Client, story: Story, order: str
) -> None:
    files = [story.case_file, *social_files(120)]
    stories.building_file()
    expected = sorted(CaseFile.objects.filter(pk__in=[f.pk for f in files]), key=KEYS[order])
    pages = list(walk(clerk, f"{reverse('case-files')}?sortierung={order}"))
    assert [len(rows) for rows in pages] == [50, 50, 21]
    assert [link for rows in pages for link in rows] == [
        reverse("case-file", args=[one.uuid]) for one in expected
    ]


def test_german_order_of_titles(clerk: Client, quick_city: None) -> None:
    social_files(60)
    answer = clerk.get(reverse("case-files"), {"sortierung": "betreff"})
    cells = page(answer.content).xpath('//td[@data-label="Betreff"]')
    shown = [text_of(cell) for cell in cells]
    order = ["Ahlers", "Ärger", "Oster", "Öztürk", "Zander"]
    assert shown == sorted(shown, key=order.index)
    assert len(set(shown)) >= 4


DOCUMENT_KEYS: dict[str, Callable[[Document], Any]] = {
    "datum": lambda d: (d.sort_date, d.pk),
    "betreff": lambda d: (d.title, d.pk),
    "richtung": lambda d: (d.direction, d.pk),
    "typ": lambda d: (d.document_type.name if d.document_type else "", d.pk),
    "abgelegt": lambda d: (d.filed_at, d.pk),
}


def many_documents(story: Story, count: int) -> list[Document]:
    """Few different values in every column; some without a type."""
    rng = Random(SEED)
    made = filing.fill(story.matter, count)
    types = [None, *DocumentType.objects.order_by("name")[:2]]
    for one in made:
        one.sort_date -= timedelta(days=rng.randrange(3))
        one.title = rng.choice(["Antrag", "Bescheid", "Zettel"])
        one.direction = rng.choice(["eingang", "ausgang"])
        one.document_type = rng.choice(types)
        one.filed_at -= timedelta(seconds=rng.randrange(3))
    columns = ["sort_date", "title", "direction", "document_type", "filed_at"]
    Document.objects.bulk_update(made, columns)
    return [story.document, *made]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", list(documents.COLUMNS))
def test_the_documents_table_shows_every_document_once_in_order(
    clerk: Client, story: Story, order: str, descending: bool
) -> None:
    many_documents(story, 119)
    every = Document.objects.filter(case_file=story.case_file).select_related("document_type")
    expected = sorted(every, key=DOCUMENT_KEYS[order], reverse=descending)
    if order == "typ":
        # Those without a type stand last, whichever way the table is turned.
        expected.sort(key=lambda d: d.document_type is None)
    sort = f"-{order}" if descending else order
    address = f"{reverse('case-file', args=[story.case_file.uuid])}?sortierung={sort}"
    pages = list(walk(clerk, address))
    assert [len(rows) for rows in pages] == [50, 50, 20]
    assert [link for rows in pages for link in rows] == [
        reverse("document", args=[one.uuid]) for one in expected
    ]


def test_a_matter_lists_its_own_documents_and_counts_the_visible(
    clerk: Client, story: Story
) -> None:
    others = filing.fill(story.matter, 3)
    Document.objects.filter(pk=others[0].pk).update(status=DocumentStatus.MISFILED)
    address = reverse("case-file", args=[story.case_file.uuid])
    shown = page(clerk.get(f"{address}?vorgang={story.matter.uuid}").content)
    assert len(shown.xpath("//tbody//a[@data-row-link]")) == 3
    tree = shown.xpath('//nav[contains(@class, "desk-tree")]//a')
    assert [text_of(one) for one in tree] == ["Alle Vorgänge3", "Bewilligung 20263"]
    assert tree[1].get("aria-current") == "page"


FOREIGN = [
    "x",
    "A" * 3000,
    Cursor("1.1-000001", 7).encode(),
    Cursor("2026-11-20", 7).encode(),
    Cursor("2026-11-20 10:00:00+00", 7).encode(),
    Cursor("2026-11-20T10:00:00,5", 7).encode(),
    Cursor("infinity", 7).encode(),
    Cursor("99999-01-01", 7).encode(),
    Cursor("", 7).encode(),
    Cursor("2026-11-20", 10**30).encode(),
    Cursor("2026-11-20", -1).encode(),
    Cursor("a\0b", 1).encode(),
    "W1tbW1tb" * 400,
]


@pytest.mark.parametrize("cursor", FOREIGN)
def test_a_foreign_cursor_breaks_no_list(clerk: Client, story: Story, cursor: str) -> None:
    file_page = reverse("case-file", args=[story.case_file.uuid])
    plan_page = reverse("file-plan-entry", args=[story.case_file.entry_id])
    for address, orders in (
        (reverse("case-files"), case_files.ORDERS),
        (file_page, documents.COLUMNS),
        (plan_page, ["-"]),
    ):
        for order in orders:
            query = {"nach": cursor, "sortierung": order}
            assert clerk.get(address, query).status_code == 200


@pytest.mark.parametrize("sort", ["", "-", "nichts", "-aktenzeichen", "id", "scope", "\0", "1;--"])
def test_an_unknown_order_is_the_usual_one(clerk: Client, story: Story, sort: str) -> None:
    for address in (reverse("case-files"), reverse("case-file", args=[story.case_file.uuid])):
        assert clerk.get(address, {"sortierung": sort}).status_code == 200


class TestDeepLink:
    ADDRESS = "/akte/aufruf"

    def call(self, client: Client, key: str, system: str = "openprosoz") -> tuple[int, str]:
        answer = client.get(self.ADDRESS, {"verfahren": system, "schluessel": key})
        if answer.status_code == 302:
            return (302, answer.headers["Location"])
        return (answer.status_code, text_of(page(answer.content).xpath("//main")[0]))

    def test_one_file_opens(self, clerk: Client, story: Story) -> None:
        assert self.call(clerk, "4711") == (302, reverse("case-file", args=[story.case_file.uuid]))

    def test_several_are_listed(self, clerk: Client, story: Story) -> None:
        """Two mandants may use the same number."""
        system = story.case_file.external_keys.get().system
        wanted = NewCaseFile(
            story.case_file.entry, story.case_file.lead_unit, "Zweite", foreign_key=("02", "4711")
        )
        open_case_files([wanted], connector(system, "test.delivery"))
        status, text = self.call(clerk, "4711")
        assert status == 200
        assert "Ahlers, Hannelore" in text
        assert "Zweite" in text

    def test_none_and_invisible_read_the_same(
        self, clerk: Client, outsider: Client, story: Story
    ) -> None:
        unknown = self.call(clerk, "nie vergeben")
        assert unknown[0] == 404
        assert "keine Akte, die Sie sehen dürfen" in unknown[1]
        assert self.call(outsider, "4711") == unknown
        assert self.call(clerk, "4711", system="infoma") == unknown
        assert self.call(clerk, "") == unknown
        assert self.call(clerk, "4711\0") == unknown

    def test_without_login_the_link_waits(self, story: Story) -> None:
        address = f"{self.ADDRESS}?verfahren=openprosoz&schluessel=4711"
        answer = Client().get(address)
        assert answer.status_code == 302
        assert "next=/akte/aufruf%3Fverfahren%3Dopenprosoz" in answer.headers["Location"]


class TestFilePlan:
    def test_the_top_level_and_down_to_the_files(self, clerk: Client, story: Story) -> None:
        top = page(clerk.get(reverse("file-plan")).content)
        links = top.xpath('//nav[contains(@class, "desk-tree")]//a')
        labels = [text_of(one) for one in links]
        assert "50Soziales" in labels
        social = page(clerk.get(links[labels.index("50Soziales")].get("href")).content)
        leaf = social.xpath('//nav[contains(@class, "desk-tree")]//a')[0]
        assert text_of(leaf) == "50.10Grundsicherung im Alter (SGB XII Kap. 4)1"
        files = page(clerk.get(leaf.get("href")).content)
        assert files.xpath("//tbody//a[@data-row-link]/@href") == [
            reverse("case-file", args=[story.case_file.uuid])
        ]
        crumbs = [text_of(one) for one in files.xpath('//nav[@aria-label="Pfad"]//li')]
        assert crumbs == [
            "Aktenplan",
            "50 Soziales",
            "50.10 Grundsicherung im Alter (SGB XII Kap. 4)",
        ]

    def test_the_structure_is_no_secret_but_the_counts_are(
        self, outsider: Client, story: Story
    ) -> None:
        branch = page(
            outsider.get(reverse("file-plan-entry", args=[story.case_file.entry.parent_id])).content
        )
        leaf = branch.xpath('//nav[contains(@class, "desk-tree")]//a')[0]
        assert text_of(leaf) == "50.10Grundsicherung im Alter (SGB XII Kap. 4)"
        files = page(outsider.get(leaf.get("href")).content)
        assert files.xpath("//tbody//a") == []

    def test_a_leaf_pages_through_all_its_files(self, clerk: Client, story: Story) -> None:
        files = social_files(70)
        pages = list(walk(clerk, reverse("file-plan-entry", args=[files[0].entry_id])))
        assert [len(rows) for rows in pages] == [50, 20]
        expected = sorted(files, key=lambda f: (f.sort_key, f.pk))
        assert [link for rows in pages for link in rows] == [
            reverse("case-file", args=[one.uuid]) for one in expected
        ]

    def test_counts_are_capped(
        self, clerk: Client, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(file_plan, "COUNT_CAP", 3)
        social_files(5)
        parent = story.case_file.entry.parent_id
        shown = page(clerk.get(reverse("file-plan-entry", args=[parent])).content)
        counts = [text_of(c) for c in shown.xpath('//span[@class="desk-count"]')]
        assert counts == ["1", "3+"]

    @pytest.mark.parametrize("entry", [0, 999_999, 10**30])
    def test_an_unknown_entry_is_not_there(
        self, clerk: Client, quick_city: None, entry: int
    ) -> None:
        assert clerk.get(f"{reverse('file-plan')}{entry}/").status_code == 404

    def test_before_there_is_a_plan(self, clerk: Client, quick_city: None) -> None:
        FilePlan.objects.update(valid_from=clock.today() + timedelta(days=1))
        assert "Es gilt noch kein Aktenplan" in clerk.get(reverse("file-plan")).content.decode()
