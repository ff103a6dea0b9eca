"""Follow-ups and substitution as people use them: by key, typed days, one click, undo (W5, W6)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import check
from tests.personas import CLERK_SOCIAL, HEAD_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def open_a_file(page: Page) -> None:
    page.goto("/akten/")
    page.locator("table a[data-row-link]").first.click()
    page.wait_for_load_state()


def test_w5_by_key_from_the_file_to_done_and_back(page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL)
    open_a_file(page)
    number = page.locator(".desk-page-header__number").inner_text()
    page.keyboard.press("w")
    page.get_by_role("heading", name="Wiedervorlage anlegen").wait_for()
    page.keyboard.type("heute")
    page.get_by_label("Anlass").fill("Rentenbescheid abwarten")
    page.keyboard.press("Enter")
    page.get_by_text("Wiedervorlage am").wait_for()
    page.goto("/")
    card = page.locator(".desk-card").filter(
        has=page.get_by_role("heading", name="Wiedervorlagen", exact=True)
    )
    expect(card).to_contain_text(number)
    card.get_by_role("button", name="erledigt").first.click()
    page.get_by_role("button", name="Rückgängig").click()
    page.get_by_role("heading", name="Wiedervorlagen").wait_for()
    expect(page.locator("table")).to_contain_text("Rentenbescheid abwarten")
    page.get_by_role("checkbox", name=number).first.check()
    page.get_by_role("button", name="Verschieben").click()
    page.get_by_label("Neuer Tag").fill("+14")
    page.keyboard.press("Enter")
    page.get_by_text("Verschoben auf").wait_for()
    check(page, ["/wiedervorlagen/", "/wiedervorlagen/?teil=erledigt"])


def test_w6_the_head_is_represented_and_the_bar_says_so(page_of: Callable[..., Page]) -> None:
    page = page_of(HEAD_SOCIAL)
    page.goto("/vertretung/")
    page.get_by_label("Wer vertritt").select_option(label="Sabine Brandt")
    page.get_by_label("Letzter Tag").fill("+3")
    page.get_by_role("button", name="Einrichten").click()
    page.get_by_text("Sabine Brandt vertritt Petra Voss vom").wait_for()
    deputy = page_of(CLERK_SOCIAL)
    expect(deputy.locator(".desk-bar")).to_contain_text("in Vertretung für Petra Voss")
    check(deputy, ["/", "/vertretung/"])
    narrow = page_of(CLERK_SOCIAL, 390)
    check(narrow, ["/", "/vertretung/", "/wiedervorlagen/"])
    deputy.goto("/vertretung/")
    deputy.get_by_role("button", name="beenden").click()
    deputy.get_by_text("Die Vertretung ist beendet").wait_for()
    expect(deputy.locator(".desk-bar")).not_to_contain_text("in Vertretung")
