"""The file plan in Chromium: by keyboard, change with preview and undo, versions, CSV; axe, widths."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import problems, runs_sideways
from tests.personas import CLERK_SOCIAL, REGISTRY

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
WIDTHS = [1280, 390]


def fine(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert problems(page) == []
    assert not runs_sideways(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a4_a_change_is_previewed_saved_and_taken_back(
    width: int, page_of: Callable[..., Page]
) -> None:
    page = page_of(REGISTRY, width)
    page.goto("/aktenplan/")
    fine(page)
    page.get_by_role("link", name="Soziales").click()
    fine(page)
    page.keyboard.press("e")
    page.get_by_label("Aufbewahrungsfrist in Jahren").fill("30")
    page.get_by_label("Vertraulichkeitsstufe").select_option("vertraulich")
    fine(page)
    page.get_by_role("button", name="Vorschau zeigen").click()
    expect(page.get_by_text("10 → 30")).to_be_visible()
    expect(page.get_by_text("Sehen neue Akten nicht mehr")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Eintrag ändern").click()
    expect(page.get_by_text("Der Eintrag ist geändert.")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Rückgängig").click()
    expect(page.get_by_text("Die Änderung ist zurückgenommen.")).to_be_visible()
    page.goto(page.url + "verlauf/")
    expect(page.get_by_text("Aufbewahrungsfrist in Jahren: 30 → 10").first).to_be_visible()
    fine(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a3_versions_and_files(width: int, page_of: Callable[..., Page], tmp_path: Path) -> None:
    page = page_of(REGISTRY, width)
    page.goto("/aktenplan/fassungen/")
    page.get_by_role("link", name="Neue Fassung vorbereiten").click()
    page.get_by_label("Kurzbezeichnung").fill(f"AP-{width}")
    page.get_by_label("Gültig ab").fill("1.1.2028")
    fine(page)
    page.get_by_role("button", name="Entwurf anlegen").click()
    version = page.url
    fine(page)
    file = tmp_path / "plan.csv"
    file.write_bytes(
        "Kennzeichen;Bezeichnung;Fristbeginn\n50;Soziales und Teilhabe;abschlusstag\n77;Kultur;\n"
        "78;;\n".encode("cp1252")
    )
    page.goto(version + "einlesen/")
    fine(page)
    page.get_by_label("CSV-Datei").set_input_files(file)
    page.get_by_role("button", name="Vorschau zeigen").click()
    expect(page.get_by_text("77 Kultur")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Übernehmen").click()
    expect(page.get_by_text("1 neu, 1 geändert")).to_be_visible()
    page.goto("/aktenplan/fassungen/")
    fine(page)
    page.get_by_role("link", name="mit der vorigen").first.click()
    expect(page.get_by_text("Bezeichnung: Soziales → Soziales und Teilhabe")).to_be_visible()
    fine(page)
    page.goto(version + "verwerfen/")
    fine(page)
    page.get_by_role("button", name="Entwurf verwerfen").click()
    expect(page.get_by_text("Der Entwurf ist verworfen")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_a3_retiring_and_adding(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(REGISTRY, width)
    page.goto("/aktenplan/")
    page.get_by_role("link", name="Soziales").click()
    address = page.url
    page.goto(address + "neu/")
    fine(page)
    page.get_by_label("Kennzeichen").fill(f"50.{width}")
    page.get_by_label("Bezeichnung").fill("Bildung und Teilhabe")
    page.get_by_role("button", name="Eintrag anlegen").click()
    expect(page.get_by_text("ist angelegt")).to_be_visible()
    page.goto(page.url + "stilllegen/")
    page.get_by_label("Kennzeichen des Nachfolgers").fill("50.30")
    fine(page)
    page.get_by_role("button", name="Vorschau zeigen").click()
    fine(page)
    page.get_by_role("button", name="Eintrag stilllegen").click()
    expect(page.get_by_text("Nachfolger: 50.30 Wohngeld.")).to_be_visible()
    fine(page)


def test_u1_the_tree_is_walked_by_keyboard(page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_SOCIAL)
    page.goto("/aktenplan/")
    page.keyboard.press("j")
    first = page.locator(":focus").inner_text()
    page.keyboard.press("ArrowDown")
    second = page.locator(":focus").inner_text()
    assert first != second
    page.keyboard.press("k")
    assert page.locator(":focus").inner_text() == first
    page.keyboard.press("End")
    last = page.locator(":focus").inner_text()
    assert last == page.locator(".desk-tree__link").last.inner_text()
    page.keyboard.press("Home")
    code = page.locator(".desk-tree__number").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-page-header__number")).to_have_text(code)
