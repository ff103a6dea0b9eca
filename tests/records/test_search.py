"""Search: what is found, what nobody without the right learns, what the page says (Q1, S1, D3)."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from goettingen_ecm.audit.models import AuditEntry
from goettingen_ecm.operations.operation import Acting, begin
from integrations.demo import city as demo_city
from records.analysis import parse_query
from records.choices import DocumentStatus
from records.models import CaseFile, Document, Matter, SearchEntry
from records.search_index import passes as search_passes
from records.selectors import search as selector
from records.services import rights
from records.services.actor import Actor
from tests import personas, stories
from tests.personas import (
    ADMINISTRATION,
    ARCHIVE,
    CLERK_BUILDING,
    CLERK_SOCIAL,
    DATA_PROTECTION,
    HEAD_SOCIAL,
    REGISTRY,
)
from tests.stories import Story

ClientOf = Callable[[str], Client]
OUTSIDERS = (CLERK_BUILDING, REGISTRY, ADMINISTRATION, ARCHIVE, DATA_PROTECTION)
WORD = "Heizkostennachzahlung"


@pytest.fixture
def story(city: None) -> Story:
    return stories.social_file()


def machine() -> Actor:
    """Neither a person nor a connector: set-up, not under test."""
    return Actor(begin("test", Acting()))


def page_of(client: Client, text: str, **further: str) -> str:
    answer = client.get(reverse("search"), {"q": text, **further})
    assert answer.status_code == 200
    return answer.content.decode()


def found(username: str, text: str) -> tuple[int, list[str]]:
    """The count and the titles of the first page."""
    result = selector.search(personas.person(username), text)
    return result.total, [hit.document.title for hit in result.hits]


def file_more(story: Story, titles: list[str], text: str) -> list[Document]:
    return [stories.file_text(story.matter, title, text, machine()) for title in titles]


class TestWhoFindsIt:
    def test_q1_those_who_may_see_the_file(self, story: Story, client_of: ClientOf) -> None:
        for username in (CLERK_SOCIAL, HEAD_SOCIAL):
            page = page_of(client_of(username), WORD)
            assert "1 Treffer" in page, username
            assert f"<mark>{WORD}</mark>" in page
            assert reverse("document", args=[story.document.uuid]) in page

    def test_d3_nobody_else_learns_that_it_exists(self, story: Story, client_of: ClientOf) -> None:
        for username in OUTSIDERS:
            client = client_of(username)
            page = page_of(client, WORD)
            assert "0 Treffer in dem, was Sie sehen dürfen." in page, username
            nothing = page_of(client, "Heizkostennachzahlunk")
            assert comparable(page, WORD) == comparable(nothing, "Heizkostennachzahlunk")

    def test_each_finds_what_is_the_own(self, story: Story) -> None:
        stories.building_file("Antrag wegen der Heizkostennachzahlung")
        assert found(CLERK_SOCIAL, WORD)[0] == 1
        assert found(CLERK_BUILDING, WORD)[0] == 1
        ids = {
            hit.document.case_file_id
            for name in (CLERK_SOCIAL, CLERK_BUILDING)
            for hit in selector.search(personas.person(name), WORD).hits
        }
        assert len(ids) == 2

    def test_s1_a_superuser_finds_nothing_more(self, story: Story) -> None:
        clerk = personas.person(CLERK_BUILDING)
        clerk.is_superuser = clerk.is_staff = True
        clerk.save()
        assert found(CLERK_BUILDING, WORD) == (0, [])

    def test_a_closed_account_finds_nothing(self, story: Story) -> None:
        clerk = personas.person(CLERK_SOCIAL)
        clerk.is_active = False
        assert selector.search(clerk, WORD).total == 0


def comparable(page: str, word: str) -> str:
    """A page without what differs in every answer."""
    page = re.sub(r'(csrfmiddlewaretoken" value|nonce|hx-headers)=("[^"]*"|\'[^\']*\')', "", page)
    return page.replace(word, "")


class TestWhatVanishes:
    """From hits and from the count, at once."""

    def test_s1_an_excluded_person_finds_nothing(self, story: Story) -> None:
        excluded = personas.person(CLERK_SOCIAL)
        wanted = rights.Exclusion(story.case_file.pk, excluded.pk, "befangen")
        rights.exclude_persons([wanted], machine())
        assert found(CLERK_SOCIAL, WORD) == (0, [])
        assert found(HEAD_SOCIAL, WORD)[0] == 1
        assert selector.search(excluded, story.case_file.aktenzeichen).exact == []

    def test_an_excluded_person_counts_only_the_rest(self, story: Story) -> None:
        other = stories.social_file("4712")
        wanted = rights.Exclusion(
            story.case_file.pk, personas.person(CLERK_SOCIAL).pk, "eigene Sache"
        )
        rights.exclude_persons([wanted], machine())
        result = selector.search(personas.person(CLERK_SOCIAL), WORD)
        assert (result.total, [h.document.pk for h in result.hits]) == (1, [other.document.pk])

    def test_misfiled_documents(self, story: Story, client_of: ClientOf) -> None:
        (wrong,) = file_more(story, ["Falsch abgelegt"], stories.LETTER)
        assert found(CLERK_SOCIAL, WORD)[0] == 2
        Document.objects.filter(pk=wrong.pk).update(status=DocumentStatus.MISFILED)
        assert found(CLERK_SOCIAL, WORD) == (1, ["Bescheid"])
        assert "Falsch abgelegt" not in page_of(client_of(CLERK_SOCIAL), WORD)

    def test_w10_cancelled_documents_are_found_when_asked_for(
        self, story: Story, client_of: ClientOf
    ) -> None:
        Document.objects.filter(pk=story.document.pk).update(status=DocumentStatus.CANCELLED)
        assert found(CLERK_SOCIAL, WORD) == (0, [])
        result = selector.search(
            personas.person(CLERK_SOCIAL), WORD, wish=selector.Wish(cancelled=True)
        )
        assert (result.total, [h.document.pk for h in result.hits]) == (1, [story.document.pk])
        page = client_of(CLERK_SOCIAL).get("/suche/", {"q": WORD, "storno": "auch"})
        assert "<s>Bescheid</s>" in page.content.decode()

    def test_a_revoked_release(self, city: None) -> None:
        garage = stories.building_file()
        clerk = personas.person(CLERK_SOCIAL)
        wish = rights.NewGrant(garage.case_file.pk, "Amtshilfe", user_id=clerk.pk)
        grants = rights.grant_case_file_access([wish], machine())
        assert found(CLERK_SOCIAL, "Garage")[0] == 1
        stale = entry_rights(garage.document)
        rights.revoke_case_file_access(grants, machine())
        assert found(CLERK_SOCIAL, "Garage") == (0, [])
        # ... even while the search rows still say the old rights.
        set_entry_rights(garage.document, *stale)
        assert entry_rights(garage.document) == stale
        assert found(CLERK_SOCIAL, "Garage") == (0, [])

    def test_s1_search_rows_that_lag_behind_betray_no_number(
        self, story: Story, client_of: ClientOf
    ) -> None:
        """Five excluded hits in a stale index: neither the sum nor the pages show them."""
        file_more(story, [f"Blatt {n}" for n in range(5)], stories.LETTER)
        mine = stories.social_file("4712")
        stale = entry_rights(story.document)
        clerk = personas.person(CLERK_SOCIAL)
        rights.exclude_persons(
            [rights.Exclusion(story.case_file.pk, clerk.pk, "befangen")], machine()
        )
        for document in story.case_file.documents.all():
            set_entry_rights(document, *stale)
        result = selector.search(clerk, WORD)
        assert (result.total, result.pages) == (1, 1)
        assert [hit.document.pk for hit in result.hits] == [mine.document.pk]
        assert "1 Treffer" in page_of(client_of(CLERK_SOCIAL), WORD)

    def test_a_narrowed_matter(self, story: Story) -> None:
        rights.narrow_matters({story.matter.pk: []}, machine())
        assert found(CLERK_SOCIAL, WORD) == (0, [])

    def test_the_authoritative_file_decides_over_its_documents(self, story: Story) -> None:
        """A document whose own scope lags behind its file's."""
        nobody = stories.building_file().case_file.scope_id
        CaseFile.objects.filter(pk=story.case_file.pk).update(scope_id=nobody)
        assert found(CLERK_SOCIAL, WORD) == (0, [])


