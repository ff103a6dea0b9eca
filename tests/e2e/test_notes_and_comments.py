"""A telephone note by one key, a place on a page marked with the mouse and by keyboard (W8, W10)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import problems, runs_sideways
from tests.personas import CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]

# Where a region begins on its page, in fractions of the image.
WHERE = """(region) => {
  const mark = region.getBoundingClientRect();
  const page = region.closest("figure").querySelector("img").getBoundingClientRect();
  return [(mark.x - page.x) / page.width, (mark.y - page.y) / page.height];
}"""


def open_a_document(page: Page) -> None:
    page.goto("/suche/?q=Heizkostennachzahlung")
    page.locator(".desk-hits a").first.click()
    page.locator(".desk-page img").first.wait_for()


def test_a_note_is_one_key_the_lines_and_ctrl_enter(page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL)
    open_a_document(page)
    address = page.url.split("?")[0]
    page.keyboard.press("v")
    dialog = page.get_by_role("dialog", name="Vermerk schreiben")
    expect(dialog.get_by_label("Mit wem")).to_be_focused()
    assert problems(page) == []
    page.keyboard.type("Hannelore Ahlers")
    page.keyboard.press("Tab")
    page.keyboard.type("Fragt nach der Nachzahlung")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("v")
    page.get_by_role("button", name="Wiederherstellen").click()
    expect(dialog.get_by_label("Worum ging es")).to_have_value("Fragt nach der Nachzahlung")
    dialog.get_by_label("Wiedervorlage").fill("+7")
    page.keyboard.press("Control+Enter")
    page.get_by_text("liegt jetzt in der Akte. Wiedervorlage am").wait_for()
    assert page.url.split("?")[0] == address
    page.get_by_role("button", name="Rückgängig").click()
    page.get_by_text("Der Vermerk ist storniert.").wait_for()


def test_w8_marks_by_mouse_and_by_keyboard(page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL)
    open_a_document(page)
    page.get_by_role("button", name="Stelle markieren").click()
    box = page.locator(".desk-page img").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.2, steps=4)
    page.mouse.up()
    dialog = page.get_by_role("dialog", name="Kommentieren")
    expect(dialog.get_by_label("Wo auf der Seite")).to_have_value("stelle")
    dialog.get_by_label("Text").fill("Betrag mit dem Bescheid vergleichen")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Der Kommentar ist gespeichert.").wait_for()
    left, top = page.locator(".desk-mark__region").first.evaluate(WHERE)
    assert abs(left - 0.2) < 0.02
    assert abs(top - 0.1) < 0.02
    page.keyboard.press("m")
    dialog.get_by_label("Text").wait_for()
    page.keyboard.type("Rückfrage beim Vermieter")
    dialog.get_by_label("für alle, die das Dokument sehen").check()
    dialog.get_by_label("Seite", exact=True).fill("1")
    dialog.get_by_label("Wo auf der Seite").select_option("unten")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".desk-mark")).to_have_count(2)
    assert problems(page) == []
    narrow = page_of(CLERK_SOCIAL, 390)
    narrow.goto(page.url)
    assert (problems(narrow), runs_sideways(narrow)) == ([], False)
