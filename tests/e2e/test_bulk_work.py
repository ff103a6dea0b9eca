"""Lists with filters, bulk work up to its preview, jobs: axe on each page, wide and narrow."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.test_accessibility import problems, runs_sideways
from tests.personas import CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
PICTURES = os.environ.get("ECM_TEST_PICTURES", "")


def looked_at(page: Page, name: str, width: int) -> None:
    page.wait_for_load_state("networkidle")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{width}-{name}.png")
    assert problems(page) == []
    assert not runs_sideways(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_lists_and_bulk_work_are_accessible(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL, width)
    page.goto("/akten/")
    page.locator("summary", has_text="Filter").click()
    page.locator("summary", has_text="Spalten und Ansichten").click()
    looked_at(page, "files", width)
    page.locator("a[data-row-link]").first.click()
    page.wait_for_load_state()
    page.locator("summary", has_text="Filter").click()
    looked_at(page, "file", width)
    page.locator("input[data-select-row]").first.check()
    page.get_by_role("button", name="Ändern", exact=True).click()
    looked_at(page, "bulk", width)
    page.get_by_label("Richtung").select_option("intern")
    page.get_by_role("button", name="Vorschau").click()
    looked_at(page, "preview", width)
    page.get_by_role("link", name="Abbrechen").click()
    page.goto("/auftraege/")
    looked_at(page, "jobs", width)
