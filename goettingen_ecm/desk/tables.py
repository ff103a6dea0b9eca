"""Lists of the desk: columns, sort links, keyset links, selection; see components/data_table.html.

Rows are rendered here and not by template includes: fifty rows of seven cells would cost 30 ms.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from goettingen_ecm.desk import cells, german

Row = TypeVar("Row")
Align = Literal["", "end", "center"]

SORT_PARAMETER = "sortierung"
# A new order starts on the first page, so links drop where the old order stood.
CURSOR_PARAMETERS = ("nach", "vor", "seite")
# No text has it: where a row's own words go into what all rows share.
SLOT = "\0"
NO_ID = UUID(int=0)


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. ``value`` takes the row and returns text, or SafeString for markup (cells.py).

    ``sort`` is the word in the address (``?sortierung=-datum``), empty when the list cannot be
    sorted by it; ``tight`` keeps the column as narrow as its content; ``hide_label`` keeps the
    heading for screen readers only (columns of icons or buttons).
    """

    label: str
    value: Callable[[Row], object]
    sort: str = ""
    align: Align = ""
    tight: bool = False
    hide_label: bool = False


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says: what is missing and what to do next."""

    title: str
    text: str = ""
    action_url: str = ""
    action_label: str = ""
    icon: str = "search"


@dataclass(frozen=True, slots=True)
class Heading:
    """A column heading as the template needs it; ``direction`` is ascending, descending or empty."""

    label: str
    css: str
    url: str = ""
    direction: str = ""
    icon: str = "sort"
    hide_label: bool = False


@dataclass
class Table(Generic[Row]):
    """A list. The first column names the row: it becomes the row's heading and its link.

    ``query`` is ``request.GET``; ``sort`` the order in force, e.g. ``-datum``. ``next_query`` and
    ``previous_query`` are the keyset parameters of the neighbouring pages (``{"nach": "…"}``), None
    where there is none. ``selection`` is the name of the row checkboxes, empty for none; the page
    then wraps the table in a form. ``detail`` is a CSS selector: the row's link also loads there.
    """

    caption: str
    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    empty: Empty
    query: QueryDict | None = None
    row_url: Callable[[Row], str] | None = None
    row_key: Callable[[Row], object] | None = None
    row_name: Callable[[Row], str] | None = None
    current_key: object = None
    selection: str = ""
    sort: str = ""
    sum_text: str = ""
    next_query: dict[str, Any] | None = None
    previous_query: dict[str, Any] | None = None
    detail: str = ""
    show_caption: bool = False
    cards: bool = True

    def headings(self) -> Iterator[Heading]:
        """The heading row."""
        for column in self.columns:
            yield self._heading(column)

    def body(self) -> SafeString:
        """All rows as HTML; every value that is not a SafeString is escaped."""
        openings = [_opening(column) for column in self.columns]
        box = self._checkbox_parts() if self.selection else ()
        rows = (self._row(row, openings, box) for row in self.rows)
        return mark_safe("".join(rows))  # noqa: S308 - escaped below

    @property
    def next_url(self) -> str:
        return self._page_url(self.next_query)

    @property
    def previous_url(self) -> str:
        return self._page_url(self.previous_query)

    def _heading(self, column: Column[Row]) -> Heading:
        css = _css(column)
        if not column.sort:
            return Heading(str(column.label), css, hide_label=column.hide_label)
        descending = self.sort == f"-{column.sort}"
        ascending = self.sort == column.sort
        url = self._url({SORT_PARAMETER: f"-{column.sort}" if ascending else column.sort})
        if ascending:
            return Heading(str(column.label), css, url, "ascending", "arrow-up")
        if descending:
            return Heading(str(column.label), css, url, "descending", "arrow-down")
        return Heading(str(column.label), css, url)

    def _page_url(self, cursor: dict[str, Any] | None) -> str:
        return "" if cursor is None else self._url(cursor)

    def _url(self, changes: dict[str, Any]) -> str:
        query = self.query.copy() if self.query is not None else QueryDict(mutable=True)
        for name in CURSOR_PARAMETERS:
            query.pop(name, None)
        for name, value in changes.items():
            query[name] = str(value)
        return f"?{query.urlencode()}" if query else f"?{urlencode(changes)}"

    def _row(self, row: Row, openings: Sequence[str], box: Sequence[str]) -> str:
        key = self.row_key(row) if self.row_key else None
        current = ' aria-current="true"' if key is not None and key == self.current_key else ""
        found = [self._checkbox(row, key, box)] if box else []
        found.append(self._name_cell(row))
        for column, opening in zip(self.columns[1:], openings[1:], strict=True):
            found.append(f"{opening}{_content(column.value(row))}</td>")
        role = ' role="row"' if self.cards else ""
        return f"<tr{role}{current}>{''.join(found)}</tr>"

    def _name_cell(self, row: Row) -> str:
        column = self.columns[0]
        content: str = cells.escaped(column.value(row))
        if self.row_url:
            url = cells.escaped(self.row_url(row))
            htmx = (
                f' hx-get="{url}" hx-target="{cells.escaped(self.detail)}" hx-swap="innerHTML"'
                if self.detail
                else ""
            )
            content = f'<a href="{url}" data-row-link{htmx}>{content}</a>'
        return f'<th scope="row" role="rowheader" class="{_css(column)}">{content}</th>'

    def _checkbox(self, row: Row, key: object, parts: Sequence[str]) -> str:
        name = self.row_name(row) if self.row_name else str(key)
        before, between, after = parts
        return f"{before}{cells.escaped(name)}{between}{cells.escaped(key)}{after}"

    def _checkbox_parts(self) -> Sequence[str]:
        """What stands around the name and the key of each row's checkbox."""
        label = cells.escaped(_("%(name)s auswählen") % {"name": SLOT})
        return (
            '<td class="desk-select" role="cell"><label><span class="desk-hidden">'
            f'{label}</span><input type="checkbox" name="{cells.escaped(self.selection)}"'
            f' value="{SLOT}" data-select-row></label></td>'
        ).split(SLOT)


def addresses(url_name: str) -> Callable[[UUID], str]:
    """``reverse`` for all rows of a list: done once, the rows differ in nothing but the id."""
    before, after = reverse(url_name, args=[NO_ID]).split(str(NO_ID))
    return lambda uuid: f"{before}{uuid}{after}"


def _css(column: Column[Any]) -> str:
    names = [f"desk-{column.align}"] if column.align else []
    if column.tight:
        names.append("desk-tight")
    return " ".join(names)


def _content(value: object) -> str:
    """Numbers get German separators; a year or an id is passed as text by the caller."""
    if value is None or value == "":
        return ""
    return cells.escaped(german.number(value) if type(value) is int else value)


def _opening(column: Column[Any]) -> str:
    """The start tag of a column's cells: the same in every row."""
    label = "" if column.hide_label else f' data-label="{cells.escaped(column.label)}"'
    css = _css(column)
    style = f' class="{css}"' if css else ""
    return f'<td role="cell"{style}{label}>'
