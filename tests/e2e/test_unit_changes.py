"""Merging a unit in Chromium, on a phone: choose, see who goes and who sees what, plan, take back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_roll_out import fine
from tests.personas import ADMINISTRATION

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]


def test_s7_a_merge_is_previewed_planned_and_taken_back(page_of: Callable[..., Page]) -> None:
    page = page_of(ADMINISTRATION, 390)
    page.goto("/umgliederungen/")
    page.get_by_label("Bisherige Einheit").fill("50.1")
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_label("Sabine Brandt")).to_be_checked()
    page.get_by_label("Erster Tag").fill("+14")
    page.get_by_label("In eine bestehende Einheit").fill("50.2")
    fine(page)
    page.get_by_role("button", name="Folgen ansehen").click()
    expect(page.get_by_text("geht mit denselben Rollen mit").first).to_be_visible()
    expect(page.get_by_role("heading", name="Wer sieht was")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Umgliederung planen").click()
    expect(page.get_by_text("Umgliederung geplant.").first).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Zurücknehmen 50.1").click()
    expect(page.get_by_text("ist zurückgenommen.").first).to_be_visible()