def entry_rights(document: Document) -> tuple[list[int], list[int]]:
    acl, deny = SearchEntry.objects.values_list("acl", "deny").get(document_id=document.pk)
    return acl, deny


def set_entry_rights(document: Document, acl: list[int], deny: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE records_searchentry SET acl = %s, deny = %s WHERE document_id = %s",
            [acl, deny, document.pk],
        )


class TestNumbers:
    """A number is exact first: one file opens at once."""

    def test_q1_an_aktenzeichen_opens_the_file(self, story: Story, client_of: ClientOf) -> None:
        answer = client_of(CLERK_SOCIAL).get(
            reverse("search"), {"q": f" {story.case_file.aktenzeichen} "}
        )
        assert answer.status_code == 302
        assert answer["Location"] == reverse("case-file", args=[story.case_file.uuid])

    def test_a_key_of_the_specialist_system_opens_it_too(
        self, story: Story, client_of: ClientOf
    ) -> None:
        answer = client_of(CLERK_SOCIAL).get(reverse("search"), {"q": "4711"})
        assert answer["Location"] == reverse("case-file", args=[story.case_file.uuid])

    def test_a_number_other_files_mention_is_listed_with_its_file_first(
        self, story: Story, client_of: ClientOf
    ) -> None:
        stories.social_file("9000", "Siehe auch Fall 4711 der Eheleute")
        page = page_of(client_of(CLERK_SOCIAL), "4711")
        assert page.index("Akten mit genau dieser Nummer") < page.index("desk-hits")
        assert reverse("case-file", args=[story.case_file.uuid]) in page

    def test_number_and_word_list_the_file_first(self, story: Story, client_of: ClientOf) -> None:
        page = page_of(client_of(CLERK_SOCIAL), f"4711 {WORD}")
        assert "Akten mit genau dieser Nummer" in page

    def test_d3_outsiders_learn_nothing_from_a_number(
        self, story: Story, client_of: ClientOf
    ) -> None:
        for username in OUTSIDERS:
            client = client_of(username)
            for number in ("4711", story.case_file.aktenzeichen):
                page = page_of(client, number)
                assert "0 Treffer in dem, was Sie sehen dürfen." in page, username

    def test_d3_a_key_of_very_many_files_still_lists_the_visible_ones_only(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selector, "LOOKED_AT", 1)
        query = parse_query("4711")
        found = selector.exact_case_files(personas.person(CLERK_SOCIAL), query)
        assert found == [story.case_file]
        for username in OUTSIDERS:
            assert not selector.exact_case_files(personas.person(username), query), username

    def test_a_part_of_a_number_opens_nothing(self, story: Story, client_of: ClientOf) -> None:
        assert "Akten mit genau dieser Nummer" not in page_of(client_of(CLERK_SOCIAL), "471")


