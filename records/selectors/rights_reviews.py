"""The yearly look at the releases of a unit's files: who, why, since, until; and what is due."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Least, TruncDate

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.operations import clock
from records.grants import GRANT_MODELS, Grant, GrantKind, names_group
from records.models import CaseFile, RightsReview

YEARLY = timedelta(days=365)
MOST = 500
"""So many releases one page shows; the oldest come first."""
KINDS = (GrantKind.FILE_GROUP, GrantKind.FILE_USER)


@dataclass(frozen=True, slots=True)
class Release:
    """One release of a file as its reviewer reads it; ``key`` names it in the form."""

    key: str
    grant: Grant
    case_file: CaseFile
    whom: str
    given_by: str
    given_at: datetime | None
    past: bool


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit with the number of its releases and its last review."""

    unit: OrgUnit
    releases: int
    last: datetime | None
    due: bool


def releases_of(unit: OrgUnit, user: Person) -> list[Release]:
    """The releases of the unit's files the person sees, oldest first (at most 500)."""
    rows = [(kind, row) for kind in KINDS for row in _rows(kind, unit, user)]
    rows.sort(key=lambda one: _age(one[1]))
    return _named(rows[:MOST])


def unit_states(user: Person) -> list[UnitState]:
    """The units the person leads, with those below, by code."""
    led = [unit for role, unit in rights_of(user).roles if role == Role.HEAD]
    return _states(led)


def due_units(user: Person) -> list[UnitState]:
    """Units whose yearly review waits for the person as their own head, not as one above."""
    if not rights_of(user).has_role(Role.HEAD):
        return []
    own = Membership.objects.current(clock.today()).filter(
        user=user.pk or 0, unit_role__role=Role.HEAD
    )
    return [
        state for state in _states(list(own.values_list("unit_role__unit", flat=True))) if state.due
    ]


def due_by_day(user: Person) -> QuerySet[OrgUnit]:
    """The same units with the ``day`` their review fell due, in one query: for lists by day."""
    own = Membership.objects.current(clock.today()).filter(
        user=user.pk or 0, unit_role__role=Role.HEAD
    )
    releases = [
        GRANT_MODELS[kind]._default_manager.filter(content_object__lead_unit=OuterRef("pk"))
        for kind in KINDS
    ]
    reviewed = RightsReview.objects.filter(unit=OuterRef("pk")).order_by("-reviewed_at")
    since = Coalesce(Subquery(reviewed.values("reviewed_at")[:1]), Least(*map(_oldest, releases)))
    rows = OrgUnit.objects.filter(
        Exists(releases[0]) | Exists(releases[1]), pk__in=own.values("unit_role__unit")
    ).annotate(since=since)
    due = TruncDate(F("since") + Value(YEARLY), output_field=DateField())
    return rows.filter(Q(since=None) | Q(since__lte=clock.now() - YEARLY)).annotate(
        day=Coalesce(due, Value(clock.today()), output_field=DateField())
    )


def _oldest(releases: QuerySet[Any]) -> Subquery:
    grouped = releases.order_by().values("content_object__lead_unit")
    return Subquery(grouped.annotate(first=Min("granted_at")).values("first"))


def last_review(unit: OrgUnit) -> RightsReview | None:
    rows = RightsReview.objects.filter(unit=unit).select_related("reviewed_by")
    return rows.order_by("-reviewed_at", "-id").first()


def _rows(kind: GrantKind, unit: OrgUnit, user: Person) -> list[Any]:
    files = CaseFile.objects.visible_to(user).filter(lead_unit=unit)
    rows = GRANT_MODELS[kind]._default_manager.filter(content_object__in=files)
    return list(rows.select_related("content_object").order_by("granted_at", "id")[:MOST])


def _age(row: Any) -> tuple[bool, float, int]:
    """Releases of unknown age are the oldest."""
    at = row.granted_at
    return (at is not None, at.timestamp() if at else 0.0, row.pk)


def _named(rows: Sequence[tuple[GrantKind, Any]]) -> list[Release]:
    groups = Group.objects.in_bulk([r.group_id for kind, r in rows if names_group(kind)])
    ids = {r.granted_by_id for _kind, r in rows if r.granted_by_id}
    ids |= {r.user_id for kind, r in rows if not names_group(kind)}
    people = User.objects.in_bulk(list(ids))
    return [_release(kind, row, groups, people) for kind, row in rows]


def _release(
    kind: GrantKind, row: Any, groups: dict[int, Group], people: dict[int, User]
) -> Release:
    group, user = (row.group_id, None) if names_group(kind) else (None, row.user_id)
    grant = Grant(kind, row.pk, row.content_object_id, group, user, row.cause, row.valid_until)
    return Release(
        key=f"{int(kind)}-{row.pk}",
        grant=grant,
        case_file=row.content_object,
        whom=str(groups[group] if group else people[row.user_id]),
        given_by=str(people.get(row.granted_by_id, "")),
        given_at=row.granted_at,
        past=not grant.in_force(clock.today()),
    )


def _states(unit_ids: Collection[int]) -> list[UnitState]:
    """Three queries, however many units."""
    units = OrgUnit.objects.filter(pk__in=unit_ids).order_by("code")
    reviewed = dict(
        RightsReview.objects.filter(unit__in=unit_ids)
        .values_list("unit_id")
        .annotate(Max("reviewed_at"))
    )
    counts: dict[int, int] = {}
    oldest: dict[int, datetime | None] = {}
    for kind in KINDS:
        for unit_id, number, first in _sums(kind, unit_ids):
            counts[unit_id] = counts.get(unit_id, 0) + number
            known = [day for day in (oldest.get(unit_id), first) if day is not None]
            oldest[unit_id] = min(known, default=None)
    return [_state(one, counts, oldest, reviewed.get(one.pk)) for one in units]


def _sums(kind: GrantKind, unit_ids: Collection[int]) -> list[tuple[int, int, datetime | None]]:
    rows = GRANT_MODELS[kind]._default_manager.filter(content_object__lead_unit__in=unit_ids)
    grouped = rows.order_by().values_list("content_object__lead_unit")
    return list(grouped.annotate(Count("pk"), Min("granted_at")))


def _state(
    unit: OrgUnit,
    counts: dict[int, int],
    oldest: dict[int, datetime | None],
    last: datetime | None,
) -> UnitState:
    releases = counts.get(unit.pk, 0)
    since = last or oldest.get(unit.pk)
    due = releases > 0 and (since is None or since <= clock.now() - YEARLY)
    return UnitState(unit, releases, last, due)
