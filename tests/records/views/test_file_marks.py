"""Favourites, files last opened, watched files (Q4): one's own, and only what one sees."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from records.choices import DocumentStatus
from records.models import CaseFile, Document, FileMark, FilePlanEntry
from records.selectors import file_marks
from records.services.actor import person
from records.services.case_files import NewCaseFile, change_metadata, open_case_files
from records.services.file_marks import STILL_OPEN, MarkKind, set_marks
from records.services.matters import NewMatter, open_matters
from records.services.rights import Exclusion, exclude_persons, narrow_matters
from tests import personas, stories
from tests.desk.markup import page
from tests.records.views.conftest import logged_in
from tests.stories import Story


@pytest.fixture
def brandt(quick_city: None) -> User:
    return personas.person(personas.CLERK_SOCIAL)


@pytest.fixture
def voss(quick_city: None) -> User:
    return personas.person(personas.HEAD_SOCIAL)


MARKS = "//form[@class='desk-mark-form']/button"


def card(client: Client, title: str) -> list[str]:
    """The lines of a card of the start page; none without the card."""
    found = page(client.get(reverse("start")).content)
    for one in found.xpath("//section[.//h2 or .//h3]"):
        if title in [" ".join(h.itertext()).strip() for h in one.xpath(".//h2 | .//h3")]:
            return [" ".join("".join(li.itertext()).split()) for li in one.xpath(".//li")]
    return []


def mark(client: Client, story: Story, kind: str, state: str) -> int:
    address = reverse("case-file-mark", args=[story.case_file.uuid, kind, state])
    return client.post(address).status_code


def pressed(client: Client, story: Story) -> list[str]:
    answer = client.get(reverse("case-file", args=[story.case_file.uuid]))
    return [str(b.get("aria-pressed")) for b in page(answer.content).xpath(MARKS)]


def test_q4_a_favourite_is_one_click_on_and_off(clerk: Client, story: Story) -> None:
    line = f"{story.case_file.aktenzeichen} {story.case_file.title}"
    assert pressed(clerk, story) == ["false", "false"]
    assert mark(clerk, story, "favorit", "an") == 302
    assert pressed(clerk, story) == ["true", "false"]
    assert card(clerk, "Favoriten") == [line]
    assert card(logged_in(personas.HEAD_SOCIAL), "Favoriten") == []
    assert mark(clerk, story, "favorit", "aus") == 302
    assert card(clerk, "Favoriten") == []


def test_marking_says_so_and_offers_the_way_back(clerk: Client, story: Story) -> None:
    address = reverse("case-file-mark", args=[story.case_file.uuid, "beobachten", "an"])
    answer = clerk.post(address, follow=True).content.decode()
    assert "steht ab jetzt auf Ihrer Startseite" in answer
    assert reverse("case-file-mark", args=[story.case_file.uuid, "beobachten", "aus"]) in answer


@pytest.mark.parametrize("words", [("favorit", "jein"), ("stern", "an")])
def test_other_words_are_no_address(clerk: Client, story: Story, words: tuple[str, str]) -> None:
    assert mark(clerk, story, *words) == 404
    assert not FileMark.objects.exists()


def test_nobody_marks_what_he_does_not_see(outsider: Client, story: Story) -> None:
    assert mark(outsider, story, "favorit", "an") == 404
    assert not FileMark.objects.exists()


def test_twice_on_is_once(brandt: User, story: Story) -> None:
    for _ in range(2):
        set_marks(brandt, [story.case_file], MarkKind.FAVOURITE, on=True)
    set_marks(brandt, [story.case_file], MarkKind.WATCHED, on=True)
    [row] = FileMark.objects.all()
    assert row.favourite_since is not None and row.watched_since is not None


def test_the_last_opened_file_is_first_and_only_mine(clerk: Client, story: Story) -> None:
    other = stories.social_file("4712")
    now = clock.now()
    for number, one in enumerate((story, other, story)):
        with clock.fixed(now + number * 2 * STILL_OPEN):
            clerk.get(reverse("case-file", args=[one.case_file.uuid]))
    lines = card(clerk, "Zuletzt geöffnet")
    assert [line.split()[0] for line in lines] == [
        one.case_file.aktenzeichen.split()[0] for one in (story, other)
    ]
    assert story.case_file.title in lines[0]
    assert card(logged_in(personas.HEAD_SOCIAL), "Zuletzt geöffnet") == []


def test_turning_pages_is_one_opening(clerk: Client, story: Story) -> None:
    address = reverse("case-file", args=[story.case_file.uuid])
    clerk.get(address)
    first = FileMark.objects.get().opened_at
    clerk.get(address)
    assert FileMark.objects.get().opened_at == first


def test_q4_news_of_others_until_i_look(clerk: Client, brandt: User, voss: User) -> None:
    story = stories.social_file()
    clerk.get(reverse("case-file", args=[story.case_file.uuid]))
    mark(clerk, story, "beobachten", "an")
    assert card(clerk, "Beobachtete Akten")[0].endswith("nichts Neues")
    stories.file_text(story.matter, "Eigenes", "von mir", person(brandt, "test.file"))
    assert card(clerk, "Beobachtete Akten")[0].endswith("nichts Neues")
    actor = person(voss, "test.file")
    for title in ("Erstes", "Zweites"):
        stories.file_text(story.matter, title, "von der Leitung", actor)
    change_metadata({story.case_file.pk: {"title": "Ahlers, neu"}}, actor)
    [line] = card(clerk, "Beobachtete Akten")
    assert "2 neue Dokumente" in line and "Angaben der Akte geändert" in line
    with clock.fixed(clock.now() + timedelta(minutes=5)):
        clerk.get(reverse("case-file", args=[story.case_file.uuid]))
        assert card(clerk, "Beobachtete Akten")[0].endswith("nichts Neues")


def test_what_was_misfiled_is_no_news(brandt: User, voss: User, story: Story) -> None:
    set_marks(brandt, [story.case_file], MarkKind.WATCHED, on=True)
    filed = stories.file_text(story.matter, "Irrläufer", "fremd", person(voss, "test.file"))
    assert [one.new_documents for one in file_marks.watched(brandt)] == [1]
    Document.objects.filter(pk=filed.pk).update(status=DocumentStatus.MISFILED)
    assert not file_marks.watched(brandt)[0]


def test_hidden_matters_are_no_news(brandt: User, voss: User, story: Story) -> None:
    set_marks(brandt, [story.case_file], MarkKind.WATCHED, on=True)
    actor = person(voss, "test.narrow")
    [matter] = open_matters([NewMatter(story.case_file, "Geheimer Vorgang")], actor)
    stories.file_text(matter, "Geheimes Schreiben", "geheim", actor)
    assert file_marks.watched(brandt)[0]
    head = UnitRole.objects.get(unit__code="50.1", role=Role.HEAD)
    narrow_matters({matter.pk: [head.group_id]}, actor)
    assert not file_marks.watched(brandt)[0]


def test_watching_falls_silent_with_sight(brandt: User, voss: User, story: Story) -> None:
    for kind in MarkKind:
        set_marks(brandt, [story.case_file], kind, on=True)
    FileMark.objects.update(opened_at=clock.now())
    stories.file_text(story.matter, "Neues", "geheim", person(voss, "test.file"))
    assert file_marks.watched(brandt) and file_marks.own_files(brandt).favourites
    exclude_persons(
        [Exclusion(story.case_file.pk, brandt.pk, "Angehörige")], person(voss, "test.exclude")
    )
    brandt = personas.person(personas.CLERK_SOCIAL)
    assert not CaseFile.objects.visible_to(brandt).filter(pk=story.case_file.pk).exists()
    assert not file_marks.watched(brandt)
    own = file_marks.own_files(brandt)
    assert not own.favourites and not own.opened


def test_many_favourites_do_not_hide_what_was_opened_last(brandt: User, story: Story) -> None:
    clerk = person(brandt, "test.open")
    entry, unit = FilePlanEntry.objects.get(code="50.20"), OrgUnit.objects.get(code="50.1")
    many = open_case_files([NewCaseFile(entry, unit, f"Akte {n}") for n in range(41)], clerk)
    set_marks(brandt, many, MarkKind.FAVOURITE, on=True)
    FileMark.objects.create(
        owner=brandt, case_file=story.case_file, opened_at=clock.now() - timedelta(days=1)
    )
    last = FileMark.objects.get(owner=brandt, case_file=many[40])
    last.opened_at = clock.now()
    last.save()
    own = file_marks.own_files(brandt)
    assert [one.case_file for one in own.opened] == [many[40], story.case_file]
    assert len(own.favourites) == 30 and last in own.favourites
