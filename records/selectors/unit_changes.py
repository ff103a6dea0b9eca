"""What a merge or split of a unit takes along; what is planned and what was carried out (S7)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.accounts.models import Membership, OrgUnit, Substitution, User
from records.choices import CaseFileStatus, IncomingState, MatterStatus, UnitChangeKind
from records.grants import GRANT_MODELS, GrantKind
from records.models import CaseFile, CheckOut, Document, FilePlanEntry, IncomingItem, Matter
from records.models.unit_change import PLANNED, UnitChange
from records.unit_followers import unit_followers
from workflows.models import FollowUp

GROUP_GRANTS = (GrantKind.ENTRY_GROUP, GrantKind.FILE_GROUP)
USER_GRANTS = (GrantKind.ENTRY_USER, GrantKind.FILE_USER)
NUMBERS_SHOWN = 20
CHANGES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Going:
    """What leaves a unit: these people, and all of its work or the chosen entries and files.

    ``lineages`` are plan entries in whichever version of the plan, ``files`` ids.
    """

    unit: OrgUnit
    kind: UnitChangeKind
    people: Sequence[int] = ()
    lineages: Sequence[UUID] = ()
    files: Sequence[int] = ()

    @property
    def everything(self) -> bool:
        """The unit is dissolved."""
        return self.kind == UnitChangeKind.MERGE

    def stored(self) -> dict[str, Any]:
        """As the change keeps it."""
        lineages = sorted(map(str, self.lineages))
        return {
            "people": sorted(self.people),
            "lineages": lineages,
            "files": sorted(self.files),
        }


def going_of(change: UnitChange) -> Going:
    """What a planned change takes along."""
    chosen = change.selection
    lineages = [UUID(one) for one in chosen["lineages"]]
    kind = UnitChangeKind(change.kind)
    return Going(change.unit, kind, chosen["people"], lineages, chosen["files"])


def files_going(going: Going) -> QuerySet[CaseFile]:
    """Closed and destroyed ones too: what the unit had stays found."""
    rows = CaseFile.objects.filter(lead_unit=going.unit)
    if going.everything:
        return rows
    chosen = Q(entry__lineage__in=going.lineages) | Q(
        entry__overflow_of__lineage__in=going.lineages
    )
    return rows.filter(chosen | Q(pk__in=going.files))


def files_seen_anew(going: Going) -> QuerySet[CaseFile]:
    """The files that go, and those of units that get another unit above them."""
    rows = CaseFile.objects.filter(pk__in=files_going(going).order_by().values("pk"))
    below = [unit.pk for unit in units_below(going)]
    if not below:
        return rows
    led = OrgUnit.objects.filter(ancestors__overlap=below)
    return CaseFile.objects.filter(Q(pk__in=rows.values("pk")) | Q(lead_unit__in=led))


def entries_going(going: Going) -> QuerySet[FilePlanEntry]:
    """Entries whose new files the unit leads, in every version of the plan."""
    rows = FilePlanEntry.objects.filter(lead_unit=going.unit)
    return rows if going.everything else rows.filter(lineage__in=going.lineages)


def follow_ups_going(going: Going) -> QuerySet[FollowUp]:
    """Open ones of the unit: all, or those on files that go with everything in them."""
    rows = FollowUp.objects.filter(unit=going.unit, done_at=None)
    if going.everything:
        return rows
    files = files_going(going).order_by().values("pk")
    return rows.filter(
        Q(object_type="records.casefile", object_id__in=files)
        | Q(
            object_type="records.matter",
            object_id__in=Matter.objects.filter(case_file__in=files).values("pk"),
        )
        | Q(
            object_type="records.document",
            object_id__in=Document.objects.filter(case_file__in=files).values("pk"),
        )
    )


def incoming_going(going: Going) -> QuerySet[IncomingItem]:
    """What waits in the basket; a split leaves it to the unit that stays."""
    rows = IncomingItem.objects.filter(unit=going.unit, state=IncomingState.OPEN)
    return rows if going.everything else rows.none()


def memberships_ending(going: Going, day: date) -> QuerySet[Membership]:
    """Roles in the unit that are in force on the day: everybody's, or those of who goes."""
    lasting = Q(valid_until=None) | Q(valid_until__gte=day)
    rows = Membership.objects.filter(lasting, unit_role__unit=going.unit)
    rows = rows if going.everything else rows.filter(user__in=going.people)
    return rows.select_related("user", "unit_role__unit").order_by("pk")


