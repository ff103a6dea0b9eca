"""Help while typing: what begins so and may be seen, bounded; without script a plain search (Q1)."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goettingen_ecm.access.scopes import rights, scope_ids
from goettingen_ecm.accounts.models import OrgUnit, User
from records.choices import ListPage
from records.models import CaseFile, ExternalKey, FilePlanEntry, FormerNumber, Party, SavedView
from records.selectors import typing_help as selector
from records.services.actor import person
from records.services.case_files import NewCaseFile, open_case_files
from records.services.parties import Involvement, involve
from records.views import typing_help as view
from tests import personas
from tests.desk.markup import page
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture(autouse=True)
def nobody_has_asked(quick_city: None) -> None:
    cache.delete_many([f"typing-help:{pk}" for pk in User.objects.values_list("pk", flat=True)])


def nobodys_scope() -> int:
    wanted = rights([])
    return scope_ids([wanted])[wanted]


def typed(client: Client, words: str) -> HttpResponse:
    address = reverse("search-typing-help")
    return client.get(address, {"q": words}, headers={"HX-Request": "true"})  # type: ignore[return-value]


def urls(client: Client, words: str) -> list[str]:
    content = typed(client, words).content
    shown = page(b"<ul>" + content + b"</ul>")
    return [str(url) for url in shown.xpath("//li[@role='option']/@data-url")]


def open_files(*titles: str) -> list[CaseFile]:
    entry, unit = FilePlanEntry.objects.get(code="50.20"), OrgUnit.objects.get(code="50.1")
    clerk = person(personas.person(personas.CLERK_SOCIAL), "test")
    return list(open_case_files([NewCaseFile(entry, unit, one) for one in titles], clerk))


def file_url(case_file: CaseFile) -> str:
    return reverse("case-file", args=[case_file.uuid])


@pytest.mark.parametrize("words", ["Überzahlung", "UBERZ", "  überzahlung der "])
def test_q1_a_title_by_its_beginning(clerk: Client, outsider: Client, words: str) -> None:
    [made] = open_files("Überzahlung der Miete")
    assert urls(clerk, words) == [file_url(made)]
    assert urls(outsider, words) == []


def test_q1_a_number_by_its_beginning(clerk: Client, outsider: Client, story: Story) -> None:
    begin = story.case_file.aktenzeichen[:-1]
    assert file_url(story.case_file) in urls(clerk, begin)
    assert urls(outsider, begin) == []


def test_a9_a_former_number_and_a_foreign_key(
    clerk: Client, outsider: Client, story: Story
) -> None:
    now = story.case_file.last_activity_at
    FormerNumber.objects.create(number="ALT-77", case_file=story.case_file, replaced_at=now)
    key = ExternalKey.objects.filter(case_file=story.case_file, matter=None)[0]
    ExternalKey.objects.filter(pk=key.pk).update(value="FREMD-88")
    for begin in ("ALT-7", "FREMD-8"):
        assert urls(clerk, begin) == [file_url(story.case_file)]
        assert urls(outsider, begin) == []


def test_a_key_of_a_hidden_matter_says_nothing(clerk: Client, story: Story) -> None:
    keys = ExternalKey.objects.filter(case_file=story.case_file)
    ExternalKey.objects.filter(pk=keys[0].pk).update(value="FREMD-88", matter=story.matter)
    assert urls(clerk, "FREMD") == [file_url(story.case_file)]
    type(story.matter).objects.filter(pk=story.matter.pk).update(scope_id=nobodys_scope())
    assert urls(clerk, "FREMD") == []


def test_q1_own_parties_and_nobody_elses(clerk: Client, outsider: Client, story: Story) -> None:
    actor = person(personas.person(personas.CLERK_SOCIAL), "test")
    involve([Involvement(story.case_file, "Antrag", "Xanthopoulos")], actor)
    party = Party.objects.get(name="Xanthopoulos")
    assert urls(clerk, "Xanthop") == [reverse("party", args=[party.uuid])]
    assert urls(outsider, "Xanthop") == []
    assert urls(clerk, "Xa") == []


def test_q1_own_saved_searches(clerk: Client, outsider: Client, story: Story) -> None:
    owner = personas.person(personas.CLERK_SOCIAL)
    kept = SavedView.objects.create(
        owner=owner, page=ListPage.SEARCH, name="Offene Quittungen", query="q=Quittung"
    )
    for words in ("Quitt", "offene q"):
        assert urls(clerk, words) == [reverse("saved-search", args=[kept.pk])]
        assert urls(outsider, words) == []


def test_a_common_beginning_is_cut_and_still_finds_the_own(
    clerk: Client, monkeypatch: pytest.MonkeyPatch, quick_city: None
) -> None:
    """The walk in order ends before the first visible file: the own scopes are asked then."""
    monkeypatch.setattr(selector, "WALKED", 2)
    hidden = open_files("Zuschuss A", "Zuschuss B")
    CaseFile.objects.filter(pk__in=[one.pk for one in hidden]).update(scope_id=nobodys_scope())
    own = open_files("Zuschuss C", "Zuschuss D")
    assert urls(clerk, "Zuschuss") == [file_url(one) for one in own]


def test_never_more_than_ten_lines_nor_more_queries(clerk: Client, story: Story) -> None:
    open_files(*[f"Heizung {n}" for n in range(3)])
    typed(clerk, "Heiz")
    with CaptureQueriesContext(connection) as few:
        typed(clerk, "Heiz")
    open_files(*[f"Heizung {n}" for n in range(3, 20)])
    actor = person(personas.person(personas.CLERK_SOCIAL), "test")
    involve([Involvement(story.case_file, "Antrag", f"Heizmann {n}") for n in range(9)], actor)
    typed(clerk, "Heiz")
    with CaptureQueriesContext(connection) as many:
        shown = urls(clerk, "Heiz")
    assert len(shown) == 8
    assert len(many) <= len(few) + 1 <= 14


@pytest.mark.parametrize("words", ["", "x", "%", "\0\0", "_%_", "' OR 1=1 --", "ü" * 5000])
def test_bad_input_is_an_empty_answer(clerk: Client, story: Story, words: str) -> None:
    answer = typed(clerk, words)
    assert (answer.status_code, answer.content.strip()) == (200, b"")
    assert "no-store" in answer["Cache-Control"]


def test_without_script_it_is_the_search(clerk: Client) -> None:
    answer = clerk.get(reverse("search-typing-help"), {"q": "Über & x"})
    assert answer.url == reverse("search") + "?q=%C3%9Cber+%26+x"  # type: ignore[attr-defined]


def test_who_asks_too_often_gets_nothing(
    clerk: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "ANSWERS_A_MINUTE", 2)
    begin = story.case_file.aktenzeichen[:-1]
    assert [bool(urls(clerk, begin)) for _ in range(3)] == [True, True, False]
    assert urls(logged_in(personas.HEAD_SOCIAL), begin)


def test_both_fields_ask_and_work_without(clerk: Client) -> None:
    shown = page(clerk.get(reverse("search")).content)
    for field in ("suchfeld", "suche-text"):
        [found] = shown.xpath(f"//input[@id='{field}']")
        assert found.get("hx-get") == reverse("search-typing-help")
        assert shown.xpath(f"//ul[@id='{found.get('data-combobox')}'][@role='listbox'][@hidden]")
        assert found.xpath("ancestor::form/@action") == [reverse("search")]
