"""What stands around a list: saved views, filters with counts, columns, exports, selection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from goettingen_ecm.access.paging import Condition
from goettingen_ecm.desk.tables import CURSOR_PARAMETERS
from records.choices import ListPage
from records.models import FileTypeField, SavedView
from records.selectors import facets
from records.selectors.business_facets import facets_of
from records.selectors.facets import Counted, Facet
from records.selectors.saved_views import preferences

COLUMNS = "spalten"
# Words that belong to the page itself, not to a view of it.
PLACE = ("vorgang",)
CHIPS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is to be shown: the address's words, checked, and the person's preferences.

    ``labels`` are the columns one can choose; ``base`` is the list's address without words;
    ``fields`` the Fachdaten of the Aktentyp the list is narrowed to.
    """

    page: ListPage
    base: str
    query: QueryDict
    facets: Sequence[Facet]
    chosen: Mapping[str, str]
    labels: Mapping[str, str]
    columns: Sequence[str]
    views: Sequence[SavedView]
    fields: Sequence[FileTypeField] = ()

    @property
    def where(self) -> list[Condition]:
        return facets.conditions(self.chosen, self.facets)

    def address(self, **changes: str) -> str:
        """The list with other words; an empty value takes the word away."""
        query = self.query.copy()
        for name in CURSOR_PARAMETERS:
            query.pop(name, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        words = query.urlencode()
        return f"{self.base}?{words}" if words else self.base


def read(
    request: HttpRequest,
    page: ListPage,
    base: str,
    labels: Mapping[str, str],
    usual: Sequence[str],
    fields: Sequence[FileTypeField] = (),
) -> Listing:
    """The listing the address asks for; columns from the address, else the person's, else usual."""
    own = facets.FILE_FACETS if page == ListPage.CASE_FILES else facets.DOCUMENT_FACETS
    known = [*own, *facets_of(fields)]
    wanted = preferences(request.user, page)
    words = request.GET.get(COLUMNS, "") or wanted.columns
    columns = [word for word in words.split(",") if word in labels] or list(usual)
    return Listing(
        page=page,
        base=base,
        query=request.GET,
        facets=known,
        chosen=facets.chosen_in(request.GET, known),
        labels=labels,
        columns=columns,
        views=wanted.views,
        fields=fields,
    )


def tools(listing: Listing, counted: Counted) -> dict[str, Any]:
    """The context of ``records/list_tools.html``."""
    return {
        "page": listing.page.value,
        "here": listing.address(),
        "words": listing.address().partition("?")[2],
        "tabs": _tabs(listing),
        "chosen": _chosen(listing, counted),
        "reset_url": listing.address(**dict.fromkeys(listing.chosen, "")),
        "groups": _groups(listing, counted),
        "columns": [
            {"word": word, "label": label, "chosen": word in listing.columns}
            for word, label in listing.labels.items()
        ],
        "views": listing.views,
        "total": counted.total,
        "capped": counted.capped,
    }


def sum_text(counted: Counted) -> str:
    """How many rows the list has; beyond the cap nobody counts."""
    if counted.capped:
        return _("mehr als 1.000 Einträge")
    number = counted.total
    return _("1 Eintrag") if number == 1 else _("%(n)s Einträge") % {"n": number}


def _tabs(listing: Listing) -> list[dict[str, Any]]:
    """The list as such and the person's views of it; the one that is shown is marked."""
    if not listing.views:
        return []
    place = {name: str(listing.query[name]) for name in PLACE if name in listing.query}
    shown = _words(listing.query)
    every = {"label": _("Alle"), "url": _joined(listing.base, QueryDict(), place)}
    views = [
        {
            "label": view.name,
            "url": _joined(listing.base, QueryDict(view.query), place),
            "current": bool(shown) and shown == _words(QueryDict(view.query)),
        }
        for view in listing.views
    ]
    return [every | {"current": not any(view["current"] for view in views)}, *views]


def _words(query: QueryDict) -> dict[str, str]:
    passing = (*CURSOR_PARAMETERS, *PLACE)
    return {name: str(query[name]) for name in query if name not in passing}


def _joined(base: str, query: QueryDict, place: Mapping[str, str]) -> str:
    joined = query.copy()
    joined.update(place)
    return f"{base}?{joined.urlencode()}" if joined else base


def _chosen(listing: Listing, counted: Counted) -> list[dict[str, Any]]:
    """The filters in force; following one takes it away."""
    found = []
    for facet in listing.facets:
        value = listing.chosen.get(facet.word)
        if value is not None:
            names = {c.value: c.name for c in counted.choices[facet.word]}
            name = names.get(value) or _name(facet, value)
            label = f"{facet.label}: {name}"
            url = listing.address(**{facet.word: ""})
            found.append({"label": label, "url": url, "current": True})
    return found


def _name(facet: Facet, value: str) -> str:
    """A value without rows: its name is only known where it needs no other table."""
    if facet.kind == "number":
        return _("ohne Treffer")
    try:
        return facet.name_of(value)
    except ValueError:
        return value


def _groups(listing: Listing, counted: Counted) -> list[dict[str, Any]]:
    """What else can be filtered by: the values of the shown rows, where there is a choice."""
    return [
        {
            "label": facet.label,
            "chips": [
                {
                    "label": choice.name,
                    "url": listing.address(**{facet.word: choice.value}),
                    "current": False,
                    "count": choice.count,
                }
                for choice in counted.choices[facet.word][:CHIPS_SHOWN]
            ],
        }
        for facet in listing.facets
        if facet.word not in listing.chosen and counted.choices[facet.word]
    ]


def page_address(page: ListPage) -> str:
    """Where a list's views are shown outside of a file."""
    return reverse("case-files") if page == ListPage.CASE_FILES else reverse("start")
