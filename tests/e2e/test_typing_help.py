"""Help while typing: letters, arrow, Enter; Escape leaves a plain search field."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import problems
from tests.personas import CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


@pytest.mark.parametrize("width", [1280, 390])
def test_u3_a_file_is_opened_from_its_first_letters(
    page_of: Callable[..., Page], width: int
) -> None:
    page = page_of(CLERK_SOCIAL, width)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    page.keyboard.type("50.10-20")
    field, options = page.locator("#suchfeld"), page.locator("#suchfeld-liste [role=option]")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    assert problems(page) == []
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "suchfeld-liste-0")
    number = options.first.inner_text().split()[0]
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".desk-page-header__number")).to_have_text(number)
