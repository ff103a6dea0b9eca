"""The municipality's word list: found by part of a compound after the rule, through the real index."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.backends import BACKEND
from goettingen_ecm.operations import clock, jobs
from goettingen_ecm.operations.models import Job
from goettingen_ecm.operations.refusals import InvalidInput
from records.analysis.compounds import split
from records.analysis.documents import analyser, use_rules
from records.analysis.vocabulary import NO_RULES, WordRules, with_rules
from records.choices import CompoundRule
from records.models import CompoundWord, Document
from records.selectors.search import search
from records.services.word_list import documents_with, one_word
from records.tasks import follow_word_list
from tests import personas, stories
from tests.personas import ADMINISTRATION, CLERK_SOCIAL
from tests.stories import Story

# No word of any dictionary.
WORD = "Quirbel"


@pytest.fixture(autouse=True)
def no_rules_left() -> Iterator[None]:
    yield
    use_rules(NO_RULES)


@pytest.fixture
def story(quick_city: None) -> Story:
    stories.social_file("4712", "Bescheid über das Heim")
    return stories.social_file("4711", "Antrag auf die Waldquirbel, Gebühr je Quirbelplatz")


@pytest.fixture
def desk(quick_city: None) -> Client:
    client = Client()
    client.force_login(personas.person(ADMINISTRATION), backend=BACKEND)
    return client


def hits(word: str) -> list[int]:
    return [hit.document.pk for hit in search(personas.person(CLERK_SOCIAL), word).hits]


def add(desk: Client, word: str = WORD, rule: str = CompoundRule.PART) -> Any:
    values = {"word": word, "rule": rule, "is_active": "on"}
    return desk.post(reverse("admin:records_compoundword_add"), values)


def change(desk: Client, rule: str, **values: str) -> None:
    address = reverse("admin:records_compoundword_change", args=[CompoundWord.objects.get().pk])
    assert desk.post(address, {"rule": rule} | values).status_code == 302


def follow() -> list[int]:
    """The beat's next call after the minute; the ids of the documents the job analyses."""
    with clock.fixed(clock.now() + timedelta(seconds=90)):
        assert follow_word_list() == 1
        assert follow_word_list() == 0
    job = Job.objects.latest("pk")
    while jobs.run_batch(job.pk):
        pass
    job.refresh_from_db()
    assert (job.state, job.done) == ("done", job.total)
    return list(job.items.values_list("object_id", flat=True))


def test_q1_a_new_part_is_found_in_old_and_new_documents(story: Story, desk: Client) -> None:
    assert hits(WORD) == []
    assert add(desk).status_code == 302
    later = stories.social_file("4713", "Neue Stadtquirbel am Markt").document
    assert hits(WORD) == [later.pk]
    assert set(follow()) == {story.document.pk, later.pk}
    assert set(hits(WORD)) == {story.document.pk, later.pk}


def test_only_documents_with_the_word_are_touched(story: Story, desk: Client) -> None:
    before = dict(Document.objects.values_list("pk", "indexed_at"))
    add(desk)
    follow()
    after = dict(Document.objects.values_list("pk", "indexed_at"))
    assert {pk for pk in before if before[pk] != after[pk]} == {story.document.pk}


def test_a_rule_that_ends_is_followed_as_well(story: Story, desk: Client) -> None:
    add(desk)
    follow()
    change(desk, CompoundRule.PART)
    assert follow() == [story.document.pk]
    assert hits(WORD) == []


def test_a_word_of_the_dictionary_can_be_kept_whole(story: Story, desk: Client) -> None:
    letter = stories.social_file("4714", "Der Gewerbesteuerbescheid").document
    assert hits("Gewerbesteuer") == [letter.pk]
    add(desk, "Gewerbesteuerbescheid", CompoundRule.UNSPLIT)
    assert follow() == [letter.pk]
    assert hits("Gewerbesteuer") == []
    assert hits("Gewerbesteuerbescheid") == [letter.pk]


def test_nothing_begins_before_running_analyses_have_stored(story: Story, desk: Client) -> None:
    add(desk)
    assert follow_word_list() == 0


def test_admin_shows_how_far_the_documents_are(story: Story, desk: Client) -> None:
    add(desk)
    list_page = reverse("admin:records_compoundword_changelist")
    assert "beginnt in ein bis zwei Minuten" in desk.get(list_page).content.decode()
    with clock.fixed(clock.now() + timedelta(seconds=90)):
        follow_word_list()
    assert "0 von 1" in desk.get(list_page).content.decode()
    job = Job.objects.latest("pk")
    assert job.created_by_id == personas.person(ADMINISTRATION).pk
    page = desk.get(reverse("job", args=[job.uuid])).content.decode()
    assert f"Dokumente mit „{WORD}“ neu analysieren" in page
    # Administrators see how many, not which.
    assert story.document.title not in page
    while jobs.run_batch(job.pk):
        pass
    assert "fertig" in desk.get(list_page).content.decode()


@pytest.mark.parametrize(
    ("word", "rule", "said"),
    [
        ("zwei Wörter", CompoundRule.PART, "genau ein Wort"),
        ("De-Mail", CompoundRule.PART, "genau ein Wort"),
        ("A4711", CompoundRule.PART, "genau ein Wort"),
        ("ab", CompoundRule.PART, "3 bis 40 Buchstaben"),
        ("Rats", CompoundRule.UNSPLIT, "ohnehin nie zerlegt"),
        ("QUIRBEL", CompoundRule.UNSPLIT, "steht schon in der Liste"),
    ],
)
def test_bad_words_are_refused(desk: Client, word: str, rule: str, said: str) -> None:
    add(desk)
    page = add(desk, word, rule)
    assert page.status_code == 200
    assert said in page.content.decode()
    assert CompoundWord.objects.count() == 1


def test_the_spelling_is_folded() -> None:
    assert one_word(" Straßenfest ", CompoundRule.PART) == ("Straßenfest", "strassenfest")
    with pytest.raises(InvalidInput):
        one_word("x" * 41, CompoundRule.PART)


def test_rules_win_over_the_dictionary_and_leave_it_as_it_is() -> None:
    kinds = analyser().kinds
    before = dict(kinds)
    ruled = with_rules(kinds, WordRules(never_parts=frozenset({"bescheid"})))
    assert split("steuerbescheid", kinds) == ("steuer", "bescheid")
    assert split("steuerbescheid", ruled) == ()
    ruled = with_rules(kinds, WordRules(unsplit=frozenset({"steuerbescheid"})))
    assert split("steuerbescheide", ruled) == ()
    assert kinds == before


def test_the_lookup_finds_endings_in_every_form(story: Story, desk: Client) -> None:
    plural = stories.social_file("4715", "Alle Stadtquirbeln und die Quirbels").document
    add(desk)
    assert documents_with(CompoundWord.objects.get()) == [story.document.pk, plural.pk]
