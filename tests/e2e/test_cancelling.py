"""Storno in the browser: reason, struck out, gone from the list, taken back; axe on its pages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_bulk_work import looked_at
from tests.e2e.test_document_work import filed
from tests.personas import CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


@pytest.mark.parametrize("width", [1280, 390])
def test_w10_cancelled_with_a_reason_and_taken_back(
    width: int, page_of: Callable[..., Page]
) -> None:
    page = page_of(CLERK_SOCIAL, width)
    page.goto("/suche/?q=Heizkostennachzahlung")
    looked_at(page, "search", width)
    case_file = page.locator(".desk-hits .desk-sub a").first.get_attribute("href") or ""
    address = filed(page, case_file)
    page.goto(address)
    page.get_by_text("Aktionen", exact=True).click()
    page.get_by_role("link", name="Stornieren").click()
    looked_at(page, "cancel", width)
    page.get_by_label("Grund des Stornos").fill("Doppelt abgelegt")
    page.get_by_role("button", name="Stornieren").click()
    expect(page.locator("h1 s")).to_be_visible()
    expect(page.locator(".desk-page-header__facts")).to_contain_text("Doppelt abgelegt")
    looked_at(page, "cancelled", width)
    page.goto(case_file + "?storno=auch")
    expect(page.locator("tbody th s").first).to_be_visible()
    looked_at(page, "list", width)
    page.goto(address + "storno/")
    looked_at(page, "restore", width)
    page.get_by_role("button", name="Storno aufheben").click()
    expect(page.locator("h1 s")).to_have_count(0)
    expect(page.locator("#meldungen")).to_contain_text("Das Storno ist aufgehoben.")
