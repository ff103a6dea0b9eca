"""Explicit grants as principals: whoever a grant names holds it while it is in force.

A scope names the grant, not the person or group behind it. So a grant that is revoked or past its
last day ends at once, for any number of files and for search, without touching one of them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from django.db import models
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Cast

from goettingen_ecm.access import principal_ids
from goettingen_ecm.access.principals import Holder
from records.models import (
    CaseFileGroupGrant,
    CaseFileUserGrant,
    PlanEntryGroupGrant,
    PlanEntryUserGrant,
)

VIEW_PERMISSIONS = ("view_casefile", "view_fileplanentry")


class GrantKind(IntEnum):
    """The four tables; the numbers are part of stored principals."""

    ENTRY_GROUP = 0
    ENTRY_USER = 1
    FILE_GROUP = 2
    FILE_USER = 3


GRANT_MODELS: dict[GrantKind, type[Any]] = {
    GrantKind.ENTRY_GROUP: PlanEntryGroupGrant,
    GrantKind.ENTRY_USER: PlanEntryUserGrant,
    GrantKind.FILE_GROUP: CaseFileGroupGrant,
    GrantKind.FILE_USER: CaseFileUserGrant,
}


@dataclass(frozen=True, slots=True)
class Grant:
    """An explicit grant as the rights need it: one of ``group_id`` and ``user_id`` is set."""

    kind: GrantKind
    pk: int
    object_id: int
    group_id: int | None
    user_id: int | None
    cause: str
    valid_until: date | None

    def principal(self, circle: str) -> int:
        """What a scope of that circle stores for this grant."""
        return principal_ids.grant(self.kind, self.pk, circle)

    def in_force(self, day: date) -> bool:
        """Both ends inclusive: the last day still counts."""
        return self.valid_until is None or self.valid_until >= day


def names_group(kind: GrantKind) -> bool:
    return kind in (GrantKind.ENTRY_GROUP, GrantKind.FILE_GROUP)


def of_objects(kinds: Iterable[GrantKind], object_ids: Iterable[int]) -> list[Grant]:
    """All viewing grants on these entries or files, also past ones, oldest first."""
    ids = list(object_ids)
    return of_kinds(dict.fromkeys(kinds, ids))


def of_kinds(wanted: Mapping[GrantKind, Collection[int]]) -> list[Grant]:
    """The same for entries and files at once: by kind the ids of the objects; one query."""
    parts = [_of_kind(kind, ids) for kind, ids in wanted.items() if ids]
    if not parts:
        return []
    rows = parts[0].union(*parts[1:], all=True)
    found = (Grant(GrantKind(kind), *values) for kind, *values in rows)
    places = {kind: place for place, kind in enumerate(wanted)}
    return sorted(found, key=lambda grant: (places[grant.kind], grant.pk))


def _of_kind(kind: GrantKind, ids: Collection[int]) -> QuerySet[Any, Any]:
    nobody = Cast(Value(None), models.BigIntegerField())
    group, user = (F("group_id"), nobody) if names_group(kind) else (nobody, F("user_id"))
    own = _marked(kind).filter(content_object_id__in=list(ids))
    named = own.annotate(of_group=group, of_user=user)
    rows: QuerySet[Any, Any] = named.values_list(
        "kind", "id", "content_object_id", "of_group", "of_user", "cause", "valid_until"
    )
    return rows


def held_by(holder: Holder) -> list[int]:
    """The principals of all grants in force that name the person or one of the groups."""
    parts = [_held(kind, holder) for kind in GrantKind]
    rows = parts[0].union(*parts[1:], all=True)
    circles = ("", *sorted(holder.circles))
    return [principal_ids.grant(kind, pk, circle) for kind, pk in rows for circle in circles]


def _held(kind: GrantKind, holder: Holder) -> QuerySet[Any, tuple[int, int]]:
    named = Q(group_id__in=holder.groups) if names_group(kind) else Q(user_id=holder.user_id)
    in_force = Q(valid_until__isnull=True) | Q(valid_until__gte=holder.day)
    rows: QuerySet[Any, tuple[int, int]] = (
        _marked(kind).filter(named, in_force).values_list("kind", "id")
    )
    return rows


def _marked(kind: GrantKind) -> QuerySet[Any]:
    rows: QuerySet[Any] = _viewing(kind).annotate(kind=Value(int(kind), models.IntegerField()))
    return rows


def _viewing(kind: GrantKind) -> QuerySet[Any]:
    rows: QuerySet[Any] = GRANT_MODELS[kind]._default_manager.filter(
        permission__codename__in=VIEW_PERMISSIONS
    )
    return rows
