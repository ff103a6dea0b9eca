"""The journeys of a clerk's day, each by mouse and once more by the keyboard alone (U1-U5, D9)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.hands import Hand, Keyboard, Mouse, enter
from tests.personas import CLERK_SOCIAL, HEAD_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
PageOf = Callable[..., Page]
LAW_CLERK, LAW_HEAD, LAW_OFFICE = "reuter", "petersen", "kaya"
LAWSUIT = "Klage der Hoffmann Wohnbau GmbH"
PROTECTED = "Anhörung in einer Dienstangelegenheit"
HANDS = pytest.mark.parametrize("hand_kind", [Mouse, Keyboard], ids=["mouse", "keyboard"])


def letter(text: str) -> FilePayload:
    return {"name": "vermerk.txt", "mimeType": "text/plain", "buffer": text.encode()}


def number_of(page: Page) -> str:
    return page.locator(".desk-page-header__number").inner_text()


def number_in_list(page: Page, title: str) -> str:
    """The number of a file in the list of files."""
    row = page.locator("tbody tr").filter(has_text=title).first
    return row.locator("a[data-row-link]").inner_text().strip()


def open_file(hand: Hand, title: str) -> str:
    """The step "from the number to the file": type it in the search and press Enter."""
    hand.press("Akten")
    number = number_in_list(hand.page, title)
    search_number(hand.page, number)
    return number


def search_number(page: Page, number: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(number)
    enter(page)
    expect(page.locator(".desk-page-header__number")).to_have_text(number)


def new_file(hand: Hand, title: str) -> str:
    """Open a file of the Rechtsreferat; its number."""
    hand.press("Akten")
    hand.press("Neue Akte")
    hand.fill("Wort oder Kennzeichen", "30.10")
    enter(hand.page)
    hand.press("30.10 Rechtsstreitigkeiten")
    hand.fill("Betreff", title)
    hand.press("Akte anlegen")
    hand.page.get_by_role("heading", name=title).wait_for()
    return number_of(hand.page)


@HANDS
def test_from_a_new_file_to_a_compared_version_and_a_reference(
    hand_kind: Any, page_of: PageOf
) -> None:
    hand: Hand = hand_kind(page_of(LAW_CLERK))
    page = hand.page
    hand.press("Akten")
    other = number_in_list(page, LAWSUIT)
    number = new_file(hand, f"Pachtvertrag Kiosk ({hand_kind.__name__})")
    hand.press("Aktionen")
    hand.press("Neuer Vorgang")
    hand.fill("Betreff", "Kündigung")
    hand.press("Vorgang anlegen")
    hand.press("Dokument ablegen")
    hand.attach("Datei", letter("Der Pachtvertrag wird zum Jahresende gekündigt."))
    hand.press("Ablegen")
    hand.press("Öffnen")
    hand.press("Aktionen")
    hand.press("Neue Fassung ablegen")
    hand.attach("Datei", letter("Der Pachtvertrag wird fristlos gekündigt."))
    hand.fill("Was ist neu?", "fristlos")
    hand.press("Ablegen")
    hand.press("Fassung 1 mit der neuesten vergleichen")
    expect(page.locator(".desk-compare__legend")).to_be_visible()
    expect(page.locator("main")).to_contain_text("fristlos")
    search_number(page, number)
    with page.expect_navigation():
        page.keyboard.press("q")
    hand.fill("Wohin?", other)
    hand.press("Querverweis anlegen")
    expect(page.locator("#meldungen")).to_contain_text("ist angelegt")


@HANDS
def test_a9_files_are_handed_to_another_unit_and_taken_back(
    hand_kind: Any, page_of: PageOf
) -> None:
    hand: Hand = hand_kind(page_of(HEAD_SOCIAL))
    page = hand.page
    hand.press("Akten")
    number = number_in_list(page, "Mietrückstände")
    hand.tick(number)
    hand.press("Umschreiben")
    hand.choose("Neue Federführung", "50.2")
    hand.press("Vorschau")
    expect(page.locator("main")).to_contain_text("Sehen Akten dann nicht mehr")
    expect(page.locator("main")).to_contain_text("Sabine Brandt")
    hand.press("Jetzt umschreiben")
    expect(page.locator("#meldungen")).to_contain_text("1 geändert")
    clerk = page_of(CLERK_SOCIAL)
    clerk.goto("/akten/")
    expect(clerk.get_by_text("Mietrückstände")).to_have_count(0)
    hand.press("Rückgängig")
    expect(page.locator("#meldungen")).to_contain_text("1 geändert")
    clerk.reload()
    expect(clerk.get_by_text("Mietrückstände").first).to_be_visible()


@HANDS
def test_s2_a_file_is_protected_and_who_lost_sight_is_named(
    hand_kind: Any, page_of: PageOf
) -> None:
    hand: Hand = hand_kind(page_of(LAW_HEAD))
    page = hand.page
    open_file(hand, LAWSUIT)
    hand.press("Wer darf das sehen?")
    hand.press("Vertraulichkeit ändern")
    hand.mark("vertraulich")
    hand.press("Folgen ansehen")
    expect(page.get_by_text("Sehen die Akte nicht mehr: 1")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Miriam Kaya")
    hand.press("Vertraulichkeit ändern")
    expect(page.locator("#meldungen")).to_contain_text("1 Person sieht sie nicht mehr")
    office = page_of(LAW_OFFICE)
    office.goto("/akten/")
    expect(office.get_by_text(LAWSUIT)).to_have_count(0)
    hand.press("Rückgängig")
    expect(page.locator("#meldungen")).to_contain_text("zurückgenommen")
    office.reload()
    expect(office.get_by_text(LAWSUIT).first).to_be_visible()


@HANDS
def test_w6_the_deputy_sees_the_work_and_the_notice(hand_kind: Any, page_of: PageOf) -> None:
    hand: Hand = hand_kind(page_of(LAW_CLERK))
    deputy = page_of(LAW_OFFICE)
    deputy.goto("/akten/")
    expect(deputy.get_by_text(PROTECTED)).to_have_count(0)
    hand.press("Menü von Jana Reuter")
    hand.press("Vertretung")
    hand.choose("Wer vertritt", "Miriam Kaya")
    hand.fill("Letzter Tag", "+3")
    hand.tick("auch vertrauliche Akten")
    hand.press("Einrichten")
    expect(hand.page.locator("main")).to_contain_text("Miriam Kaya vertritt Jana Reuter")
    deputy.reload()
    expect(deputy.locator(".desk-bar")).to_contain_text("in Vertretung für Jana Reuter")
    expect(deputy.get_by_text(PROTECTED).first).to_be_attached()
    hand.press("Vertretung von Jana Reuter durch Miriam Kaya beenden")
    expect(hand.page.locator("#meldungen")).to_contain_text("ist beendet")
    deputy.reload()
    expect(deputy.get_by_text(PROTECTED)).to_have_count(0)


@HANDS
def test_a_view_of_the_list_is_saved_and_found_again(hand_kind: Any, page_of: PageOf) -> None:
    hand: Hand = hand_kind(page_of(LAW_CLERK))
    page, name = hand.page, f"Offen per {hand_kind.__name__}"
    hand.press("Akten")
    hand.press("Filter")
    hand.press("Rechtsreferat")
    hand.press("Spalten und Ansichten")
    hand.fill("Filter, Reihenfolge und Spalten als Ansicht speichern", name)
    hand.press("Ansicht speichern")
    expect(page.locator("#meldungen")).to_contain_text("ist gespeichert")
    hand.press("Akten")
    hand.press(name)
    expect(page.locator(".desk-list-chosen")).to_contain_text("Rechtsreferat")


def test_clicks_from_a_number_to_the_next_document(page_of: PageOf) -> None:
    """Issue 3: a file from its number in one step, a new document in two clicks, the next by key."""
    page = page_of(LAW_CLERK)
    mouse = Mouse(page)
    number = open_file(mouse, LAWSUIT)
    assert mouse.clicks == 1, "only to read the number in the list"
    mouse.press("Dokument ablegen")
    mouse.attach("Datei", letter("Das Gericht bittet um Akteneinsicht."))
    mouse.press("Ablegen")
    expect(page.locator("#meldungen")).to_contain_text("liegt jetzt in der Akte")
    assert mouse.clicks == 3
    with page.expect_navigation():
        page.keyboard.press("n")
    page.get_by_role("heading", name="Dokument ablegen").wait_for()
    search_number(page, number)
    mouse.press("Klageschrift")
    expect(page.locator("#lesen h2").first).to_have_text("Klageschrift")
    page.keyboard.press("j")
    expect(page.locator("h1")).to_contain_text("Klageerwiderung")
    assert mouse.clicks == 4
