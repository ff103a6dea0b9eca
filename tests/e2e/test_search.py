"""The search in the browser: filters arrive by themselves, keys, groups, saved and found again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_bulk_work import looked_at
from tests.personas import CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


@pytest.mark.parametrize("width", [1280, 390])
def test_q1_narrowed_grouped_saved_and_found_again(
    width: int, page_of: Callable[..., Page]
) -> None:
    page, name = page_of(CLERK_SOCIAL, width), f"Bescheide {width}"
    page.goto("/suche/?q=Bescheid")
    years = page.get_by_role("navigation", name="Jahr")
    expect(years).to_be_visible()
    looked_at(page, "search-facets", width)
    number = years.locator(".desk-count").first.inner_text()
    years.get_by_role("link").first.click()
    expect(page.locator(".desk-sum")).to_contain_text(f"{number} Treffer")
    page.get_by_text("Eingrenzen und ordnen").click()
    page.get_by_label("nach Akten gruppiert").check()
    page.get_by_role("button", name="Suchen", exact=True).last.click()
    expect(page.locator(".desk-search-file").first).to_be_visible()
    looked_at(page, "search-grouped", width)
    page.get_by_role("link", name="Alle Filter zurücksetzen").click()
    page.locator("summary", has_text="Suche speichern").click()
    page.get_by_label("Name der Suche").fill(name)
    page.get_by_role("button", name="Suche speichern").click()
    expect(page.locator("#meldungen")).to_contain_text(f"Die Suche „{name}“ ist gespeichert.")
    page.goto("/suche/")
    looked_at(page, "search-saved", width)
    page.get_by_role("link", name=name).click()
    expect(page.locator(".desk-search-file").first).to_be_visible()
    page.locator("body").press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dokument/**")
