"""The demo story, clicked through in Chromium as the README tells it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.personas import ADMINISTRATION, CLERK_BUILDING, CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
PageOf = Callable[..., Page]
RARE_WORD = "Heizkostennachzahlung"


def search_for(page: Page, text: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Suche", exact=True).wait_for()


def test_the_clerk_finds_the_notice_and_reads_through_the_file(page_of: PageOf) -> None:
    page = page_of(CLERK_SOCIAL)
    search_for(page, RARE_WORD)
    expect(page.locator("mark").first).to_contain_text(RARE_WORD[:8])
    page.locator(".desk-hits a").first.click()
    image = page.locator(".desk-page img").first
    expect(image).to_be_visible()
    page.wait_for_function("() => document.querySelector('.desk-page img').naturalWidth > 600")
    expect(page.locator(".desk-hit").first).to_be_attached()
    first_title = page.locator("h1").inner_text()
    page.keyboard.press("k")
    page.wait_for_function(
        "title => document.querySelector('h1').innerText !== title", arg=first_title
    )
    page.keyboard.press("j")
    page.wait_for_function(
        "title => document.querySelector('h1').innerText === title", arg=first_title
    )


def test_the_file_shows_the_whole_way_of_the_case(page_of: PageOf) -> None:
    page = page_of(CLERK_SOCIAL)
    search_for(page, RARE_WORD)
    page.locator(".desk-hits .desk-sub a").first.click()
    page.get_by_role("heading", name="Vorgänge").wait_for()
    table = page.locator("table").first.inner_text()
    for step in ("Antrag", "Mitwirkung", "Bewilligungsbescheid", "Widerspruch"):
        assert step in table


def test_the_building_clerk_finds_nothing_and_a_pasted_link_is_404(page_of: PageOf) -> None:
    insider = page_of(CLERK_SOCIAL)
    search_for(insider, RARE_WORD)
    link = insider.locator(".desk-hits a").first.get_attribute("href")
    outsider = page_of(CLERK_BUILDING)
    search_for(outsider, RARE_WORD)
    expect(outsider.get_by_text("0 Treffer")).to_be_visible()
    answer = outsider.goto(link or "")
    assert answer is not None
    assert answer.status == 404


def test_the_operator_sees_the_sum_and_solves_the_clearing_case(page_of: PageOf) -> None:
    page = page_of(ADMINISTRATION)
    page.get_by_role("link", name="Lieferungen", exact=False).first.click()
    expect(
        page.get_by_text("214 = 211 abgelegt + 2 Dubletten + 1 Klärungsfall").first
    ).to_be_visible()
    page.get_by_role("link", name="1 Klärungsfall wartet").click()
    page.locator("table a").first.click()
    page.get_by_label("Federführende Einheit").fill("50.1")
    page.get_by_role("button", name="Zuordnen und ablegen").click()
    expect(page.get_by_text("214 = 212 abgelegt + 2 Dubletten")).to_be_visible(timeout=60_000)


def test_reading_works_without_javascript(
    city_address: str, browser: "object", page_of: PageOf, tmp_path: Path
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=city_address)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto("/konto/login/")
    page.locator(f"button[value='{CLERK_SOCIAL}']").click()
    page.goto(f"/suche/?q={RARE_WORD}")
    page.locator(".desk-hits a").first.click()
    expect(page.locator(".desk-page img").first).to_be_visible()
    assert RARE_WORD[:6] in page.locator(".desk-page__words").first.text_content()
    context.close()
