"""A mail from the desktop into its file: at most three clicks, the suggestion by one key (E3, E4)."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.hands import Mouse, enter
from tests.e2e.test_journeys import LAW_CLERK, LAWSUIT, open_file

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e")]
PageOf = Callable[..., Page]


def dropped_mail(number: str) -> FilePayload:
    message = EmailMessage()
    message["From"] = "Kanzlei Dr. Ebeling <post@ebeling.example>"
    message["To"] = "rechtsreferat@musterstadt.example"
    message["Subject"] = f"Terminverlegung in {number}"
    message["Message-ID"] = "<terminverlegung@ebeling.example>"
    message.set_content("Wir bitten um Verlegung des Termins.")
    message.add_attachment("Anlage K1 zum Schriftsatz", filename="Anlage K1.txt")
    return {"name": "Post.eml", "mimeType": "message/rfc822", "buffer": message.as_bytes()}


def test_e3_a_dropped_mail_is_filed_with_three_clicks(page_of: PageOf) -> None:
    page = page_of(LAW_CLERK)
    mouse = Mouse(page)
    number = open_file(mouse, LAWSUIT)
    mouse.press("Posteingang")
    before = mouse.clicks
    mouse.press("Dateien in den Korb legen")
    mouse.attach("Dateien", dropped_mail(number))
    mouse.press("In den Korb legen")
    expect(page.get_by_role("heading", name="Terminverlegung").first).to_be_visible()
    expect(page.locator(".desk-suggestion").first).to_contain_text(number)
    expect(page.get_by_role("link", name="Anlage K1.txt")).to_be_visible()
    with page.expect_navigation():
        enter(page)
    expect(page.locator("#meldungen")).to_contain_text("liegt jetzt")
    assert mouse.clicks - before <= 3