def substitutions_ending(going: Going, day: date) -> QuerySet[Substitution]:
    """Those for a single role in the unit; one for all roles goes with the person by itself."""
    rows = Substitution.objects.filter(
        unit_role__unit=going.unit, ended_at=None, valid_until__gte=day
    )
    rows = rows if going.everything else rows.filter(represented__in=going.people)
    return rows.select_related("represented", "deputy", "unit_role").order_by("pk")


def grants_ending(going: Going, leavers: Sequence[int], day: date) -> list[tuple[GrantKind, Any]]:
    """Releases to single people for what their unit (or one below) keeps after they left."""
    lasting = Q(valid_until=None) | Q(valid_until__gte=day)
    left = Q(content_object__lead_unit__ancestors__contains=[going.unit.pk])
    found: list[tuple[GrantKind, Any]] = []
    for kind in USER_GRANTS:
        goes = files_going(going) if kind == GrantKind.FILE_USER else entries_going(going)
        with_it = Q(content_object__in=goes.order_by().values("pk"), user__in=going.people)
        rows = GRANT_MODELS[kind]._default_manager.filter(lasting, left, user__in=leavers)
        found += [(kind, row) for row in rows.exclude(with_it).order_by("pk")]
    return found


def group_grants_of(going: Going) -> dict[GrantKind, list[Any]]:
    """Releases to roles of a unit that is dissolved; a split leaves them."""
    if not going.everything:
        return {}
    rows = {
        kind: GRANT_MODELS[kind]._default_manager.filter(group__unit_role__unit=going.unit)
        for kind in GROUP_GRANTS
    }
    return {
        kind: list(found.select_related("group__unit_role").order_by("pk"))
        for kind, found in rows.items()
    }


def check_outs_ending(going: Going, leavers: Sequence[int]) -> QuerySet[CheckOut]:
    """Locks of people in files of the unit they left without them."""
    rows = CheckOut.objects.filter(holder__in=leavers, document__case_file__lead_unit=going.unit)
    files = files_going(going).order_by().values("pk")
    with_it = Q(holder__in=going.people, document__case_file__in=files)
    return rows.exclude(with_it).select_related("document").order_by("document")


@dataclass(slots=True)
class Person:
    """Somebody whose roles in the unit end; ``goes`` along into the same roles."""

    user: User
    roles: list[str]
    goes: bool


@dataclass(slots=True)
class Inventory:
    """The preview in numbers. Files are told by number: titles are not everybody's."""

    files_open: int = 0
    files_closed: int = 0
    numbers: list[str] = field(default_factory=list)
    matters: int = 0
    follow_ups: int = 0
    incoming: int = 0
    entries: int = 0
    releases: int = 0
    check_outs: int = 0
    people: list[Person] = field(default_factory=list)
    substitutions: list[Substitution] = field(default_factory=list)
    units_below: list[OrgUnit] = field(default_factory=list)
    further: list[tuple[str, int]] = field(default_factory=list)

    @property
    def more_numbers(self) -> int:
        return self.files_open + self.files_closed - len(self.numbers)


