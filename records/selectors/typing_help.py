"""What may be meant while somebody types into a search field: ten lines, all of them visible.

Everything is found by the beginning in a btree (the cluster's collation is C) and every walk is
bounded: first the rows that begin so are read in order, up to WALKED; only where those do not
suffice, the rows of the person's own scopes are. So a common beginning costs no more than a rare.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.models import din5007_key
from goettingen_ecm.operations import clock
from records.choices import CaseFileStatus, ListPage
from records.models import (
    CaseFile,
    ExternalKey,
    FilePlanEntry,
    FormerNumber,
    Party,
    SavedView,
)
from records.selectors.case_files import STATES_IN_USE
from records.selectors.parties import circles_of, visible_parties
from records.typed_text import clean_line

LEAST_LETTERS = 2
# Two letters of a name are half the city.
LEAST_LETTERS_OF_NAMES = 3
OF_EACH = 4
IN_ALL = 10
ENTRIES = 2
WALKED = 1_000
NUMBERS_WALKED = 200
LONGEST = 100


@dataclass(frozen=True, slots=True)
class NumberedFile:
    """A file and the number it was found by: its own, a former one or a foreign key."""

    number: str
    case_file: CaseFile


@dataclass(frozen=True, slots=True)
class TypingHelp:
    """At most ``IN_ALL`` lines, what is most exact first."""

    numbers: Sequence[NumberedFile] = field(default_factory=list)
    titles: Sequence[CaseFile] = field(default_factory=list)
    saved: Sequence[SavedView] = field(default_factory=list)
    parties: Sequence[Party] = field(default_factory=list)
    entries: Sequence[FilePlanEntry] = field(default_factory=list)


def typing_help(user: Person, typed: str) -> TypingHelp:
    """Numbers, titles and own saved searches that begin so, parties of the person's circles."""
    text = clean_line(typed)[:LONGEST]
    if len(text) < LEAST_LETTERS:
        return TypingHelp()
    numbers = _numbers(user, text)
    known = {one.case_file.pk for one in numbers}
    titles = [one for one in _files(user, "sort_key", din5007_key(text)) if one.pk not in known]
    saved, parties = _saved(user, text), _parties(user, text)
    entries = _entries(text)
    room = IN_ALL - len(numbers) - len(titles) - len(saved) - len(entries)
    return TypingHelp(numbers, titles, saved, parties[: max(room, 0)], entries)


def _entries(text: str) -> list[FilePlanEntry]:
    """Plan entries in force by code, also by one they had in another version of the plan."""
    called = FilePlanEntry.objects.filter(code__startswith=text).values("lineage")
    today = clock.today()
    until = Q(plan__valid_until=None) | Q(plan__valid_until__gte=today)
    rows = FilePlanEntry.objects.filter(until, plan__valid_from__lte=today)
    rows = rows.filter(lineage__in=called[:NUMBERS_WALKED], overflow_of=None)
    return list(rows.order_by("sort_key", "pk")[:ENTRIES])


def _files(user: Person, column: str, begin: str) -> list[CaseFile]:
    """Visible files whose column begins so, in its order."""
    begins = CaseFile.objects.filter(**{f"{column}__startswith": begin})
    if column != "aktenzeichen":
        # By its number a cancelled file is still found (requirements W10).
        begins = begins.exclude(status=CaseFileStatus.CANCELLED)
    walked = list(begins.order_by(column, "pk").values_list("pk", "scope_id")[:WALKED])
    scopes = frozenset(rights_of(user).scope_ids)
    seen = [pk for pk, scope in walked if scope in scopes]
    if len(walked) == WALKED and len(seen) < OF_EACH:
        seen += begins.visible_to(user).values_list("pk", flat=True)[:NUMBERS_WALKED]
    rows = CaseFile.objects.visible_to(user).filter(pk__in=seen)
    return list(_named(rows).order_by(column, "pk")[:OF_EACH]) if seen else []


def _named(rows: "QuerySet[CaseFile]") -> "QuerySet[CaseFile]":
    return rows.only("uuid", "aktenzeichen", "title")


def _numbers(user: Person, text: str) -> list[NumberedFile]:
    """Every file once: by its own number, else by a former one, else by a foreign key."""
    found = {one.pk: NumberedFile(one.aktenzeichen, one) for one in _by_number(user, text)}
    others = _former(text) | _keys(user, text) if len(found) < OF_EACH else {}
    rows = CaseFile.objects.visible_to(user).filter(pk__in=others) if others else []
    for one in rows:
        found.setdefault(one.pk, NumberedFile(others[one.pk], one))
    return list(found.values())[:OF_EACH]


def _by_number(user: Person, text: str) -> list[CaseFile]:
    return _files(user, "aktenzeichen", text)


def _former(text: str) -> dict[int, str]:
    rows = FormerNumber.objects.filter(number__startswith=text).order_by("-number")
    return dict(rows.values_list("case_file_id", "number")[:NUMBERS_WALKED])


def _keys(user: Person, text: str) -> dict[int, str]:
    """Files by foreign keys; the key of a hidden matter or document says nothing."""
    scopes = rights_of(user).scope_ids
    matter = Q(matter=None) | Q(matter__scope__any_of=scopes)
    of_document = Q(document__scope__any_of=scopes, document__status__in=STATES_IN_USE)
    walked = ExternalKey.objects.filter(value__startswith=text).order_by("value")[:NUMBERS_WALKED]
    rows = ExternalKey.objects.filter(matter, Q(document=None) | of_document)
    rows = rows.filter(pk__in=walked.values("pk"), case_file__scope__any_of=scopes)
    return dict(rows.order_by("-value").values_list("case_file_id", "value"))


def _saved(user: Person, text: str) -> list[SavedView]:
    rows = SavedView.objects.filter(owner_id=user.pk, page=ListPage.SEARCH).order_by("name", "pk")
    key = din5007_key(text)
    words = ((row, din5007_key(row.name)) for row in rows[:LONGEST])
    return [row for row, name in words if f" {name}".find(f" {key}") >= 0][:2]


def _parties(user: Person, text: str) -> list[Party]:
    """Parties whose name begins so, looked for in the open circle and in the person's own."""
    key = " ".join(din5007_key(text.replace(",", " ")).split())
    if len(key) < LEAST_LETTERS_OF_NAMES:
        return []
    walks = [
        Party.objects.filter(circle=circle, sort_key__startswith=key, merged_into=None)
        .order_by("sort_key", "pk")
        .values_list("pk", flat=True)[:NUMBERS_WALKED]
        for circle in circles_of(user)
    ]
    walked = list(walks[0].union(*walks[1:], all=True))
    rows = visible_parties(user).filter(pk__in=walked) if walked else Party.objects.none()
    return list(rows.order_by("sort_key", "pk")[:OF_EACH])
