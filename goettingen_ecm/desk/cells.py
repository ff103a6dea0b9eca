"""What stands in a table cell: small pieces of HTML, built in Python because lists are hot pages."""

import html
from datetime import date, datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from goettingen_ecm.desk import german
from goettingen_ecm.desk.icons import icon

TONES = frozenset({"", "info", "success", "warning", "danger"})
TONE_ICONS = {"info": "info", "success": "success", "warning": "warning", "danger": "danger"}


def escaped(value: object) -> SafeString:
    """Markup as it is, everything else escaped."""
    # What Django's escape does, without its test for lazy text: a page has hundreds of cells.
    return value if isinstance(value, SafeString) else SafeString(html.escape(str(value)))


def badge(text: object, tone: str = "", icon_name: str = "") -> SafeString:
    """A state as text with an icon; colour only repeats what the two say.

    ``tone`` is empty, info, success, warning or danger and chooses the icon when none is named.
    """
    if tone not in TONES:
        raise ValueError(f"no tone {tone!r}")
    name = icon_name or TONE_ICONS.get(tone, "")
    css = f"desk-badge desk-tone-{tone}" if tone else "desk-badge"
    return format_html('<span class="{}">{}{}</span>', css, icon(name) if name else "", text)


def link(url: str, text: object) -> SafeString:
    """A link inside a cell."""
    return format_html('<a href="{}">{}</a>', url, text)


def two_lines(first: object, second: object) -> SafeString:
    """The main text and a muted line below it; the second line may be empty."""
    if not second:
        return escaped(first)
    return format_html('{}<span class="desk-sub">{}</span>', first, second)


def with_icon(name: str, text: object, label: str = "") -> SafeString:
    """An icon before the text; ``label`` names the icon where the text does not say it."""
    return format_html("{} {}", icon(name, label), text)


def muted(text: object) -> SafeString:
    """Text of second rank."""
    return format_html('<span class="desk-muted">{}</span>', text)


def day(value: date | datetime | None) -> SafeString | str:
    """A date as ``<time>``; empty for None."""
    return "" if value is None else _time(value, german.short_date(value))


def moment(value: datetime | None) -> SafeString | str:
    """A point in time as ``<time>``; empty for None."""
    return "" if value is None else _time(value, german.date_time(value))


def _time(value: date | datetime, text: str) -> SafeString:
    # Digits and punctuation only: nothing to escape.
    return mark_safe(f'<time datetime="{value.isoformat()}" class="desk-nowrap">{text}</time>')  # noqa: S308
