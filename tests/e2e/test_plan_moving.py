"""In Chromium: an entry of a draft is moved and comes back; an entry is chosen while typing; axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_file_plan import fine
from tests.personas import HEAD_SOCIAL, REGISTRY

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def narrow_and_wide(page: Page) -> None:
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        fine(page)


def test_a3_an_entry_of_a_draft_is_moved_and_comes_back(page_of: Callable[..., Page]) -> None:
    page = page_of(REGISTRY)
    page.goto("/aktenplan/fassungen/neu/")
    page.get_by_label("Kurzbezeichnung").fill("AP-V")
    page.get_by_label("Gültig ab").fill("1.1.2028")
    page.get_by_role("button", name="Entwurf anlegen").click()
    version = page.url
    page.get_by_role("link", name="Bauen").click()
    entry = page.url
    page.goto(entry + "verschieben/")
    narrow_and_wide(page)
    page.get_by_label("Steht unter").fill("10")
    page.get_by_label("Neues Kennzeichen").fill("10.63")
    page.keyboard.press("Enter")
    expect(page.get_by_text("63.10 → 10.63.10")).to_be_visible()
    narrow_and_wide(page)
    page.get_by_role("button", name="Im Entwurf verschieben").press("Enter")
    expect(page.get_by_text("heißt im Entwurf jetzt 10.63")).to_be_visible()
    expect(page.get_by_text("Früheres Kennzeichen:")).to_be_visible()
    narrow_and_wide(page)
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.get_by_text("Die Änderung ist zurückgenommen.")).to_be_visible()
    page.goto(version + "verwerfen/")
    page.get_by_role("button", name="Entwurf verwerfen").click()
    expect(page.get_by_text("Der Entwurf ist verworfen")).to_be_visible()


def test_u1_an_entry_is_chosen_by_keyboard_while_typing(page_of: Callable[..., Page]) -> None:
    page = page_of(HEAD_SOCIAL)
    page.goto("/akten/")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_role("button", name="Umschreiben").click()
    field = page.get_by_label("Neuer Aktenplaneintrag")
    field.press_sequentially("wohng")
    expect(page.get_by_role("option", name="Wohngeld 50.30")).to_be_visible()
    fine(page)
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("50.30")
    expect(page.get_by_role("listbox")).to_be_hidden()
