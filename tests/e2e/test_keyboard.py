"""The demo story once more without a mouse: Tab to an accessible name, then a key."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.personas import ADMINISTRATION, CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
MOST_TABS = 120
FOCUSED_NAME = """() => {
  const element = document.activeElement;
  if (!element) return "";
  const label = element.getAttribute("aria-label");
  const labels = element.labels && element.labels.length ? element.labels[0].innerText : "";
  return (label || labels || element.innerText || "").replace(/\\s+/g, " ").trim();
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focused element's accessible name begins with ``name``."""
    seen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED_NAME)
        seen.append(focused)
        if focused.startswith(name):
            return
    raise AssertionError(f"{name!r} is not reached by Tab; reached: {seen}")


def press(page: Page, name: str, key: str = "Enter") -> None:
    tab_to(page, name)
    page.keyboard.press(key)
    page.wait_for_load_state()


@pytest.fixture
def keyboard_page(browser: Browser, city_address: str) -> Page:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="de-DE", base_url=city_address
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto("/")
    return page


def test_clerk_logs_in_finds_reads_and_turns_pages_by_keyboard(keyboard_page: Page) -> None:
    page = keyboard_page
    press(page, "SB Sabine Brandt" if _has(page, "SB Sabine Brandt") else "Sabine Brandt")
    page.get_by_role("heading", name="Mein Tag").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("Heizkostennachzahlung")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Dokumente").wait_for()
    press(page, "Bewilligungsbescheid")
    expect(page.locator("h1")).to_contain_text("Bewilligungsbescheid")
    # The heading is there before the keys are.
    page.wait_for_load_state("networkidle")
    page.keyboard.press("k")
    expect(page.locator("h1")).not_to_contain_text("Bewilligungsbescheid")
    press(page, "50.10-2026")
    page.get_by_role("heading", name="Vorgänge").wait_for()
    press(page, "Verlauf")
    expect(page.get_by_text("hat die Akte").first).to_be_visible()
    press(page, "Wer darf das sehen?")
    expect(page.get_by_text("Personen, die diese Akte sehen")).to_be_visible()


def _has(page: Page, text: str) -> bool:
    buttons = page.locator("button.desk-persona").all_inner_texts()
    return any(" ".join(one.split()).startswith(text) for one in buttons)


def test_help_lists_the_keys_and_escape_closes_it(page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_operator_reads_the_sum_by_keyboard(page_of: Callable[..., Page]) -> None:
    page = page_of(ADMINISTRATION)
    press(page, "Lieferungen")
    page.get_by_role("heading", name="Lieferungen").wait_for()
    press(page, "openprosoz-nachtlauf")
    expect(page.get_by_text("214 =").first).to_be_visible()
