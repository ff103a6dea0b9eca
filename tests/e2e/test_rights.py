"""The head of a department protects a file in the browser, sees who loses sight, takes it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import WIDTHS, check, problems, runs_sideways
from tests.personas import HEAD_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def file_address(page: Page) -> str:
    page.goto("/suche/?q=Heizkostennachzahlung")
    return page.locator(".desk-hits .desk-sub a").first.get_attribute("href") or ""


@pytest.mark.parametrize("width", WIDTHS)
def test_u4_rights_are_previewed_saved_and_taken_back(
    width: int, page_of: Callable[..., Page]
) -> None:
    page = page_of(HEAD_SOCIAL, width)
    access = f"{file_address(page)}zugriff/"
    pages = ["", "?person=Kruse", "?person=e", "freigeben/", "schuetzen/", "ausschliessen/"]
    check(page, [*(access + one for one in pages), "/notzugriff/", "/notzugriffe/"])
    check(page, ["/rechtepruefung/"])
    page.goto(f"{access}ausschliessen/")
    page.get_by_label("Person").fill("brandt")
    page.get_by_label("Grund").fill("eigene Sache")
    page.get_by_role("button", name="Folgen ansehen").click()
    expect(page.get_by_text("Sehen die Akte nicht mehr: 1")).to_be_visible()
    assert problems(page) == []
    assert not runs_sideways(page)
    page.get_by_role("button", name="Person ausschließen").click()
    expect(page.get_by_text("1 Person sieht sie nicht mehr")).to_be_visible()
    expect(page.get_by_text("eigene Sache")).to_be_visible()
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.get_by_text("zurückgenommen")).to_be_visible()
    expect(page.get_by_text("eigene Sache")).to_have_count(0)
