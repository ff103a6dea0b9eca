"""The pictures of the handbook: who sees what, and the steps that lead there."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.personas import ADMINISTRATION, CLERK_SOCIAL, REGISTRY

LAW_CLERK, LAW_HEAD = "reuter", "petersen"
LAWSUIT = "Klage der Hoffmann Wohnbau GmbH"
REPLY = "Klageerwiderung"
Steps = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """``name``: docs/handbook/images/<name>.png; ``shows``: a text that must be on it."""

    name: str
    persona: str
    steps: Steps
    shows: str


def at(address: str) -> Steps:
    return lambda page: void(page.goto(address))


def void(_result: object) -> None:
    """Playwright answers every step; nobody asks."""


def open_lawsuit(page: Page) -> None:
    page.goto("/akten/")
    row = page.locator("tbody tr").filter(has_text=LAWSUIT).first
    row.locator("a[data-row-link]").click()
    page.locator(".desk-page-header__number").wait_for()


def of_lawsuit(part: str) -> Steps:
    def steps(page: Page) -> None:
        open_lawsuit(page)
        page.goto(page.url + part)

    return steps


def read_in_file(page: Page) -> None:
    open_lawsuit(page)
    page.locator("tbody").get_by_role("link", name=REPLY, exact=True).click()
    page.locator(".desk-reader img, [data-page] img").first.wait_for()


def open_reply(page: Page) -> None:
    read_in_file(page)
    page.locator("#lesen").get_by_role("link", name=REPLY, exact=True).click()
    page.get_by_role("heading", name="Fassungen").wait_for()


def compare(page: Page) -> None:
    open_reply(page)
    page.get_by_role("link", name="Vergleichen").first.click()
    page.get_by_role("heading", level=1).wait_for()


def write_note(page: Page) -> None:
    open_lawsuit(page)
    page.keyboard.press("v")
    page.get_by_label("Worum ging es").wait_for()


def select_files(page: Page) -> None:
    page.goto("/akten/")
    for box in page.locator("tbody input[type=checkbox]").all()[:3]:
        box.check()


def last_delivery(page: Page) -> None:
    page.goto("/lieferungen/")
    page.locator("table a[data-row-link]").first.click()
    page.get_by_role("heading", level=1).wait_for()


PICTURES = (
    Picture("mein-tag", LAW_CLERK, at("/"), "Wiedervorlagen"),
    Picture("suche", LAW_CLERK, at("/suche/?q=Klage"), "Treffer"),
    Picture("akte", LAW_CLERK, read_in_file, "Vorgänge"),
    Picture("dokument", LAW_CLERK, open_reply, "Fassungen"),
    Picture("vergleich", LAW_CLERK, compare, "Fassung"),
    Picture("vermerk", LAW_CLERK, write_note, "Klage der Hoffmann"),
    Picture("wer-darf-das-sehen", LAW_HEAD, of_lawsuit("zugriff/"), "Wer darf das sehen"),
    Picture("umschreiben", LAW_CLERK, of_lawsuit("umschreiben/"), "umschreiben"),
    Picture("abschluss", LAW_CLERK, of_lawsuit("abschluss/"), "z. d. A."),
    Picture("sammelarbeit", CLERK_SOCIAL, select_files, "ausgewählt"),
    Picture("wiedervorlagen", LAW_CLERK, at("/wiedervorlagen/"), "Wiedervorlagen"),
    Picture("vertretung", LAW_HEAD, at("/vertretung/"), "Vertretung"),
    Picture("aktenplan", REGISTRY, at("/aktenplan/"), "Aktenplan"),
    Picture("einfuehrung", ADMINISTRATION, at("/einfuehrung/"), "Einführung"),
    Picture("lieferung", ADMINISTRATION, last_delivery, "abgelegt"),
)
