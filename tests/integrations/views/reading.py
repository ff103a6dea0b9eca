"""Reading the operator desk's pages: rows, chips, links."""

from django.test import Client
from lxml import html

from goettingen_ecm.access.paging import Cursor

FOREIGN_CURSORS = (
    Cursor("gestern", 1).encode(),
    Cursor("2026-99-99T00:00:00+00:00", 1).encode(),
    Cursor("", 0).encode(),
    "abc",
    "%00",
    "9" * 60,
)


def page(client: Client, address: str, **query: str) -> html.HtmlElement:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return parsed(answer.content)


def parsed(content: bytes) -> html.HtmlElement:
    return html.document_fromstring(content.decode())


def rows_of(root: html.HtmlElement) -> list[str]:
    """Each row's cells, separated by blanks."""
    return [
        " ".join(" ".join(cell.itertext()) for cell in row.xpath("./th|./td"))
        for row in root.xpath("//tbody/tr")
    ]


def chips_of(root: html.HtmlElement) -> dict[str, str]:
    """Label with count -> address."""
    chips = root.xpath('//a[contains(@class, "desk-chip")]')
    return {" ".join(chip.text_content().split()): chip.get("href") for chip in chips}


def next_address(root: html.HtmlElement) -> str | None:
    found = root.xpath('//main//a[@rel="next"]/@href')
    return str(found[0]) if found else None
