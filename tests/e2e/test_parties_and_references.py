"""A party asked about before it is entered twice; file A refers to file B, and B shows the way back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import check, problems, runs_sideways
from tests.personas import CLERK_SOCIAL

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
WIDTHS = (1280, 390)


def files(page: Page) -> list[tuple[str, str]]:
    """Number and address of the two files moved last."""
    page.goto("/akten/")
    links = page.locator("table a[data-row-link]")
    return [
        (links.nth(n).inner_text().strip(), links.nth(n).get_attribute("href") or "")
        for n in (0, 1)
    ]


@pytest.mark.parametrize("width", WIDTHS)
def test_from_one_file_to_the_other_and_back(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL, width)
    (number, one), (other_number, other) = files(page)
    page.goto(one)
    page.keyboard.press("q")
    page.get_by_label("Wohin?").fill(other_number)
    page.get_by_label("Art").select_option(label="Vorgänger")
    page.get_by_role("button", name="Querverweis anlegen").click()
    page.get_by_text("ist angelegt").wait_for()
    check(page, [page.url])
    page.goto(one)
    page.locator("details.desk-panel", has_text="Querverweise").locator("summary").click()
    page.get_by_role("link", name=other_number).first.click()
    page.wait_for_load_state()
    expect(page.locator(".desk-page-header__number")).to_have_text(other_number)
    panel = page.locator("details.desk-panel", has_text="Querverweise")
    panel.locator("summary").click()
    expect(panel).to_contain_text("Nachfolger")
    panel.get_by_role("link", name=number).click()
    page.wait_for_load_state()
    expect(page.locator(".desk-page-header__number")).to_have_text(number)
    page.goto(f"{other}querverweise/")
    page.get_by_role("button", name="Entfernen").first.click()
    page.get_by_role("button", name="Rückgängig").click()
    page.get_by_text("ist wieder da").wait_for()
    page.goto(f"{one}querverweise/")
    page.get_by_role("button", name="Entfernen").first.click()
    page.get_by_text("ist entfernt").wait_for()


@pytest.mark.parametrize("width", WIDTHS)
def test_d3_a_known_name_is_asked_about(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL, width)
    (_number, one), (_other_number, other) = files(page)
    born = "1.4.1950" if width == WIDTHS[0] else "2.4.1950"
    for address, asked in ((one, False), (other, True)):
        page.goto(address)
        page.keyboard.press("b")
        page.locator("#id_name").fill("Petermann")
        page.get_by_label("Vorname").fill("Paula")
        page.get_by_label("Geburtsdatum").fill(born)
        page.get_by_label("Rolle").fill("Vermieterin")
        page.get_by_role("button", name="Eintragen").click()
        if asked:
            expect(page.get_by_text("Gibt es schon")).to_be_visible()
            check_now(page)
            page.get_by_role("button", name="Eintragen").click()
        page.get_by_text("ist jetzt beteiligt").wait_for()
    page.get_by_role("link", name="Petermann, Paula").first.click()
    page.wait_for_load_state()
    expect(page.get_by_role("heading", level=1)).to_have_text("Petermann, Paula")
    person = page.url
    check(page, [person, f"{person}angaben/", f"{person}zusammenfuehren/"])


def check_now(page: Page) -> None:
    """axe on the page as it stands: the question is the answer to a POST."""
    assert problems(page) == []
    assert not runs_sideways(page)
