"""axe finds nothing on any page, wide or narrow; nothing runs sideways on a phone (D9)."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.personas import ADMINISTRATION, CLERK_SOCIAL, DATA_PROTECTION

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
WIDTHS = (1280, 390)
# What the sweep over the url matrix (test_every_page.py) does not meet: questions in the address,
# and the pages where real data of the demo matters.
CLERK_PAGES = (
    "/",
    "/akten/",
    "/akte/neu/?wort=wohngeld",
    "/suche/?q=Heizkostennachzahlung",
    "/suche/?q=gibtesnicht",
    "/beteiligte/?name=Ahlers&kreis=sozial",
    "/akte/aufruf?verfahren=openprosoz&schluessel=unbekannt",
)
OPERATOR_PAGES = ("/lieferungen/", "/klaerung/?stand=solved")
DATA_PROTECTION_PAGES = ("/", "/fehlablagen/")
FILE_PAGES = ("", "verlauf/", "zugriff/", "angaben/", "umschreiben/")


def problems(page: Page) -> list[str]:
    """axe's findings on the page as it stands, readable."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def runs_sideways(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth > innerWidth + 1"))


def check(page: Page, addresses: list[str], *, sideways_only: bool = False) -> None:
    """``sideways_only``: the same HTML went through axe on a wide screen."""
    broken = {}
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found = [] if sideways_only else problems(page)
        if runs_sideways(page):
            found.append("runs sideways")
        if found:
            broken[address] = found
    assert broken == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_d9_clerks_pages(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL, width)
    page.goto("/suche/?q=Heizkostennachzahlung")
    document = page.locator(".desk-hits a").first.get_attribute("href") or ""
    case_file = page.locator(".desk-hits .desk-sub a").first.get_attribute("href") or ""
    found = [*CLERK_PAGES, document, *(case_file + part for part in FILE_PAGES)]
    check(page, found, sideways_only=width < 1280)


@pytest.mark.parametrize("width", WIDTHS)
def test_d9_operators_pages(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(ADMINISTRATION, width)
    page.goto("/lieferungen/")
    delivery = page.locator("table a[data-row-link]").first.get_attribute("href") or ""
    check(page, [*OPERATOR_PAGES, delivery])


@pytest.mark.parametrize("width", WIDTHS)
def test_d9_data_protections_pages(width: int, page_of: Callable[..., Page]) -> None:
    """The demo has a Fehlablage that waits: the list, and putting it right."""
    page = page_of(DATA_PROTECTION, width)
    page.goto("/fehlablagen/")
    move = page.locator("a[href$='/umlegen/']").first.get_attribute("href") or ""
    check(page, [*DATA_PROTECTION_PAGES, move])


@pytest.mark.parametrize("width", WIDTHS)
def test_d9_login_and_errors(width: int, browser: Browser, city_address: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, base_url=city_address)
    page = context.new_page()
    check(page, ["/konto/login/", "/gibt-es-nicht/"])
    context.close()


def test_d9_dark_theme(browser: Browser, city_address: str) -> None:
    context = browser.new_context(color_scheme="dark", base_url=city_address)
    page = context.new_page()
    page.goto("/konto/login/")
    page.locator(f"button[value='{CLERK_SOCIAL}']").click()
    check(page, ["/", "/akten/", "/suche/?q=Heizkostennachzahlung"])
    context.close()
