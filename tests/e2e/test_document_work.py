"""From check-out to a new version and its comparison, in the browser; axe on every page of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.test_accessibility import problems, runs_sideways
from tests.personas import CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
TEXT = "Die Heizkostennachzahlung wird zur Hälfte übernommen."


def accessible(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert problems(page) == []
    assert not runs_sideways(page)


def payload(text: str) -> FilePayload:
    return {"name": "bescheid.txt", "mimeType": "text/plain", "buffer": text.encode()}


def filed(page: Page, case_file: str) -> str:
    """The address of a document of one's own: what the specialist system delivers is final."""
    page.goto(case_file + "ablegen/")
    page.set_input_files("#id_file", files=payload("Die Nachzahlung."))
    page.locator("#id_matter_title").fill("Widerspruch")
    page.get_by_role("button", name="Ablegen").click()
    page.locator("#meldungen").get_by_role("link", name="Öffnen").click()
    page.wait_for_url("**/dokument/**")
    return "/dokument/" + page.url.split("/dokument/")[1]


@pytest.mark.parametrize("width", [1280, 390])
def test_w8_check_out_new_version_compare_restore(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL, width)
    page.goto("/suche/?q=Heizkostennachzahlung")
    case_file = page.locator(".desk-hits .desk-sub a").first.get_attribute("href") or ""
    address = filed(page, case_file)
    page.goto(address + "angaben/")
    accessible(page)
    page.goto(address)
    page.get_by_text("Aktionen", exact=True).click()
    page.get_by_role("link", name="In Bearbeitung nehmen").click()
    accessible(page)
    page.get_by_role("button", name="In Bearbeitung nehmen").click()
    expect(page.locator(".desk-page-header__facts")).to_contain_text("in Bearbeitung durch Sie bis")
    page.goto(address + "bearbeitung/")
    accessible(page)
    page.get_by_role("link", name="Neue Fassung ablegen").click()
    accessible(page)
    page.set_input_files("#id_file", files=payload(TEXT))
    page.get_by_label("Was ist neu?").fill("zur Hälfte")
    page.get_by_role("button", name="Ablegen").click()
    expect(page.locator(".desk-versions")).to_contain_text("zur Hälfte")
    accessible(page)
    page.get_by_role("link", name="Fassung 1 mit der neuesten vergleichen").click()
    expect(page.locator(".desk-compare__legend")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Seite für Seite").click()
    accessible(page)
    page.goto(address)
    page.get_by_role("button", name="Fassung 1 wiederherstellen").click()
    expect(page.locator("#meldungen")).to_contain_text("Fassung 1 gilt wieder")
