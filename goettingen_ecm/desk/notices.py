"""What the desk says after an action, with an optional way back ("Rückgängig") and a link.

Django's messages carry one string of extra tags; the addresses travel in it as a query string.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

TONES = {
    messages.DEBUG: ("info", "info"),
    messages.INFO: ("info", "info"),
    messages.SUCCESS: ("success", "success"),
    messages.WARNING: ("warning", "warning"),
    messages.ERROR: ("danger", "danger"),
}
UNDO_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Notice:
    """One message as the template shows it; empty strings where there is no link or way back."""

    text: str
    tone: str
    icon: str
    undo_url: str = ""
    link_url: str = ""
    link_label: str = ""


def add_notice(
    request: HttpRequest,
    text: str,
    *,
    level: int = messages.SUCCESS,
    undo_url: str = "",
    link_url: str = "",
    link_label: str = "",
) -> None:
    """Say ``text`` on this answer or the next page.

    ``undo_url`` takes a POST without fields and is offered for 10 seconds; ``link_url`` leads to
    what was made.
    """
    extras = {"undo": undo_url, "link": link_url, "label": link_label}
    tags = urlencode({name: value for name, value in extras.items() if value})
    messages.add_message(request, level, text, extra_tags=tags, fail_silently=True)


def notice(message: Message) -> Notice:
    """The message with its addresses taken out of the tags."""
    extras = parse_qs(message.extra_tags or "")
    tone, icon = TONES.get(message.level, ("info", "info"))
    return Notice(
        text=str(message.message),
        tone=tone,
        icon=icon,
        undo_url=extras.get("undo", [""])[0],
        link_url=extras.get("link", [""])[0],
        link_label=extras.get("label", [""])[0],
    )