LIMITS = {
    "von:20.11.2026": 1,
    "von:21.11.2026": 0,
    "bis:20.11.2026": 1,
    "bis:19.11.2026": 0,
    "von:2026 bis:2026": 1,
    "von:12.2026": 0,
    "von:2027 bis:2025": 0,
    "von:gestern": 1,
    "von:99.99.2026": 1,
    "bis:9999": 1,
    "von:0000": 1,
}


class TestFilters:
    def test_days_are_limits(self, story: Story) -> None:
        assert story.document.sort_date.isoformat() == "2026-11-20"
        totals = {filters: found(CLERK_SOCIAL, f"{WORD} {filters}")[0] for filters in LIMITS}
        assert totals == LIMITS

    def test_what_was_not_understood_is_said(self, story: Story, client_of: ClientOf) -> None:
        page = page_of(client_of(CLERK_SOCIAL), f"{WORD} von:gestern")
        assert "Nicht verstanden und nicht gesucht: von:gestern" in page

    def test_without_a_word_nothing_is_searched(self, story: Story, client_of: ClientOf) -> None:
        client = client_of(CLERK_SOCIAL)
        for text in ("-Bescheid", '""', "...", "von:2026", "*", "\x00"):
            page = page_of(client, text)
            assert "Bitte geben Sie mindestens ein Wort an" in page, text
            assert "desk-hits" not in page