def inventory(going: Going, day: date) -> Inventory:
    """What moves, in about ten queries for any number of files."""
    files = files_going(going)
    states = dict(files.order_by().values_list("status").annotate(n=Count("pk")))
    numbers = files.order_by("aktenzeichen").values_list("aktenzeichen", flat=True)
    active = files.filter(status=CaseFileStatus.ACTIVE).order_by().values("pk")
    people = people_leaving(going, day)
    leavers = [one.user.pk for one in people]
    return Inventory(
        files_open=states.pop(CaseFileStatus.ACTIVE, 0),
        files_closed=sum(states.values()),
        numbers=list(numbers[:NUMBERS_SHOWN]),
        matters=Matter.objects.filter(case_file__in=active, status=MatterStatus.ACTIVE).count(),
        follow_ups=follow_ups_going(going).count(),
        incoming=incoming_going(going).count(),
        entries=entries_going(going).values("lineage").distinct().count(),
        releases=sum(len(rows) for rows in group_grants_of(going).values()),
        check_outs=check_outs_ending(going, leavers).count(),
        people=people,
        substitutions=list(substitutions_ending(going, day)),
        units_below=units_below(going),
        further=_further(going),
    )


def _further(going: Going) -> list[tuple[str, int]]:
    """What upper layers have of a dissolved unit, by its German name."""
    followers = unit_followers.entries() if going.everything else ()
    return [(str(one.label), one.count(going.unit)) for one in followers]


def people_leaving(going: Going, day: date) -> list[Person]:
    """In order of names."""
    found: dict[int, Person] = {}
    for one in memberships_ending(going, day):
        goes = one.user_id in set(going.people)
        row = found.setdefault(one.user_id, Person(one.user, [], goes))
        row.roles.append(one.unit_role.get_role_display())
    return sorted(found.values(), key=lambda one: (one.user.sort_key, one.user.pk))


def units_below(going: Going) -> list[OrgUnit]:
    """Units that need another one above them when this one is dissolved."""
    return list(going.unit.children.order_by("code")) if going.everything else []


@dataclass(frozen=True, slots=True)
class EntryChoice:
    """A plan entry in which the unit leads files or would lead new ones."""

    lineage: UUID
    label: str
    files: int


def entry_choices(unit: OrgUnit) -> list[EntryChoice]:
    """By code; continuations of full entries go with the entry they continue."""
    counts: dict[int, int] = dict(
        CaseFile.objects.filter(lead_unit=unit)
        .order_by()
        .values_list("entry")
        .annotate(Count("pk"))
    )
    rows = FilePlanEntry.objects.filter(Q(pk__in=counts) | Q(lead_unit=unit))
    found: dict[UUID, EntryChoice] = {}
    for entry in rows.select_related("overflow_of", "plan").order_by("plan__valid_from", "pk"):
        first = entry.overflow_of or entry
        known = found.get(first.lineage)
        number = counts.get(entry.pk, 0) + (known.files if known else 0)
        found[first.lineage] = EntryChoice(first.lineage, str(first), number)
    return sorted(found.values(), key=lambda one: one.label)


def staff_of(unit: OrgUnit, day: date) -> QuerySet[User]:
    """Everybody who holds a role in the unit on the day."""
    held = Membership.objects.current(day).filter(unit_role__unit=unit)
    rows = User.objects.filter(pk__in=held.values("user"), is_technical=False)
    return rows.order_by("sort_key", "pk")


def changes_shown(user: User) -> list[UnitChange]:
    """Planned ones first by day, then the last carried out; for the Fachadministration only."""
    if not may_change_staff(user):
        return []
    rows = UnitChange.objects.select_related("unit", "target", "created_by", "job")
    past = rows.exclude(carried_out_at=None).order_by("-first_day", "-pk")
    return [
        *rows.filter(PLANNED).order_by("first_day", "pk")[:CHANGES_SHOWN],
        *past[:CHANGES_SHOWN],
    ]


def files_left(changes: Sequence[UnitChange]) -> dict[int, int]:
    """By dissolved unit whose day has come how many files it still has."""
    units = [one.unit_id for one in changes if one.carried_out_at and is_merge(one)]
    held = CaseFile.objects.filter(lead_unit__in=units).order_by()
    return dict(held.values_list("lead_unit_id").annotate(n=Count("pk")))


def is_merge(change: UnitChange) -> bool:
    return bool(change.kind == UnitChangeKind.MERGE)
