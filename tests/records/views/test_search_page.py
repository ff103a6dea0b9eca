"""The search page: limits by form and by words, order, groups, filters (Q1, S1, D3)."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.operations.operation import Acting, begin
from records.choices import CaseFileStatus
from records.models import CaseFile, Document, DocumentType
from records.selectors import search as selector
from records.selectors import search_facets
from records.services import rights
from records.services.actor import Actor
from tests import personas, stories
from tests.personas import CLERK_BUILDING, CLERK_SOCIAL, HEAD_SOCIAL
from tests.records.found_rows import copies
from tests.records.views.conftest import logged_in
from tests.stories import Story

WORD = "Heizkostennachzahlung"


@pytest.fixture
def story(quick_city: None) -> Story:
    """Two files of the Sozialamt: notices of 2026, 2025 and 2019, and one of 2026."""
    story = stories.social_file()
    copies(story.document, [date(2025, 3, 1), date(2019, 3, 1)])
    stories.social_file("4712")
    return story


@pytest.fixture
def clerk(story: Story) -> Client:
    return logged_in(CLERK_SOCIAL)


def page_of(client: Client, name: str = "search", **words: str) -> str:
    answer = client.get(reverse(name), {"q": WORD, **words})
    assert answer.status_code == 200
    return answer.content.decode()


def dates_in(page: str) -> list[str]:
    return re.findall(r'<time datetime="(\d{4}-\d\d-\d\d)"', page)


class TestForm:
    def test_q1_limits_of_the_form_are_those_of_the_words(self, clerk: Client) -> None:
        """typ:, von:, bis:, akte: and an: typed into the line or into their fields."""
        key = CaseFile.objects.get(title__contains="4712").aktenzeichen
        asked = {"von": "2025", "bis": "3.2025", "akte": key, "typ": "Unfug", "an": "Niemand"}
        expected = {"von": 3, "bis": 2, "akte": 1, "typ": 0, "an": 0}
        user = personas.person(CLERK_SOCIAL)
        for name, value in asked.items():
            page = page_of(clerk, **{name: value})
            assert f"{expected[name]} Treffer" in page, name
            assert f'name="{name}" maxlength="120" value="{value}"' in page
            assert selector.search(user, f'{WORD} {name}:"{value}"').total == expected[name]

    def test_quotes_in_a_field_stay_in_it(self, clerk: Client) -> None:
        page = page_of(clerk, an='x" OR "Bescheid')
        assert "0 Treffer" in page

    def test_a_field_that_is_no_day_is_said(self, clerk: Client) -> None:
        assert "Nicht verstanden und nicht gesucht: von:&quot;gestern&quot;" in page_of(
            clerk, von="gestern"
        )

    def test_in_this_file(self, clerk: Client, story: Story) -> None:
        page = page_of(clerk, **{"in": str(story.case_file.uuid)})
        assert "3 Treffer" in page
        assert f"in der Akte {story.case_file.aktenzeichen}" in page

    def test_the_file_leads_to_its_search(self, clerk: Client, story: Story) -> None:
        page = clerk.get(reverse("case-file", args=[story.case_file.uuid])).content.decode()
        address = f"{reverse('search')}?in={story.case_file.uuid}"
        assert f'href="{address}"' in page
        assert f'name="in" value="{story.case_file.uuid}"' in clerk.get(address).content.decode()

    def test_d3_a_file_one_may_not_see_is_missing(self, story: Story) -> None:
        client = logged_in(CLERK_BUILDING)
        for uuid in (story.case_file.uuid, "00000000-0000-4000-8000-000000000000"):
            answer = client.get(reverse("search"), {"q": WORD, "in": str(uuid)})
            assert answer.status_code == 404
        assert client.get(reverse("search"), {"q": WORD, "in": "unfug"}).status_code == 200

    def test_my_unit(self, story: Story) -> None:
        clerk = personas.person(CLERK_SOCIAL)
        garage = stories.building_file(f"Garage mit {WORD}")
        wish = rights.NewGrant(garage.case_file.pk, "Amtshilfe", user_id=clerk.pk)
        rights.grant_case_file_access([wish], Actor(begin("test", Acting())))
        client = logged_in(CLERK_SOCIAL)
        assert "5 Treffer" in page_of(client)
        assert "4 Treffer" in page_of(client, bereich="einheit")

    def test_by_date(self, clerk: Client) -> None:
        days = dates_in(page_of(clerk, ordnung="datum"))
        assert days == sorted(days, reverse=True)
        assert len(days) == 4

    def test_q1_grouped_by_file(self, clerk: Client, story: Story) -> None:
        page = page_of(clerk, gruppiert="akte")
        assert page.count("desk-search-file") == 2
        wish = selector.Wish(grouped=True)
        hits = selector.search(personas.person(CLERK_SOCIAL), WORD, wish=wish).hits
        files = [hit.document.case_file_id for hit in hits]
        assert files in (sorted(files), sorted(files, reverse=True))

    def test_links_keep_the_whole_search(
        self, clerk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selector, "PAGE", 2)
        page = page_of(clerk, von="2019", ordnung="datum", gruppiert="akte", storno="auch", typ="")
        words = f"?q={WORD}&amp;von=2019&amp;ordnung=datum&amp;gruppiert=akte&amp;storno=auch"
        assert f'href="{words}&amp;seite=2" rel="next"' in page

    def test_honest_when_only_the_newest_are_listed(
        self, clerk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selector, "RANKED", 3)
        assert "nach Übereinstimmung geordnet sind die 500 neuesten" in page_of(clerk)
        assert "gelistet sind die 500 neuesten" in page_of(clerk, ordnung="datum")
        monkeypatch.setattr(selector, "CAP", 3)
        assert "500 neuesten sind nach Datum gelistet" in page_of(clerk, ordnung="datum")

    def test_keys_walk_through_the_hits(self, clerk: Client) -> None:
        rows = page_of(clerk).partition("<div data-rows>")[2]
        assert rows.count("data-row-link") == 4


def chips_in(page: str) -> dict[str, tuple[str, str]]:
    """Count and address by the label of a chip."""
    found = re.findall(
        r'<a class="desk-chip" href="([^"]*)">([^<]*)<span class="desk-count">([^<]*)</span>', page
    )
    return {label: (n, url.replace("&amp;", "&")) for url, label, n in found}


class TestFacets:
    @pytest.fixture
    def typed(self, story: Story) -> Story:
        """Two hits are of a type, one file is closed."""
        kind = DocumentType.objects.order_by("pk")[0]
        ids = list(story.case_file.documents.order_by("pk").values_list("pk", flat=True)[:2])
        Document.objects.filter(pk__in=ids).update(document_type=kind)
        CaseFile.objects.filter(title__contains="4712").update(status=CaseFileStatus.CLOSED)
        return story

    def test_q1_facets_count_the_hits(self, typed: Story) -> None:
        chips = chips_in(page_of(logged_in(CLERK_SOCIAL), "search-facets"))
        counts = {label: n for label, (n, _url) in chips.items()}
        kind = DocumentType.objects.order_by("pk")[0].name
        assert counts["2026"] == "2"
        assert counts["2025"] == counts["2019"] == "1"
        assert counts[kind] == "2"
        assert counts["OPEN/PROSOZ"] == "4"
        assert counts[str(CaseFileStatus.CLOSED.label)] == "1"
        assert counts[str(CaseFileStatus.ACTIVE.label)] == "3"
        assert counts[typed.case_file.lead_unit.name] == "4"

    def test_a_click_narrows_to_the_number_shown(self, typed: Story) -> None:
        client = logged_in(CLERK_SOCIAL)
        chips = chips_in(page_of(client, "search-facets"))
        assert len(chips) >= 8
        for label, (number, url) in chips.items():
            page = client.get(url).content.decode()
            assert f"{number} Treffer" in page, label
            assert "Alle Filter zurücksetzen" in page
            # ... and the chosen filter leads back.
            widened = re.search(r'<a class="desk-chip" href="([^"]*)" aria-current', page)
            assert widened is not None
            assert widened[1].replace("&amp;", "&") == f"?q={WORD}"

    def test_the_plan_opens_level_by_level(self, typed: Story) -> None:
        client, words = logged_in(CLERK_SOCIAL), dict[str, str]()
        for entry in typed.case_file.entry.ancestors:
            page = page_of(client, "search-facets", **words)
            assert 'aria-label="Aktenplan"' in page
            assert sum(f"zweig={entry}" in url for _n, url in chips_in(page).values()) == 1
            words = {"zweig": str(entry)}
        assert 'aria-label="Aktenplan"' not in page_of(client, "search-facets", **words)

    def test_fragment_and_page(self, clerk: Client) -> None:
        page = page_of(clerk)
        address = f"{reverse('search-facets')}?q={WORD}"
        assert f'hx-get="{address}" hx-trigger="load"><a href="{address}">' in page
        answer = clerk.get(address, headers={"HX-Request": "true"})
        assert b"<html" not in answer.content
        assert "HX-Request" in answer.headers["Vary"]
        assert "Zurück zu den Treffern" in page_of(clerk, "search-facets")

    def test_capped_counts_say_so(self, clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "mindestens" not in page_of(clerk, "search-facets")
        monkeypatch.setattr(search_facets, "NEWEST", 2)
        page = page_of(clerk, "search-facets")
        assert "jede Zahl ist daher ein „mindestens“" in page
        assert chips_in(page)["2026"][0] == "2"

    def test_nonsense_is_no_filter(self, clerk: Client) -> None:
        for words in (
            {"jahr": "20261"},
            {"jahr": "²"},
            {"stand": "unfug"},
            {"zweig": "99999999999999999999"},
            {"einheit": "-1"},
            {"dokumenttyp": "1 OR 1"},
        ):
            assert "4 Treffer" in page_of(clerk, **words)

    def test_an_unknown_value_finds_nothing_and_can_be_taken_away(self, clerk: Client) -> None:
        page = page_of(clerk, dokumenttyp="999999")
        assert "0 Treffer" in page
        assert "Alle Filter zurücksetzen" in page

    def test_d3_nobody_else_gets_a_facet(self, story: Story) -> None:
        for words in ({}, {"jahr": "2026"}, {"einheit": str(story.case_file.lead_unit_id)}):
            page = page_of(logged_in(CLERK_BUILDING), "search-facets", **words)
            assert chips_in(page) == {}

    def test_s1_an_excluded_persons_facets_shrink_at_once(self, story: Story) -> None:
        excluded = personas.person(CLERK_SOCIAL)
        wanted = rights.Exclusion(story.case_file.pk, excluded.pk, "befangen")
        rights.exclude_persons([wanted], Actor(begin("test", Acting())))
        chips = chips_in(page_of(logged_in(CLERK_SOCIAL), "search-facets"))
        assert {n for n, _url in chips.values()} == {"1"}
        assert chips_in(page_of(logged_in(HEAD_SOCIAL), "search-facets"))["2026"][0] == "2"
