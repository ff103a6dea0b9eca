"""Follow-ups as lists show them: with their targets, in pages, by what is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from goettingen_ecm.access.paging import Cursor
from goettingen_ecm.access.principals import Person
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, UnitRole, User, name_columns
from goettingen_ecm.operations import clock
from workflows import policies
from workflows.models import FollowUp
from workflows.querysets import with_visible_target
from workflows.targets import Target, sources

OVERDUE, TODAY, WEEK, LATER = "overdue", "today", "week", "later"
DUE, THIS_WEEK, OPEN, DONE = "faellig", "woche", "offen", "erledigt"
GIVEN_ROLES = (Role.CLERK, Role.HEAD, Role.SECRETARIAT, Role.REGISTRY)
SHOWN_ON_TARGET = 50
OWN_COLUMNS = [field.name for field in FollowUp._meta.concrete_fields]


@dataclass(frozen=True, slots=True)
class Listed:
    """A follow-up with its target as the person sees it; ``when`` is one of the four words above."""

    item: FollowUp
    target: Target
    when: str

    @property
    def open(self) -> bool:
        return self.item.done_at is None


@dataclass(frozen=True, slots=True)
class ListedPage:
    """Rows of one page and the cursor of the next one (None on the last)."""

    rows: Sequence[Listed]
    next_cursor: str | None


def week_end(today: date) -> date:
    """The Sunday of this week."""
    return today + timedelta(days=6 - today.weekday())


def when(due_on: date, today: date) -> str:
    """How urgent a day is, seen from today."""
    if due_on < today:
        return OVERDUE
    if due_on == today:
        return TODAY
    return WEEK if due_on <= week_end(today) else LATER


def follow_ups_page(
    mine: "QuerySet[FollowUp]",
    user: Person,
    part: str,
    *,
    after: Cursor | None = None,
    limit: int = 50,
) -> ListedPage:
    """A page of the person's list (``in_the_list_of``): open by their day, done newest first."""
    rows = _of_part(mine, part)
    column = "done_at" if part == DONE else "due_on"
    rows = _beyond(rows, column, after)
    sign = "-" if part == DONE else ""
    found = list(_with_names(rows).order_by(f"{sign}{column}", f"{sign}pk")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    cursor = Cursor(str(getattr(last, column)), last.pk).encode() if last else None
    return ListedPage(listed(user, found[:limit]), cursor)


def _beyond(rows: "QuerySet[FollowUp]", column: str, after: Cursor | None) -> "QuerySet[FollowUp]":
    field = next(f for f in FollowUp._meta.concrete_fields if f.name == column)
    start = after.typed_for(field) if after else None
    if start is None:
        return rows
    side = "lt" if column == "done_at" else "gt"
    beyond = Q(**{f"{column}__{side}": start[0]}) | Q(**{column: start[0], f"pk__{side}": start[1]})
    return rows.filter(beyond)


def due_soon(user: Person, *, limit: int) -> Sequence[Listed]:
    """Open ones up to the end of this week, the oldest first.

    Whose target is hidden falls out when the targets are named; only where that leaves too few is
    sight asked for in SQL, for naming all scopes of all kinds of targets costs more than the rest.
    """
    first = FollowUp.objects.filter(policies.addressed_to(user))
    read = _soonest(first, 2 * limit)
    shown = listed(user, read)
    if len(shown) < limit and len(read) == 2 * limit:
        shown = listed(user, _soonest(with_visible_target(first, user), limit))
    return shown[:limit]


def _soonest(rows: "QuerySet[FollowUp]", limit: int) -> list[FollowUp]:
    return list(_with_names(_of_part(rows, THIS_WEEK)).order_by("due_on", "pk")[:limit])


def counts(mine: "QuerySet[FollowUp]") -> Mapping[str, int]:
    """How many open ones of the person's list are in each part."""
    today = clock.today()
    rows = mine.filter(done_at__isnull=True)
    found: Mapping[str, int] = rows.aggregate(
        **{
            DUE: Count("pk", filter=Q(due_on__lte=today)),
            THIS_WEEK: Count("pk", filter=Q(due_on__lte=week_end(today))),
            OPEN: Count("pk"),
        }
    )
    return found


def open_ones_of(
    *objects: "tuple[str, QuerySet[Any, Any] | Sequence[int]]",
) -> Sequence[FollowUp]:
    """Open follow-ups of objects the caller has found visible, whoever they are for.

    Each of ``objects`` is a type and ids; one query, by the index on the objects.
    """
    parts = [
        FollowUp.objects.filter(object_type=kind, object_id__in=ids, done_at__isnull=True)
        .order_by()
        .values("pk")
        for kind, ids in objects
    ]
    rows = FollowUp.objects.filter(pk__in=parts[0].union(*parts[1:], all=True))
    return list(_with_names(rows).order_by("due_on", "pk")[:SHOWN_ON_TARGET])


def chosen(user: Person, uuids: Iterable[UUID]) -> list[FollowUp]:
    """The follow-ups of a form, as far as their targets are visible."""
    rows = with_visible_target(FollowUp.objects.filter(uuid__in=list(uuids)), user)
    return list(rows.order_by("due_on", "pk"))


def listed(user: Person, rows: Sequence[FollowUp]) -> list[Listed]:
    """Rows with their targets: one query per kind of object that occurs."""
    names: dict[tuple[str, int], Target] = {}
    for source in sources.entries():
        ids = {one.object_id for one in rows if one.object_type == source.object_type}
        for pk, target in (source.describe(user, ids) if ids else {}).items():
            names[source.object_type, pk] = target
    return with_targets(rows, names)


def with_targets(rows: Sequence[FollowUp], names: Mapping[tuple[str, int], Target]) -> list[Listed]:
    """Rows with the targets given by type and id; one without a target is left out."""
    today = clock.today()
    return [
        Listed(one, names[key], when(one.due_on, today))
        for one in rows
        if (key := (one.object_type, one.object_id)) in names
    ]


def roles_to_choose(user: User) -> QuerySet[UnitRole]:
    """For whom beside oneself a person can create follow-ups: the roles of the own units."""
    held = Membership.objects.current(clock.today()).filter(user=user)
    own = Q(pk__in=policies.own_roles(user)) | Q(role__in=GIVEN_ROLES)
    rows = UnitRole.objects.filter(own, unit__in=held.values("unit_role__unit"))
    return rows.select_related("unit").order_by("unit__code", "role")


def _of_part(rows: "QuerySet[FollowUp]", part: str) -> "QuerySet[FollowUp]":
    if part == DONE:
        return rows.filter(done_at__isnull=False)
    rows = rows.filter(done_at__isnull=True)
    last = {DUE: clock.today(), THIS_WEEK: week_end(clock.today())}.get(part)
    return rows if last is None else rows.filter(due_on__lte=last)


def _with_names(rows: "QuerySet[FollowUp]") -> "QuerySet[FollowUp]":
    people = ("owner", "done_by")
    role = ("owner_role__role", "owner_role__group", "owner_role__unit__code")
    return rows.select_related(*people, "owner_role__unit").only(
        *OWN_COLUMNS, *role, *name_columns(*people)
    )
