"""A person's favourites, the files last opened, and what is new in watched files."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Greatest

from goettingen_ecm.access.principals import Person, rights_of
from records.models import CaseFile, Document, FileMark, Matter
from records.selectors.case_files import documents_shown

FAVOURITES_SHOWN = 30
OPENED_SHOWN = 8
WATCHED_SHOWN = 50
FILE = ("case_file__uuid", "case_file__aktenzeichen", "case_file__title")


@dataclass(frozen=True, slots=True)
class News:
    """What others did in a watched file since the person last looked; only visible things."""

    case_file: CaseFile
    new_documents: int
    changed_documents: int
    new_matters: int
    file_changes: int

    def __bool__(self) -> bool:
        counts = (self.new_documents, self.changed_documents, self.new_matters, self.file_changes)
        return any(counts)


def mark_of(user: Person, case_file: CaseFile) -> FileMark | None:
    """The person's own mark of the file; one query for all who ask about this instance."""
    own = FileMark.objects.filter(owner_id=user.pk)
    prefetch_related_objects([case_file], Prefetch("marks", own))
    return next(iter(case_file.marks.all()), None)


def _visible_marks(user: Person) -> "QuerySet[FileMark]":
    """Marks of files the person has lost sight of stay, but are silent."""
    scopes = rights_of(user).scope_ids
    rows = FileMark.objects.filter(owner_id=user.pk, case_file__scope__any_of=scopes)
    return rows.select_related("case_file")


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Favourites by number (at most 30) the files last opened, the last one first
    (eight), and whether any file is watched."""

    favourites: Sequence[FileMark]
    opened: Sequence[FileMark]
    watches: bool


def own_files(user: Person) -> OwnFiles:
    """Both lists in one query: all favourites, and the newest of the others."""
    starred = Q(favourite_since__isnull=False)
    newest_first = F("opened_at").desc(nulls_last=True)
    rows = _visible_marks(user).only("opened_at", "favourite_since", "watched_since", *FILE)
    others = rows.filter(favourite_since=None, opened_at__isnull=False).order_by(newest_first)
    watched = Q(watched_since__isnull=False)
    recent = Q(pk__in=others.values("pk")[:OPENED_SHOWN])
    chosen = rows.filter(starred | watched | recent)
    # The others first: many favourites must not push them out of the limit.
    found = list(
        chosen.annotate(is_favourite=ExpressionWrapper(starred, BooleanField())).order_by(
            "is_favourite", newest_first
        )[: FAVOURITES_SHOWN + OPENED_SHOWN + WATCHED_SHOWN]
    )
    favourites = [one for one in found if one.favourite_since][:FAVOURITES_SHOWN]
    opened = sorted(
        (one for one in found if one.opened_at), key=attrgetter("opened_at"), reverse=True
    )
    by_number = sorted(favourites, key=attrgetter("case_file.aktenzeichen"))
    return OwnFiles(by_number, opened[:OPENED_SHOWN], any(one.watched_since for one in found))


def watched(user: Person) -> Sequence[News]:
    """The watched files (at most 50) by number with what is new in each, in one query."""
    rows = _visible_marks(user).filter(watched_since__isnull=False)
    since = Coalesce(Greatest("opened_at", "watched_since"), "watched_since")
    rows = rows.annotate(since=since, **_counts(user)).only(*FILE)
    found: list[Any] = list(rows.order_by("case_file__aktenzeichen")[:WATCHED_SHOWN])
    return [
        News(m.case_file, m.new_documents, m.changed_documents, m.new_matters, m.file_changes)
        for m in found
    ]


def _counts(user: Person) -> dict[str, Coalesce]:
    """Rows of history by others; what is hidden or gone from the file does not count."""
    shown = Exists(documents_shown(user).filter(pk=OuterRef("id")))
    seen = Exists(Matter.objects.visible_to(user).filter(pk=OuterRef("id")))
    documents = Document.history.filter(shown, case_file_id=OuterRef("case_file_id"))
    matters = Matter.history.filter(seen, case_file_id=OuterRef("case_file_id"))
    file = CaseFile.history.filter(id=OuterRef("case_file_id"))
    return {
        "new_documents": _count(user, documents.filter(history_type="+"), "case_file_id"),
        "changed_documents": _count(user, documents.filter(history_type="~"), "case_file_id"),
        "new_matters": _count(user, matters.filter(history_type="+"), "case_file_id"),
        "file_changes": _count(user, file.filter(history_type="~"), "id"),
    }


def _count(user: Person, rows: Any, group: str) -> Coalesce:
    by_others = Q(history_user__isnull=True) | ~Q(history_user_id=user.pk)
    since = OuterRef("since")
    new = rows.filter(by_others, history_date__gt=since).order_by()
    total = new.values(group).annotate(n=Count("id", distinct=True)).values("n")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)
