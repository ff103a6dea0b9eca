"""A person's saved views of a list and the columns the person has chosen for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from goettingen_ecm.access.principals import Person
from records.choices import ListPage
from records.models import SavedView


@dataclass(frozen=True, slots=True)
class Preferences:
    """``views`` by name; ``columns`` as words with commas, empty for the usual ones."""

    views: Sequence[SavedView]
    columns: str = ""


def preferences(user: Person, page: ListPage) -> Preferences:
    """Everything the person has chosen for a list, in one query."""
    rows = SavedView.objects.filter(owner_id=user.pk, page=page).order_by("name", "pk")
    return _parted(list(rows.select_related("subscription")))


def all_preferences(user: Person) -> dict[str, Preferences]:
    """The same of every list, by its page, in one query."""
    by_page: defaultdict[str, list[SavedView]] = defaultdict(list)
    for row in SavedView.objects.filter(owner_id=user.pk).order_by("name", "pk"):
        by_page[row.page].append(row)
    return {page: _parted(rows) for page, rows in by_page.items()}


def _parted(rows: Sequence[SavedView]) -> Preferences:
    columns = next((row.query for row in rows if not row.name), "")
    return Preferences([row for row in rows if row.name], columns)
