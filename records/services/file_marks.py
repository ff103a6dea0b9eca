"""Favourites, watched files and the files last opened; one's own marks, no change of a record.

No history and no audit: that a file was opened is in the audit already.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from goettingen_ecm.accounts.models import User
from goettingen_ecm.operations import clock
from records.models import CaseFile, FileMark
from records.selectors.file_marks import mark_of

# Turning pages in a file is one opening; a change after it counts as unseen.
STILL_OPEN = timedelta(minutes=1)


class MarkKind(StrEnum):
    """The word of the address."""

    FAVOURITE = "favorit"
    WATCHED = "beobachten"

    @property
    def field(self) -> str:
        return {"favorit": "favourite_since", "beobachten": "watched_since"}[self]


def set_marks(user: User, files: Sequence[CaseFile], kind: MarkKind, *, on: bool) -> None:
    """Mark files the caller has shown to be visible, or take the mark away; twice is once.

    What changes from now on is news of a watched file that was never opened.
    """
    now = clock.now()
    if not on:
        FileMark.objects.filter(owner=user, case_file__in=files).update(**{kind.field: None})
        return
    FileMark.objects.bulk_create(
        [FileMark(owner=user, case_file=one, **{kind.field: now}) for one in files],
        update_conflicts=True,
        unique_fields=["owner", "case_file"],
        update_fields=[kind.field],
    )


def note_opened(user: User, case_file: CaseFile) -> None:
    """The person looks at the file now: first of the files last opened, its news are seen."""
    mark, now = mark_of(user, case_file), clock.now()
    if mark is not None and mark.opened_at is not None and now - mark.opened_at < STILL_OPEN:
        return
    FileMark.objects.bulk_create(
        [FileMark(owner=user, case_file=case_file, opened_at=now)],
        update_conflicts=True,
        unique_fields=["owner", "case_file"],
        update_fields=["opened_at"],
    )