class TestPages:
    @pytest.fixture
    def five(self, story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
        file_more(story, [f"Blatt {n}" for n in range(4)], stories.LETTER)
        monkeypatch.setattr(selector, "PAGE", 2)
        return story

    def test_every_hit_stands_on_exactly_one_page(self, five: Story) -> None:
        clerk = personas.person(CLERK_SOCIAL)
        pages = [selector.search(clerk, WORD, page=n) for n in (1, 2, 3)]
        assert [len(p.hits) for p in pages] == [2, 2, 1]
        assert [p.more for p in pages] == [True, True, False]
        assert len({hit.document.pk for p in pages for hit in p.hits}) == 5

    def test_beyond_the_end_is_the_last_page(self, five: Story, client_of: ClientOf) -> None:
        page = page_of(client_of(CLERK_SOCIAL), WORD, seite="20")
        assert "5 Treffer · Seite 3 von 3" in page
        assert 'rel="next"' not in page
        assert "seite=2" in page

    def test_nonsense_is_the_first_page(self, five: Story, client_of: ClientOf) -> None:
        client = client_of(CLERK_SOCIAL)
        for value in ("0", "-1", "abc", "²", "1.5", "", "99999999999", "１"):
            assert "Seite 1 von 3" in page_of(client, WORD, seite=value), value

    def test_links_keep_the_words(self, five: Story, client_of: ClientOf) -> None:
        page = page_of(client_of(CLERK_SOCIAL), f'"{WORD}" & mehr OR')
        assert "q=%22Heizkosten" in page or "desk-hits" not in page
        page = page_of(client_of(CLERK_SOCIAL), f'"die {WORD}"')
        assert "?q=%22die%20Heizkostennachzahlung%22&amp;seite=2" in page

    def test_only_the_newest_are_ranked_and_the_page_says_so(
        self, five: Story, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selector, "RANKED", 4)
        page = page_of(client_of(CLERK_SOCIAL), WORD)
        assert "5 Treffer; nach Übereinstimmung geordnet sind die 500 neuesten" in page
        assert "Seite 1 von 2" in page

    def test_the_newest_are_ranked(self, five: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(selector, "RANKED", 1)
        newest = five.case_file.documents.order_by("-sort_date", "-pk").first()
        hits = selector.search(personas.person(CLERK_SOCIAL), WORD).hits
        assert [hit.document for hit in hits] == [newest]

    def test_the_count_is_capped(
        self, five: Story, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selector, "CAP", 3)
        result = selector.search(personas.person(CLERK_SOCIAL), WORD)
        assert (result.total, result.capped) == (3, True)
        assert "Mehr als 10.000 Treffer; 500 davon" in page_of(client_of(CLERK_SOCIAL), WORD)

    def test_at_the_cap_the_count_is_exact(
        self, five: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(selector, "CAP", 5)
        result = selector.search(personas.person(CLERK_SOCIAL), WORD)
        assert (result.total, result.capped) == (5, False)


class TestOrder:
    def test_a_title_weighs_more_than_the_text(self, story: Story) -> None:
        text = "Die Bearbeitung ruht bis zur Klärung der Garage."
        in_text, in_title = (
            stories.file_text(story.matter, title, text, machine())
            for title in ("Vermerk", "Garage am Lindenweg")
        )
        hits = selector.search(personas.person(CLERK_SOCIAL), "Garage").hits
        assert [hit.document for hit in hits] == [in_title, in_text]


SLEEPING = search_passes.MATCHES.replace("WHERE tsv @@", "WHERE pg_sleep(5) IS NOT NULL AND tsv @@")


class TestTimeout:
    @pytest.fixture
    def slow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(search_passes, "MATCHES", SLEEPING)
        monkeypatch.setattr(selector, "SECONDS", 0.05)

    def test_too_slow_is_said_and_the_page_works(
        self, story: Story, client_of: ClientOf, slow: None
    ) -> None:
        page = page_of(client_of(CLERK_SOCIAL), f"4711 {WORD}")
        assert "Die Suche dauert zu lange." in page
        assert "Treffer in dem" not in page
        assert "&amp;vor=2026-01-01" in page
        # The number was found without the slow part.
        assert "Akten mit genau dieser Nummer" in page

    def test_settings_end_with_the_search(
        self, committed_story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = settings_of_session()
        clerk = personas.person(CLERK_SOCIAL)
        assert selector.search(clerk, WORD).total == 1
        assert settings_of_session() == before
        monkeypatch.setattr(search_passes, "MATCHES", SLEEPING)
        assert selector.search(clerk, WORD, budget=search_passes.Budget(0.05)).timed_out
        assert settings_of_session() == before
        assert before["enable_seqscan"] == "on"

    def test_another_failure_of_the_database_is_no_slow_search(
        self, committed_story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        killing = SLEEPING.replace("pg_sleep(5)", "pg_terminate_backend(pg_backend_pid())")
        monkeypatch.setattr(search_passes, "MATCHES", killing)
        clerk = personas.person(CLERK_SOCIAL)
        with pytest.raises(OperationalError):
            selector.search(clerk, WORD)


@pytest.fixture
def committed_story(committed_db: str) -> Iterator[Story]:
    demo_city.build_city()
    with transaction.atomic():
        story = stories.social_file()
    yield story
    connection.close()


def settings_of_session() -> dict[str, str]:
    names = ("statement_timeout", "enable_seqscan", "enable_sort", "enable_bitmapscan")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(names)])
        return dict(cursor.fetchall())


class TestMarkup:
    def test_texts_titles_and_words_are_escaped(self, city: None, client_of: ClientOf) -> None:
        evil = "<script>alert(1)</script>"
        story = stories.social_file("4711", f"Ein {evil} Treffer & mehr <b>fett</b>")
        file_more(story, [f"{evil} Titel"], "Treffer")
        client = client_of(CLERK_SOCIAL)
        for text in ("Treffer", "alert", evil, f'"><img src=x onerror=1> {evil}', "Titel"):
            page = page_of(client, text)
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "<b>fett" not in page
        assert "&lt;script&gt;" in page_of(client, "Titel")
        assert "<mark>alert</mark>" in page_of(client, "alert")

    def test_very_long_words_are_cut(self, story: Story, client_of: ClientOf) -> None:
        page = page_of(client_of(CLERK_SOCIAL), "x" * 5_000)
        assert f'id="suche-text" type="search" name="q" value="{"x" * 500}"' in page


class TestAudit:
    def entries(self) -> list[AuditEntry]:
        return list(AuditEntry.objects.filter(action__contains="search").order_by("pk"))

    def test_s4_a_search_in_a_protected_circle_leaves_one_entry_without_the_words(
        self, story: Story, client_of: ClientOf
    ) -> None:
        page_of(client_of(CLERK_SOCIAL), f"Ahlers {WORD}")
        (entry,) = self.entries()
        assert entry.actor_id == personas.person(CLERK_SOCIAL).pk
        assert entry.digests["hits"] == 1
        assert entry.digests["circles"] == ["sozial"]
        written = repr([getattr(entry, f.attname) for f in AuditEntry._meta.concrete_fields])
        for word in ("Ahlers", "ahler", WORD, WORD.lower()):
            assert word not in written

    def test_a_number_that_opens_a_file_is_a_search_too(
        self, story: Story, client_of: ClientOf
    ) -> None:
        client_of(CLERK_SOCIAL).get(reverse("search"), {"q": "4711"})
        assert len(self.entries()) == 1

    def test_other_searches_leave_none(self, story: Story, client_of: ClientOf) -> None:
        page_of(client_of(CLERK_BUILDING), WORD)
        page_of(client_of(CLERK_SOCIAL), "  ")
        assert self.entries() == []


class TestCost:
    def test_queries(
        self,
        story: Story,
        client_of: ClientOf,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        """No query per hit: with one hit as with twenty-five."""
        client = client_of(CLERK_SOCIAL)
        page_of(client, WORD)
        with django_assert_max_num_queries(13) as one:
            page_of(client, WORD)
        for number in range(3):
            other = stories.social_file(f"50{number}")
            file_more(other, [f"Blatt {n}" for n in range(3)], stories.LETTER)
        page_of(client, WORD)
        with django_assert_max_num_queries(13) as many:
            page_of(client, WORD)
        assert len(many) == len(one)

    def test_matters_are_not_loaded_for_nothing(self, story: Story) -> None:
        assert Matter.objects.count() == 1
        hit = selector.search(personas.person(CLERK_SOCIAL), WORD).hits[0]
        assert "matter" not in hit.document._state.fields_cache
