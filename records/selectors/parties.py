"""Who takes part where, and who is the same: only in visible files and inside one circle (D3).

A party is seen by whoever sees a file it takes part in. So a hint, a count or a search result never
says that somebody is known to an office, or to a file, one does not see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Concat
from django.http import Http404

from goettingen_ecm.access.paging import Cursor, Page
from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Circle
from goettingen_ecm.accounts.models import din5007_key
from records import policies
from records.choices import CaseFileStatus
from records.models import CaseFile, Matter, Participation, Party
from records.name_sounds import sound_keys
from records.typed_text import clean_line

FOUND = 25
HINTED = 8
PARTICIPATIONS_SHOWN = 100
# A single letter would walk through half of everybody.
PREFIX_CHARS = 2


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A known party that may be the one typed; ``certain``: same name, same birth date."""

    party: Party
    certain: bool


def circles_of(user: Person) -> list[Circle]:
    """The circles a person may look for parties in, one at a time; the open one first."""
    return [one for one in Circle if one == Circle.NONE or one in rights_of(user).circles]


def _standing(user: Person) -> "QuerySet[Participation]":
    """Participations in visible files and, where they belong to one, visible matters."""
    scopes = rights_of(user).scope_ids
    seen_matter = Q(matter=None) | Q(matter__scope__any_of=scopes)
    return Participation.objects.filter(
        seen_matter, removed_at=None, case_file__scope__any_of=scopes
    )


def visible_parties(user: Person, circle: str | None = None) -> "QuerySet[Party]":
    """Parties of visible files, of one circle if given; merged ones are gone."""
    rows = Party.objects.filter(
        Exists(_standing(user).filter(party=OuterRef("pk")).order_by()), merged_into=None
    )
    return rows if circle is None else rows.filter(circle=circle)


def visible_party(user: Person, uuid: UUID) -> Party:
    """The party of a page, or the one it was merged into. Raises Http404 as for files."""
    named = Party.objects.filter(uuid=uuid).select_related("merged_into").first()
    while named is not None and named.merged_into is not None:
        named = named.merged_into
    found = visible_parties(user).filter(pk=named.pk).first() if named else None
    if found is None:
        raise Http404
    return found


def duplicates_of(
    user: Person, circle: str, name: str, born: date | None, *, besides: Party | None = None
) -> list[Duplicate]:
    """Parties that may be the same person: same name or sound, no other birth date (at most 8)."""
    key = din5007_key(clean_line(name))
    alike = Q(sort_key=key)
    if keys := sound_keys(circle, key):
        alike |= Q(sound_keys__contains=keys, sound_keys__len=len(keys))
    rows = visible_parties(user, circle).filter(alike)
    if besides is not None:
        rows = rows.exclude(pk=besides.pk)
    if born is not None:
        rows = rows.filter(Q(birth_date=born) | Q(birth_date=None))
    same_name = Case(When(sort_key=key, then=0), default=1)
    same_day = Case(When(birth_date=born, then=0), default=1) if born else Value(0)
    found = rows.alias(same_name=same_name, same_day=same_day)
    return [
        Duplicate(one, one.sort_key == key and born is not None and one.birth_date == born)
        for one in found.order_by("same_day", "same_name", "sort_key", "pk")[:HINTED]
    ]


def search_parties(
    user: Person, circle: str, text: str, born: date | None, *, after: str = "", limit: int = FOUND
) -> Page[Party]:
    """Parties whose name begins or sounds so, born that day; those that begin so come first."""
    key = din5007_key(clean_line(text).replace(",", " "))
    key = " ".join(key.split())
    begins = Q(sort_key__startswith=key)
    if len(key) < PREFIX_CHARS and born is None:
        return Page([], None)
    wanted = visible_parties(user, circle)
    if key:
        keys = sound_keys(circle, key)
        wanted = wanted.filter(begins | Q(sound_keys__contains=keys) if keys else begins)
    if born is not None:
        wanted = wanted.filter(birth_date=born)
    rank = Case(When(begins, then=0), default=1, output_field=IntegerField())
    rows = _beyond(wanted.annotate(rank=rank), Cursor.decode(after))
    found: list[Any] = list(rows.order_by("rank", "sort_key", "pk")[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], Cursor(f"{last.rank}{last.sort_key}", last.pk).encode())


