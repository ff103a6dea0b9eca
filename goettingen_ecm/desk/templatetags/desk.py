"""Components as tags: ``{% load desk %}``. docs/components.md lists them with their variables."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from goettingen_ecm.desk import cells, german
from goettingen_ecm.desk.icons import icon as icon_svg
from goettingen_ecm.desk.keys import KEY_GROUPS
from goettingen_ecm.desk.notices import Notice, notice
from goettingen_ecm.desk.plots import BarPlot
from goettingen_ecm.desk.progress import Progress
from goettingen_ecm.desk.tables import Empty, Table
from goettingen_ecm.desk.trees import Node

register = template.Library()

register.simple_tag(icon_svg, name="icon")
register.simple_tag(cells.badge, name="badge")
register.filter("number_de", german.number)
register.filter("filesize_de", german.file_size)
register.filter("date_de", german.short_date)
register.filter("datetime_de", german.date_time)
register.filter("long_day_de", german.long_day)
register.filter("duration_de", german.duration)


@register.filter
def initials(name: str) -> str:
    """``Dr. Anna Berger`` as ``AB``."""
    words = [word for word in str(name).split() if word[0].isalpha() and not word.endswith(".")]
    return "".join(
        word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    ).upper()


@register.simple_tag
def day(value: date | datetime | None) -> SafeString | str:
    return cells.day(value)


@register.simple_tag
def moment(value: datetime | None) -> SafeString | str:
    return cells.moment(value)


@register.simple_tag
def key_list(level: int) -> SafeString:
    """All keys by group, with headings of ``level``."""
    return _key_list(level, get_language() or "")


@cache
def _key_list(level: int, _language: str) -> SafeString:
    """On every page and the same on each: rendered once."""
    return render_to_string("components/key_list.html", {"level": level, "groups": KEY_GROUPS})


@register.simple_tag(takes_context=True)
def notices(context: template.Context) -> list[Notice]:
    """The messages of this request, read once."""
    request = context.get("request")
    return [notice(message) for message in get_messages(request)] if request else []


@register.inclusion_tag("components/data_table.html")
def data_table(table: Table[Any], bulk: Any = None) -> dict[str, Any]:
    return {"table": table, "bulk": bulk}


@register.simple_block_tag
def table_frame(content: SafeString, table: Table[Any]) -> SafeString:
    """The table's frame (headings, paging) around rows the page writes itself."""
    return render_to_string("components/data_table.html", {"table": table, "own_rows": content})


@register.inclusion_tag("components/empty.html")
def empty_state(empty: Empty) -> dict[str, Any]:
    return {"empty": empty}


@register.inclusion_tag("components/tree.html")
def tree(nodes: Sequence[Node], label: str) -> dict[str, Any]:
    return {"nodes": nodes, "label": label}


@register.inclusion_tag("components/plot_bar.html")
def plot_bar(plot: BarPlot) -> dict[str, Any]:
    return {"plot": plot}


@register.inclusion_tag("components/progress.html")
def progress(
    progress: Progress,
    title: str,
    poll_url: str = "",
    abort_url: str = "",
    state: str = "running",
    note: str = "",
) -> dict[str, Any]:
    return {
        "progress": progress,
        "title": title,
        "poll_url": poll_url,
        "abort_url": abort_url,
        "state": state,
        "note": note,
    }


@register.simple_block_tag
def card(
    content: SafeString,
    title: str = "",
    icon: str = "",
    link_url: str = "",
    link_label: str = "",
    flush: bool = False,
    level: int = 2,
) -> SafeString:
    """A card around the content; ``flush`` for a list that reaches the card's edge."""
    return render_to_string(
        "components/card.html",
        {
            "content": content,
            "title": title,
            "icon": icon,
            "link_url": link_url,
            "link_label": link_label,
            "flush": flush,
            "level": level,
        },
    )


@register.simple_block_tag
def panel(
    content: SafeString, title: str, open: bool = False, count: str = "", id: str = ""
) -> SafeString:
    """A section that opens and closes, remembered by the browser tab when it has an ``id``."""
    return render_to_string(
        "components/panel.html",
        {"content": content, "title": title, "open": open, "count": count, "id": id},
    )


@register.simple_block_tag
def alert(content: SafeString, tone: str = "info", title: str = "", role: str = "") -> SafeString:
    """A message inside the page; ``role="alert"`` only when it appeared without a page load."""
    if tone not in cells.TONE_ICONS:
        raise template.TemplateSyntaxError(f"alert: no tone {tone!r}")
    return render_to_string(
        "components/alert.html",
        {
            "content": conditional_escape(content),
            "tone": tone,
            "icon": cells.TONE_ICONS[tone],
            "title": title,
            "role": role,
        },
    )
