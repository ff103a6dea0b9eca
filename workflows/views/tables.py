"""The list of follow-ups as the table component wants it."""

from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goettingen_ecm.desk import cells, german
from goettingen_ecm.desk.icons import icon
from goettingen_ecm.desk.tables import Column, Empty, Table
from workflows.choices import Series
from workflows.models import FollowUp
from workflows.selectors import DONE, DUE, OPEN, OVERDUE, THIS_WEEK, TODAY, Listed

PARTS = {
    OPEN: gettext_lazy("Alle offenen"),
    DUE: gettext_lazy("Fällig"),
    THIS_WEEK: gettext_lazy("Bis Ende der Woche"),
    DONE: gettext_lazy("Erledigt"),
}


def follow_ups_table(
    request: HttpRequest, rows: Sequence[Listed], next_cursor: str | None, part: str
) -> Table[Listed]:
    done = part == DONE
    state = Column(_("Erledigt"), _done) if done else Column(_("Fällig"), due_state, tight=True)
    button = [] if done else [Column(_("Tun"), _button, tight=True, hide_label=True)]
    return Table(
        caption=str(PARTS[part]),
        columns=[
            Column(_("Gegenstand"), lambda row: cells.with_icon(row.target.icon, row.target.title)),
            Column(_("Anlass"), lambda row: row.item.reason),
            state,
            Column(_("Für"), lambda row: owner_name(row.item, request.user.pk)),
            Column(_("Wiederholung"), _series, tight=True),
            *button,
        ],
        rows=rows,
        empty=_empty(part),
        query=request.GET,
        row_url=lambda row: row.target.url,
        row_key=lambda row: row.item.uuid,
        row_name=lambda row: row.target.title,
        selection="" if done else "auswahl",
        next_query={"nach": next_cursor} if next_cursor else None,
    )


def due_state(row: Listed) -> SafeString | str:
    """The day, and in words when it is over or today."""
    if row.when == OVERDUE:
        day = german.short_date(row.item.due_on)
        return cells.badge(_("überfällig seit %(day)s") % {"day": day}, "danger")
    if row.when == TODAY:
        return cells.badge(_("heute"), "warning", "deadline")
    return cells.day(row.item.due_on)


def owner_name(item: FollowUp, user_id: int | None) -> str:
    """For whom, seen by the person who reads it."""
    if item.owner_role is not None:
        return f"{item.owner_role.get_role_display()} {item.owner_role.unit.code}"
    return _("mich") if item.owner_id == user_id else str(item.owner)


def chips(counts: Mapping[str, int], part: str) -> list[dict[str, object]]:
    """The parts of the list with their counts; done ones are not counted."""
    return [
        {"label": label, "url": f"?teil={name}", "current": name == part, "count": counts.get(name)}
        for name, label in PARTS.items()
    ]


def bulk_actions() -> list[dict[str, str]]:
    return [
        {"name": "tun", "value": "erledigen", "label": _("Erledigt"), "icon": "check"},
        {"name": "tun", "value": "verschieben", "label": _("Verschieben"), "icon": "calendar"},
        {"name": "tun", "value": "beenden", "label": _("Reihe beenden"), "icon": "stop"},
    ]


def _done(row: Listed) -> SafeString | str:
    return cells.two_lines(cells.moment(row.item.done_at), row.item.done_by)


def _series(row: Listed) -> str:
    return "" if row.item.series == Series.NONE else str(Series(row.item.series).label)


def _button(row: Listed) -> SafeString:
    """A button of the form around the table: this row only, whatever is ticked."""
    name = _("%(title)s: erledigt") % {"title": row.target.title}
    return format_html(
        '<button type="submit" class="kern-btn kern-btn--tertiary" name="einzeln" value="{}"'
        ' aria-label="{}">{}<span class="kern-label">{}</span></button>',
        row.item.uuid,
        name,
        icon("check"),
        _("erledigt"),
    )


def _empty(part: str) -> Empty:
    if part == DONE:
        return Empty(_("Noch nichts erledigt."), icon="calendar")
    return Empty(
        _("Nichts vorzulegen."),
        _("Auf der Seite einer Akte oder eines Dokuments legen Sie mit der Taste w eine an."),
        reverse("case-files") if part == OPEN else "",
        _("Akten öffnen") if part == OPEN else "",
        icon="calendar",
    )
