"""Reading a list of people in Chromium: upload, look, apply; axe and widths on every page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_accessibility import problems, runs_sideways
from tests.personas import ADMINISTRATION

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
LIST = (
    "Kennung;Name;E-Mail;Einheit;Rolle;gültig ab;gültig bis\n"
    "maier{width};Maier, Jörg;;50.1;Sachbearbeitung;;\n"
    "falsch;Falsch, Franz;;99.9;Leitung;;31.02.2027\n"
    "brandt;Brandt, Sabine;;50.1;Sachbearbeitung;;\n"
)


def fine(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    assert problems(page) == []
    assert not runs_sideways(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_u2_a_list_is_read_in_three_steps(
    width: int, page_of: Callable[..., Page], tmp_path: Path
) -> None:
    file = tmp_path / "personal.csv"
    file.write_bytes(LIST.format(width=width).encode("cp1252"))
    page = page_of(ADMINISTRATION, width)
    page.goto("/personen-einlesen/")
    fine(page)
    page.get_by_label("CSV-Datei").set_input_files(file)
    page.get_by_role("button", name="Prüfen").click()
    expect(page.get_by_text("gültig bis: „31.02.2027“ ist kein Datum.")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="1 Zeile übernehmen").click()
    expect(page.get_by_role("heading", name="Übernommen")).to_be_visible()
    expect(page.get_by_text("1 Person hat noch kein Passwort")).to_be_visible()
    fine(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_s1_a_move_is_planned_and_taken_back(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(ADMINISTRATION, width)
    page.goto("/umsetzungen/")
    fine(page)
    page.get_by_label("Bisherige Einheit").select_option(
        label="50.1 Grundsicherung und Hilfe zum Lebensunterhalt"
    )
    page.get_by_role("button", name="Personen wählen").click()
    page.get_by_label("Sabine Brandt").check()
    page.get_by_label("Neue Einheit").select_option(label="63.1 Bauaufsicht")
    page.get_by_label("Erster Tag").fill("+14")
    fine(page)
    page.get_by_role("button", name="Folgen ansehen").click()
    expect(page.get_by_text("Rollen, die enden")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Umsetzen").click()
    expect(page.get_by_text("1 Umsetzung geplant.").first).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Zurücknehmen Sabine Brandt").click()
    expect(page.get_by_text("ist zurückgenommen.").first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
def test_u3_how_far_a_unit_is(width: int, page_of: Callable[..., Page]) -> None:
    page = page_of(ADMINISTRATION, width)
    page.goto("/einfuehrung/")
    fine(page)
    page.get_by_role("link", name="50.1 Grundsicherung und Hilfe zum Lebensunterhalt").click()
    page.get_by_label("Schulung gehalten am").fill("gestern")
    page.get_by_role("button", name="Vermerken").click()
    expect(page.get_by_text("Die Schulung ist vermerkt.").first).to_be_visible()
    fine(page)
