"""Mails about saved searches: how much is new, and where to look. Never a title, name or snippet.

PostgreSQL is the queue: a subscription is due until it was counted on this day (in this week), so a
mail that cannot be sent now is tried again by the next call, and nobody gets one twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from time import monotonic

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goettingen_ecm.access.principals import rights_of, without_substitutions
from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from records.models import SearchSubscription
from records.saved_searches_desk import kept_searches
from records.selectors.search_news import News, news_of
from records.services.saved_searches import newest_searchable
from records.services.search_subscriptions import (
    mark_counted,
    mark_uncounted,
    people_due,
    take_due,
)
from workflows import calendar

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """``last``: the person to go on after, None when everybody had their turn."""

    sent: int = 0
    failed: int = 0
    last: int | None = None


def send_due(*, seconds: float, after: int = 0) -> Run:
    """Write to everybody for whom something new is due today; on working days only.

    A mail that fails stops no other one; its person stays due.
    """
    today = clock.today()
    if not calendar.load().is_working_day(today):
        return Run()
    end, sent, failed = monotonic() + seconds, 0, 0
    for person_id in people_due(today, after):
        try:
            sent += write_to(person_id, today)
        except (OSError, DatabaseError) as error:
            if connection.connection is None or connection.connection.closed:
                raise
            failed += 1
            logger.warning("search mail postponed", person=person_id, error=type(error).__name__)
        if monotonic() > end:
            return Run(sent, failed, person_id)
    return Run(sent, failed)


def write_to(person_id: int, today: date) -> bool:
    """Count, then send with no transaction open; False when nothing is new or due any more.

    Raises OSError (smtplib's errors are such) when the server does not take the mail; the
    subscriptions are due again then.
    """
    with transaction.atomic():
        person = User.objects.get(pk=person_id)
        rows = take_due(person, today)
        until = newest_searchable()
        found = [(row, news) for row, news in _counted(person, rows, until) if news.count]
        mark_counted(rows, until, today)
    try:
        if found:
            _mail(person, found).send()
    except OSError:
        mark_uncounted(rows)
        raise
    return bool(found)


def _counted(
    person: User, rows: Sequence[SearchSubscription], until: int
) -> list[tuple[SearchSubscription, News]]:
    """New hits since the last mail or the last look, whichever is later."""
    if not rights_of(person).roles:
        return []
    alone = without_substitutions(person)
    found: list[tuple[SearchSubscription, News]] = []
    for user, with_substitutions in ((alone, False), (person, True)):
        mine = [row for row in rows if row.with_substitutions is with_substitutions]
        views = [row.search for row in mine]
        seen = [max(row.counted_document_id, row.search.seen_document_id or 0) for row in mine]
        news = news_of(user, kept_searches(user, views, seen), until=until)
        found += zip(mine, news, strict=True)
    return sorted(found, key=lambda pair: pair[0].pk)


def _mail(person: User, found: Sequence[tuple[SearchSubscription, News]]) -> EmailMessage:
    manage = absolute(reverse("search-mails"))
    lines = [
        {"count": _said(news), "url": absolute(reverse("saved-search", args=[row.pk]))}
        for row, news in found
    ]
    return EmailMessage(
        subject=_("eAkte: Neues in Ihren gespeicherten Suchen"),
        body=render_to_string("records/search_mail.txt", {"lines": lines, "manage_url": manage}),
        to=[person.email],
        # Answering machines keep quiet; mail programs offer the way out themselves.
        headers={"Auto-Submitted": "auto-generated", "List-Unsubscribe": f"<{manage}>"},
    )


def _said(news: News) -> str:
    counted = ngettext("%(n)s neuer Treffer", "%(n)s neue Treffer", news.count) % {"n": news.count}
    return _("mindestens %(counted)s") % {"counted": counted} if news.at_least else counted


def absolute(path: str) -> str:
    """The address as it is reached from a mail."""
    return f"{settings.SITE_ADDRESS.rstrip('/')}{path}"
