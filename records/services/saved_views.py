"""Saving how a person wants to see a list. It changes no record: no history, no audit."""

from django.http import QueryDict

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import ListPage
from records.models import SavedView

MOST_VIEWS = 20
NAME_LENGTH, QUERY_LENGTH = 60, 1000
# Where one stands in a list is not part of a view, nor is the file it was saved in.
PASSING = ("nach", "vor", "seite", "auswahl", "umfang", "vorgang")


def save_view(user: User, page: ListPage, name: str, query: str) -> SavedView:
    """Keep the address's words under a name; the same name again replaces the view.

    Raises InvalidInput (no name, too much chosen), IllegalState (too many views).
    """
    name = " ".join(name.split())[:NAME_LENGTH]
    if not name or not name.isprintable():
        raise InvalidInput("Bitte geben Sie der Ansicht einen Namen.", field="name")
    words = _lasting(query)
    if len(words) > QUERY_LENGTH:
        raise InvalidInput("Diese Ansicht hat zu viele Angaben.", field="name")
    rows = SavedView.objects.filter(owner=user, page=page).exclude(name="")
    if rows.exclude(name=name).count() >= MOST_VIEWS:
        raise IllegalState(
            f"Mehr als {MOST_VIEWS} Ansichten lassen sich nicht speichern.",
            next_step="Löschen Sie eine Ansicht, die Sie nicht mehr brauchen.",
        )
    view, _created = SavedView.objects.update_or_create(
        owner=user, page=page, name=name, defaults={"query": words}
    )
    return view


def _lasting(query: str) -> str:
    words = QueryDict(query, mutable=True)
    for name in PASSING:
        words.pop(name, None)
    return str(words.urlencode())


def save_columns(user: User, page: ListPage, columns: list[str]) -> None:
    """The columns the person sees where no view says otherwise; none means the usual ones."""
    rows = SavedView.objects.filter(owner=user, page=page, name="")
    if not columns:
        rows.delete()
        return
    SavedView.objects.update_or_create(
        owner=user, page=page, name="", defaults={"query": ",".join(columns)[:QUERY_LENGTH]}
    )


def delete_view(user: User, view_id: int) -> None:
    """Remove one of the person's views; somebody else's is not touched."""
    SavedView.objects.filter(owner=user, pk=view_id).exclude(name="").delete()
