"""A lawsuit is opened with its Fachdaten, found by them, and its paper lent: wide and narrow, axe."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_bulk_work import looked_at
from tests.personas import CLERK_BUILDING

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_lawsuit_with_its_data_and_its_paper(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(CLERK_BUILDING, width)
    page.goto("/akte/neu/?wort=bauordnung")
    page.get_by_role("link", name="Bauordnungsverfahren").first.click()
    page.get_by_label("Betreff").fill(f"Klage gegen Abrissverfügung {width}")
    page.get_by_label("Aktentyp").select_option("Rechtsstreit")
    # Choosing the type shows its fields at once; nothing typed is lost.
    page.get_by_label("Streitwert").fill("viel")
    expect(page.get_by_label("Betreff")).to_have_value(f"Klage gegen Abrissverfügung {width}")
    page.get_by_label("Gericht", exact=False).first.select_option("Verwaltungsgericht Musterstadt")
    page.get_by_role("button", name="Akte anlegen").click()
    expect(page.get_by_role("alert")).to_contain_text("„viel“ ist keine Zahl")
    looked_at(page, "type-error", width)
    page.get_by_label("Streitwert").fill("25.000,50")
    page.get_by_label("Termin").fill("18.02.2027")
    page.get_by_role("button", name="Akte anlegen").click()
    panel = page.locator("details", has_text="Fachdaten").first
    expect(page.get_by_text("25.000,50")).to_be_attached()
    panel.scroll_into_view_if_needed()
    looked_at(page, "type-file", width)
    file_page = page.url

    page.goto("/akten/?typ=Rechtsstreit")
    page.locator("summary", has_text="Filter").click()
    looked_at(page, "type-list", width)
    page.get_by_role("link", name="10.000 bis unter 100.000").click()
    expect(page.get_by_text(f"Klage gegen Abrissverfügung {width}").first).to_be_visible()

    page.goto(f"{file_page}papierteil/")
    page.get_by_label("Die Akte ist").select_option("hybrid")
    page.get_by_label("Standort des Papierteils").fill("Altregistratur, Regal 12")
    page.get_by_role("button", name="Standort speichern").click()
    page.get_by_label("Wofür brauchen Sie das Papier?").fill("Ortstermin")
    page.get_by_role("button", name="Anfordern").click()
    looked_at(page, "paper-asked", width)
    page.get_by_label("Zurück bis").fill("+14")
    page.get_by_role("button", name="ausgeben").click()
    expect(page.get_by_role("button", name="Zurücknehmen")).to_be_visible()
    looked_at(page, "paper-out", width)
    page.get_by_role("link", name="Alle ausgeliehenen Papierakten").click()
    looked_at(page, "paper-list", width)
    page.goto(f"{file_page}papierteil/")
    page.get_by_role("button", name="Zurücknehmen").click()
    expect(page.get_by_text("Der Papierteil ist zurückgenommen.")).to_be_visible()
