"""A person's saved searches: kept, looked at, renamed, deleted. They change no record: no audit."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Min

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import ListPage
from records.models import Document, SavedView
from records.services.saved_views import NAME_LENGTH, delete_view, save_view

# A document that is not searchable after so long is no longer waited for.
INDEXING = timedelta(hours=1)


def save_search(user: User, name: str, words: str, *, seen: int | None = None) -> SavedView:
    """Keep the address's words; what is there counts as seen (or up to ``seen``).

    Raises InvalidInput, IllegalState as ``save_view``.
    """
    with transaction.atomic():
        view = save_view(user, ListPage.SEARCH, name, words)
        view.seen_document_id = newest_searchable() if seen is None else seen
        view.save(update_fields=["seen_document_id"])
    return view


def look_at(user: User, search_id: int) -> SavedView | None:
    """The saved search; from now on everything there is counts as seen."""
    view = own_search(user, search_id)
    if view is not None:
        view.seen_document_id = newest_searchable()
        view.save(update_fields=["seen_document_id"])
    return view


def rename_search(user: User, search_id: int, name: str) -> tuple[SavedView, str] | None:
    """The search under its new name, and its old name.

    Raises InvalidInput (no name), IllegalState (another search has it).
    """
    view = own_search(user, search_id)
    if view is None:
        return None
    old, view.name = view.name, " ".join(name.split())[:NAME_LENGTH]
    if not view.name or not view.name.isprintable():
        raise InvalidInput("Bitte geben Sie der Suche einen Namen.", field="name")
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError as error:
        raise IllegalState(
            f"Eine Suche „{view.name}“ haben Sie schon.",
            next_step="Wählen Sie einen anderen Namen.",
        ) from error
    return view, old


def delete_search(user: User, search_id: int) -> SavedView | None:
    """Remove an own search; what is returned is enough to save it again."""
    view = own_search(user, search_id)
    if view is not None:
        delete_view(user, search_id)
    return view


def own_search(user: User, search_id: int) -> SavedView | None:
    """None for missing ones and for those of others alike."""
    rows = SavedView.objects.filter(owner=user, page=ListPage.SEARCH).exclude(name="")
    return rows.filter(pk=search_id).first()


def newest_searchable() -> int:
    """The document up to which all can be found by now; later ones may still be analysed."""
    newest: int = Document.objects.aggregate(newest=Max("pk"))["newest"] or 0
    late = clock.now() - INDEXING
    waiting = Document.objects.filter(indexed_at=None, filed_at__gt=late)
    first: int | None = waiting.aggregate(first=Min("pk"))["first"]
    return newest if first is None else min(newest, first - 1)