def _beyond(rows: Any, cursor: Cursor | None) -> Any:
    if cursor is None or cursor.value[:1] not in ("0", "1"):
        return rows
    rank, key = int(cursor.value[0]), cursor.value[1:]
    later = Q(sort_key__gt=key) | Q(sort_key=key, pk__gt=cursor.pk)
    return rows.filter(Q(rank__gt=rank) | Q(rank=rank) & later)


def participations_in(
    user: Person,
    case_file: CaseFile,
    matter: Matter | None = None,
    *,
    after: str = "",
    limit: int = PARTICIPATIONS_SHOWN,
) -> Page[Participation]:
    """Who takes part in a visible file (in the chosen matter or in all), those who still do first,
    in the order they were entered."""
    rows = _standing(user).filter(case_file=case_file)
    if matter is not None:
        rows = rows.filter(Q(matter=None) | Q(matter=matter))
    ended = Case(When(until=None, then=0), default=1, output_field=IntegerField())
    sorted_rows: Any = rows.select_related("party", "matter").annotate(ended=ended)
    if (cursor := Cursor.decode(after)) is not None and cursor.value in ("0", "1"):
        rank = int(cursor.value)
        beyond = Q(ended__gt=rank) | Q(ended=rank, pk__gt=cursor.pk)
        sorted_rows = sorted_rows.filter(beyond)
    found = list(sorted_rows.order_by("ended", "pk")[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], Cursor(str(last.ended), last.pk).encode())


def participation_history(user: Person, case_file: CaseFile) -> Any:
    """Rows of who was entered and changed in a visible file, those of hidden matters left out.

    ``title`` is the party's name of today.
    """
    seen = Q(matter=None) | Q(matter__scope__any_of=rights_of(user).scope_ids)
    shown = Participation.objects.filter(seen, case_file=case_file)
    rows = Participation.history.filter(seen, case_file_id=case_file.pk, id__in=shown.values("pk"))
    whole = Concat("party__name", Value(", "), "party__first_name")
    return rows.annotate(title=Case(When(party__first_name="", then="party__name"), default=whole))


def participation_in(user: Person, case_file: CaseFile, pk: int) -> Participation:
    """One participation of a visible file. Raises Http404 for missing, removed and hidden."""
    rows = _standing(user).filter(case_file=case_file, pk=pk) if pk < 2**63 else None
    found = rows.select_related("party", "matter").first() if rows is not None else None
    if found is None:
        raise Http404
    return found


def files_of_party(
    user: Person, party: Party, *, after: str = "", limit: int = FOUND
) -> Page[Participation]:
    """The visible files a party takes part in, newest entry first."""
    rows = _standing(user).filter(party=party)
    if (cursor := Cursor.decode(after)) is not None:
        rows = rows.filter(pk__lt=cursor.pk)
    found = list(rows.select_related("case_file", "matter").order_by("-pk")[: limit + 1])
    more = len(found) > limit
    return Page(found[:limit], Cursor("", found[limit - 1].pk).encode() if more else None)


def may_change(user: Person, party: Party) -> bool:
    """Whoever works on an open file the party takes part in; the service asks the same."""
    units = policies.units_to_file_in(user)
    rows = _standing(user).filter(party=party, case_file__lead_unit__in=units)
    return rows.filter(case_file__status=CaseFileStatus.ACTIVE).exists()


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge would do in visible files: moved ones, and those that stay as they are."""

    moved: Sequence[Participation]
    stays: Sequence[Participation]
    more: bool


def merge_preview(user: Person, dropped: Party) -> MergePreview:
    """The visible files of the party that would go up into another one (100 are named)."""
    rows = _standing(user).filter(party=dropped).select_related("case_file", "matter")
    moved: list[Participation] = []
    stays: list[Participation] = []
    found = list(rows.order_by("pk")[: PARTICIPATIONS_SHOWN + 1])
    for one in found[:PARTICIPATIONS_SHOWN]:
        open_to_me = policies.is_open(one.case_file) and policies.can_file_documents(
            user, one.case_file
        )
        (moved if open_to_me else stays).append(one)
    return MergePreview(moved, stays, len(found) > PARTICIPATIONS_SHOWN)
