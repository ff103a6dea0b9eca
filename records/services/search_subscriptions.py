"""Who is told by mail what is new in which saved search. It changes no record: no audit."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from goettingen_ecm.operations.refusals import IllegalState, InvalidInput
from records.choices import ListPage, MailRhythm
from records.models import SavedView, SearchSubscription
from records.services.saved_searches import newest_searchable, own_search


def subscribe(
    user: User, search_id: int, rhythm: str, *, with_substitutions: bool = False
) -> SavedView | None:
    """Tell the person from now on; what is there already is not told. None: no such own search.

    Raises InvalidInput (no such rhythm), IllegalState (no address to write to).
    """
    view = own_search(user, search_id)
    if view is None:
        return None
    if rhythm not in MailRhythm.values:
        raise InvalidInput("Bitte wählen Sie, wie oft Sie eine E-Mail möchten.", field="rhythmus")
    if not user.email:
        raise IllegalState(
            "Für Sie ist keine E-Mail-Adresse hinterlegt.",
            next_step="Die Administration kann sie eintragen.",
        )
    chosen = {"rhythm": rhythm, "with_substitutions": with_substitutions}
    fresh = {"counted_document_id": newest_searchable(), "counted_on": clock.today()}
    SearchSubscription.objects.update_or_create(
        search=view, defaults=chosen, create_defaults=chosen | fresh
    )
    return view


def unsubscribe(user: User, search_id: int) -> SavedView | None:
    """No mails about this search any more. None: no such own search."""
    view = own_search(user, search_id)
    if view is not None:
        SearchSubscription.objects.filter(search=view).delete()
    return view


def own_subscriptions(user: User) -> Sequence[SearchSubscription]:
    """The person's subscriptions by the name of their search."""
    rows = SearchSubscription.objects.filter(search__owner=user, search__page=ListPage.SEARCH)
    return list(rows.select_related("search").order_by("search__name"))


def due(today: date) -> Q:
    """Not counted today, or not in this week."""
    monday = today - timedelta(days=today.weekday())
    daily = Q(rhythm=MailRhythm.DAILY, counted_on__lt=today)
    return daily | Q(rhythm=MailRhythm.WEEKLY, counted_on__lt=monday)


def people_due(today: date, after: int) -> list[int]:
    """Ids of people a count is due for, from the one after ``after`` on: who may log in and has
    an address."""
    owners = User.objects.filter(pk__gt=after, is_active=True, is_technical=False).exclude(email="")
    rows = SearchSubscription.objects.filter(due(today), search__owner__in=owners)
    ids = rows.values_list("search__owner_id", flat=True).order_by("search__owner_id")
    return list(ids.distinct())


def take_due(user: User, today: date) -> Sequence[SearchSubscription]:
    """The person's due subscriptions, locked; none while another worker has them."""
    rows = SearchSubscription.objects.filter(due(today), search__owner=user)
    locked = rows.select_for_update(skip_locked=True, of=("self",))
    return list(locked.select_related("search").order_by("search_id"))


def mark_counted(rows: Sequence[SearchSubscription], until: int, today: date) -> None:
    """New is from now on what comes after document ``until``."""
    keys = [row.pk for row in rows]
    with transaction.atomic():
        SearchSubscription.objects.filter(pk__in=keys).update(
            counted_document_id=until, counted_on=today
        )


def mark_uncounted(rows: Sequence[SearchSubscription]) -> None:
    """As they were when they were taken: nobody has heard of what was counted."""
    SearchSubscription.objects.bulk_update(rows, ["counted_document_id", "counted_on"])


def in_words(user: User, search_id: int) -> str:
    """The subscription of an own search as the way back of its deletion says it; empty for none."""
    rows = SearchSubscription.objects.filter(search__owner=user, search_id=search_id)
    return "".join(
        f"{one.rhythm}.{one.with_substitutions:d}.{one.counted_document_id}" for one in rows
    )


def subscribe_again(view: SavedView, words: str) -> None:
    """What ``in_words`` said; anything else says nothing."""
    rhythm, deputising, counted = ([*words.split("."), "", ""])[:3]
    if rhythm not in MailRhythm.values or not (counted.isascii() and counted.isdigit()):
        return
    SearchSubscription.objects.get_or_create(
        search=view,
        defaults={
            "rhythm": rhythm,
            "with_substitutions": deputising == "1",
            "counted_document_id": min(int(counted[:18]), newest_searchable()),
            "counted_on": clock.today(),
        },
    )
