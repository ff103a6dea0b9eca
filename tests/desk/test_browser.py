"""The gallery and the log-in page in Chromium: axe, narrow widths, keyboard, no script."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

GALLERY = "/gestaltung/"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The address of the application in a thread; it only reads, so nothing is to be cleaned."""
    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        yield server.url
        server.stop()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when the browser complains (scripts, refused inline code)."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="de-DE")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: complaints.append(str(one)))
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (320, "light")]
)
@pytest.mark.parametrize("address", [GALLERY, "/konto/login/"])
def test_axe_finds_nothing_and_nothing_overflows(
    desk: str, tab: Page, address: str, width: int, scheme: str
) -> None:
    tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    tab.set_viewport_size({"width": width, "height": 800})
    tab.goto(desk + address)
    found = Axe().run(tab, options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.evaluate(overflow) == 0


def test_rows_are_walked_and_ticked_by_keys(desk: str, tab: Page) -> None:
    tab.goto(desk + GALLERY)
    # The reader of the gallery owns j and k; a focused row still moves by arrow keys.
    tab.get_by_role("link", name="50.21-2026/0413").first.focus()
    tab.keyboard.press("ArrowDown")
    expect(tab.get_by_role("link", name="50.21-2026/0397").first).to_be_focused()
    tab.keyboard.press("x")
    expect(tab.locator("[data-bulk-count]")).to_have_text("1 Zeile ausgewählt")
    expect(tab.locator("#ansage")).to_have_text("1 Zeile ausgewählt")
    tab.get_by_label("Alle Zeilen auswählen").check()
    expect(tab.locator("[data-bulk-count]")).to_have_text("5 Zeilen ausgewählt")


def test_the_overlay_lists_the_pages_keys_and_can_switch_them_off(desk: str, tab: Page) -> None:
    tab.goto(desk + GALLERY)
    tab.keyboard.press("?")
    overlay = tab.get_by_role("dialog", name="Tastenkürzel")
    expect(overlay).to_contain_text("Auf dieser Seite")
    expect(overlay).to_contain_text("Nächstes Dokument")
    overlay.get_by_label("Einzelne Tasten lösen Befehle aus").uncheck()
    tab.keyboard.press("Escape")
    expect(overlay).not_to_be_visible()
    tab.keyboard.press("?")
    expect(overlay).not_to_be_visible()


def test_typed_text_survives_the_page(desk: str, tab: Page) -> None:
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.goto(desk + GALLERY)
    form = tab.locator("form[data-draft]")
    form.get_by_label("Betreff").fill("Vermerk über das Telefonat")
    tab.reload()
    tab.get_by_role("button", name="Wiederherstellen").click()
    expect(form.get_by_label("Betreff")).to_have_value("Vermerk über das Telefonat")


def test_chosen_files_are_listed_with_their_size(desk: str, tab: Page) -> None:
    tab.goto(desk + GALLERY)
    zone = tab.locator("[data-dropzone]").first
    zone.locator("input[type=file]").set_input_files(
        {"name": "Bescheid.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2048}
    )
    expect(zone.locator("[data-dropzone-files]")).to_contain_text("Bescheid.pdf")
    expect(zone.locator("[data-dropzone-files]")).to_contain_text("2 KB")


def test_a_dialog_opens_and_gives_the_focus_back(desk: str, tab: Page) -> None:
    tab.goto(desk + GALLERY)
    opener = tab.get_by_role("link", name="Dialog öffnen")
    opener.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("dialog", name="Wiedervorlage")).to_be_visible()
    tab.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_everything_is_there_without_script(desk: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.goto(desk + GALLERY)
    expect(page.get_by_role("button", name="Zuweisen")).to_be_enabled()
    expect(page.get_by_label("Alle Zeilen auswählen")).not_to_be_visible()
    page.get_by_text("Als Tabelle").click()
    expect(page.get_by_role("cell", name="12.840")).to_be_visible()
    context.close()
