"""Saved searches: what is new, own ones only, rename and delete with a way back; export (Q1, S1)."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.operation import Acting, begin
from goettingen_ecm.operations.refusals import IllegalState
from records.choices import DocumentStatus, ListPage
from records.models import Document, SavedView
from records.saved_searches_desk import saved_searches as listed
from records.selectors import search as selector
from records.selectors import search_news
from records.services import rights, saved_searches
from records.services.actor import Actor
from tests import personas, stories
from tests.personas import CLERK_BUILDING, CLERK_SOCIAL
from tests.records.found_rows import copies
from tests.records.views.conftest import logged_in
from tests.stories import Story

WORD = "Heizkostennachzahlung"


@pytest.fixture
def story(quick_city: None) -> Story:
    return stories.social_file()


@pytest.fixture
def clerk(story: Story) -> Client:
    return logged_in(CLERK_SOCIAL)


def saved(client: Client, name: str = "Heizkosten", words: str = f"q={WORD}") -> SavedView:
    answer = client.post(reverse("saved-search-save"), {"name": name, "words": words})
    assert answer.status_code == 302
    return SavedView.objects.get(name=name, page=ListPage.SEARCH)


def come(story: Story, *days: date) -> list[Document]:
    return copies(story.document, days)


def news(username: str = CLERK_SOCIAL) -> dict[str, str]:
    return {one.view.name: one.news for one in listed(personas.person(username))}


class TestNews:
    def test_q1_new_hits_since_the_last_look(self, clerk: Client, story: Story) -> None:
        view = saved(clerk)
        assert news() == {"Heizkosten": ""}
        come(story, date(2026, 1, 1), date(2019, 1, 1))
        assert news() == {"Heizkosten": "2 neu"}
        for page in ("start", "search"):
            text = clerk.get(reverse(page)).content.decode()
            assert "2 neu seit Ihrem letzten Blick" in text, page
        answer = clerk.get(reverse("saved-search", args=[view.pk]))
        assert answer["Location"] == f"{reverse('search')}?q={WORD}"
        assert news() == {"Heizkosten": ""}

    def test_each_search_has_its_own_limits(self, clerk: Client, story: Story) -> None:
        other = stories.social_file("4712")
        words = {
            "Alt": f"q={WORD}&bis=2020",
            "Jahr": f"q={WORD}&jahr=2026",
            "Akte": f"q={WORD}&in={story.case_file.uuid}",
            "Fremde Akte": f"q={WORD}&in=00000000-0000-4000-8000-000000000000",
            "Andere": "q=Garage",
            "Nur Ausschluss": f"q=-{WORD}",
            "Einheit": f"q={WORD}&bereich=einheit&typ=",
        }
        for name, text in words.items():
            saved(clerk, name, text)
        come(story, date(2026, 1, 1), date(2019, 1, 1))
        come(other, date(2026, 1, 1))
        expected = {"Alt": "1 neu", "Jahr": "2 neu", "Akte": "2 neu", "Einheit": "3 neu"}
        assert {name: text for name, text in news().items() if text} == expected

    def test_what_is_analysed_later_is_still_new(self, clerk: Client, story: Story) -> None:
        (late,) = come(story, date(2026, 1, 1))
        Document.objects.filter(pk=late.pk).update(indexed_at=None)
        saved(clerk)
        assert news() == {"Heizkosten": "1 neu"}

    def test_after_a_long_time_the_number_is_a_minimum(
        self, clerk: Client, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        saved(clerk)
        come(story, *[date(2026, 1, day) for day in (1, 2, 3)])
        monkeypatch.setattr(search_news, "MOST_NEW", 2)
        assert news() == {"Heizkosten": "mindestens 2 neu"}
        monkeypatch.setattr(search_news, "MOST_NEW", 500)
        monkeypatch.setattr(search_news, "WINDOW", 1)
        assert news() == {"Heizkosten": "mindestens 1 neu"}

    def test_s1_only_what_may_be_seen_is_new(self, clerk: Client, story: Story) -> None:
        saved(clerk)
        saved(logged_in(CLERK_BUILDING), "Fremd")
        made = come(story, *[date(2026, 1, day) for day in (1, 2, 3)])
        Document.objects.filter(pk=made[0].pk).update(status=DocumentStatus.MISFILED)
        Document.objects.filter(pk=made[1].pk).update(status=DocumentStatus.CANCELLED)
        assert news() == {"Heizkosten": "1 neu"}
        assert news(CLERK_BUILDING) == {"Fremd": ""}
        excluded = personas.person(CLERK_SOCIAL)
        wanted = rights.Exclusion(story.case_file.pk, excluded.pk, "befangen")
        rights.exclude_persons([wanted], Actor(begin("test", Acting())))
        assert news() == {"Heizkosten": ""}

    def test_many_searches_cost_as_much_as_one(self, clerk: Client, story: Story) -> None:
        taken = []
        come(story, date(2026, 1, 1))
        for number in range(5):
            saved(clerk, f"Suche {number}")
            SavedView.objects.update(seen_document_id=story.document.pk)
            clerk.get(reverse("search"))
            with CaptureQueriesContext(connection) as captured:
                page = clerk.get(reverse("search")).content.decode()
            assert page.count("1 neu") == number + 1
            taken.append(len(captured))
        assert set(taken) == {7}


class TestKeeping:
    def test_rename_and_back(self, clerk: Client) -> None:
        view = saved(clerk)
        address = reverse("saved-search-rename", args=[view.pk])
        clerk.post(address, {"name": " Neuer  Name "})
        view.refresh_from_db()
        assert view.name == "Neuer Name"
        page = clerk.get(reverse("search")).content.decode()
        assert f"{address}?name=Heizkosten" in page
        clerk.post(f"{address}?name=Heizkosten")
        view.refresh_from_db()
        assert view.name == "Heizkosten"

    def test_a_name_is_taken_once(self, clerk: Client) -> None:
        view = saved(clerk)
        saved(clerk, "Zweite")
        with pytest.raises(IllegalState):
            saved_searches.rename_search(personas.person(CLERK_SOCIAL), view.pk, "Zweite")
        answer = clerk.post(reverse("saved-search-rename", args=[view.pk]), {"name": "Zweite"})
        assert answer.status_code == 409
        answer = clerk.post(reverse("saved-search-rename", args=[view.pk]), {"name": "  "})
        assert answer.status_code == 400
        view.refresh_from_db()
        assert view.name == "Heizkosten"

    def test_delete_and_back(self, clerk: Client, story: Story) -> None:
        view = saved(clerk)
        come(story, date(2026, 1, 1))
        clerk.post(reverse("saved-search-delete", args=[view.pk]))
        assert news() == {}
        page = clerk.get(reverse("search")).content.decode()
        (undo,) = {
            part.split('"')[0].replace("&amp;", "&")
            for part in page.split('action="')
            if part.startswith(reverse("saved-search-save") + "?")
        }
        clerk.post(undo)
        assert news() == {"Heizkosten": "1 neu"}

    def test_s1_anothers_search_is_missing(self, clerk: Client) -> None:
        view, other = saved(clerk), logged_in(CLERK_BUILDING)
        assert other.get(reverse("saved-search", args=[view.pk])).status_code == 404
        for name in ("saved-search-rename", "saved-search-delete"):
            answer = other.post(reverse(name, args=[view.pk]), {"name": "Meins"})
            assert answer.status_code == 404
        view.refresh_from_db()
        assert view.name == "Heizkosten"

    def test_the_place_in_the_hits_is_not_saved(self, clerk: Client) -> None:
        view = saved(clerk, words=f"q={WORD}&seite=3&vor=2020-01-01&ordnung=datum")
        assert view.query == f"q={WORD}&ordnung=datum"


class TestExport:
    def export(self, client: Client, kind: str = "csv", **words: str) -> list[str]:
        answer = client.get(reverse("search-export", args=[kind]), {"q": WORD, **words})
        assert answer.status_code == 200
        return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]

    def test_q1_all_hits_with_their_files(self, clerk: Client, story: Story) -> None:
        come(story, date(2025, 1, 1), date(2019, 1, 1))
        head, *lines = self.export(clerk)
        assert head.startswith("Aktenzeichen;Akte;Betreff")
        assert len(lines) == 3
        assert all(line.startswith(story.case_file.aktenzeichen) for line in lines)
        assert len(self.export(clerk, bis="2020")) == 2
        answer = clerk.get(reverse("search-export", args=["ods"]), {"q": WORD})
        assert answer["Content-Type"].endswith("spreadsheet")
        assert self.export(logged_in(CLERK_BUILDING)) == [head]

    def test_s4_it_is_logged_without_the_words(self, clerk: Client) -> None:
        self.export(clerk, von="2020")
        entry = AuditEntry.objects.get(action="records.search.exported")
        assert entry.fields == ["von"]
        assert entry.actor_id == personas.person(CLERK_SOCIAL).pk
        assert AuditEntry.objects.filter(action="audit.search.protected").count() == 1

    def test_parts_are_refused(
        self, clerk: Client, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        come(story, date(2025, 1, 1))
        address = reverse("search-export", args=["csv"])
        monkeypatch.setattr(selector, "SECONDS", 0.0)
        assert clerk.get(address, {"q": WORD}).status_code == 409
        monkeypatch.undo()
        assert clerk.get(reverse("search-export", args=["pdf"]), {"q": WORD}).status_code == 404
        assert len(self.export(clerk, q="")) == 1
