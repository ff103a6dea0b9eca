"""What ends and what is to be handed over when people leave their units on a day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.accounts.models import Membership, OrgUnit, Substitution, User
from goettingen_ecm.operations import clock
from records.choices import CaseFileStatus
from records.grants import GRANT_MODELS, GrantKind
from records.models import CaseFile, CheckOut, StaffMove
from records.policies import FILING_ROLES
from workflows.models import FollowUp

USER_GRANTS = (GrantKind.ENTRY_USER, GrantKind.FILE_USER)
NUMBERS_SHOWN = 20
MOVES_SHOWN = 100


@dataclass(slots=True)
class Ending:
    """What one person has on the day and loses with it; ``grants`` as (kind, row)."""

    memberships: list[Membership] = field(default_factory=list)
    substitutions: list[Substitution] = field(default_factory=list)
    grants: list[tuple[GrantKind, Any]] = field(default_factory=list)

    @property
    def units(self) -> set[int]:
        return {one.unit_role.unit_id for one in self.memberships}


@dataclass(slots=True)
class Effects:
    """The preview of one person's move. Files are told by number: titles are not everybody's."""

    person: User
    ending: Ending
    files: int = 0
    numbers: list[str] = field(default_factory=list)
    follow_ups: int = 0
    check_outs: int = 0

    @property
    def roles(self) -> list[str]:
        return [str(one.unit_role) for one in self.ending.memberships]

    @property
    def more_numbers(self) -> int:
        return self.files - len(self.numbers)


def endings(users: Sequence[User], day: date) -> dict[int, Ending]:
    """By person what is in force on ``day`` or later and began before."""
    found: dict[int, Ending] = {user.pk: Ending() for user in users}
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    begun = Q(valid_from__isnull=True) | Q(valid_from__lt=day)
    held = Membership.objects.filter(lasting, begun, user__in=users).order_by("pk")
    for one in held.select_related("unit_role__unit"):
        found[one.user_id].memberships.append(one)
    for substitution in _substitutions(users, day):
        for user_id in (substitution.represented_id, substitution.deputy_id):
            if user_id in found:
                found[user_id].substitutions.append(substitution)
    for kind in USER_GRANTS:
        _add_grants(kind, lasting, found)
    return found


def _substitutions(users: Sequence[User], day: date) -> Iterable[Substitution]:
    concerned = Q(represented__in=users) | Q(deputy__in=users)
    rows = Substitution.objects.filter(concerned, ended_at__isnull=True, valid_until__gte=day)
    return rows.select_related("represented", "deputy").order_by("pk")


def _add_grants(kind: GrantKind, lasting: Q, found: dict[int, Ending]) -> None:
    """Releases to the person for what the left units (or units below) lead; others stay."""
    rows = GRANT_MODELS[kind]._default_manager.filter(lasting, user__in=list(found))
    for row in rows.select_related("content_object__lead_unit").order_by("pk"):
        unit: OrgUnit | None = row.content_object.lead_unit
        if unit is not None and found[row.user_id].units & set(unit.ancestors):
            found[row.user_id].grants.append((kind, row))


def files_of(users: Sequence[User]) -> QuerySet[CaseFile]:
    """The open files these people work on."""
    return CaseFile.objects.filter(case_worker__in=users, status=CaseFileStatus.ACTIVE)


def follow_ups_of(users: Sequence[User]) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(owner__in=users, done_at__isnull=True)


def check_outs_of(user: User, units: Iterable[int]) -> QuerySet[CheckOut]:
    """The person's locks in files that the units or units below them lead."""
    return CheckOut.objects.filter(
        holder=user, document__case_file__lead_unit__ancestors__overlap=sorted(units)
    )


def effects(users: Sequence[User], day: date) -> list[Effects]:
    """The preview, in seven queries for any number of people."""
    ended = endings(users, day)
    found = {user.pk: Effects(user, ended[user.pk]) for user in users}
    counts = files_of(users).values_list("case_worker", "lead_unit").annotate(n=Count("pk"))
    for user_id, unit_id, number in counts.order_by():
        if unit_id in ended[user_id].units:
            found[user_id].files += number
    _add_numbers(users, found)
    waiting = follow_ups_of(users).values_list("owner", "unit").annotate(n=Count("pk"))
    for owner_id, unit_id, number in waiting.order_by():
        if unit_id in ended[owner_id].units:
            found[owner_id].follow_ups += number
    held = CheckOut.objects.filter(holder__in=users)
    for holder_id, path in held.values_list("holder", "document__case_file__lead_unit__ancestors"):
        found[holder_id].check_outs += bool(ended[holder_id].units & set(path))
    return [found[user.pk] for user in users]


def _add_numbers(users: Sequence[User], found: dict[int, Effects]) -> None:
    shown: dict[int, list[str]] = defaultdict(list)
    rows = files_of(users).filter(
        lead_unit__in={unit for one in found.values() for unit in one.ending.units}
    )
    for user_id, unit_id, number in rows.order_by("aktenzeichen").values_list(
        "case_worker", "lead_unit", "aktenzeichen"
    )[: NUMBERS_SHOWN * len(users)]:
        if unit_id in found[user_id].ending.units and len(shown[user_id]) < NUMBERS_SHOWN:
            shown[user_id].append(number)
    for user_id, numbers in shown.items():
        found[user_id].numbers = numbers


def units_with_people() -> QuerySet[OrgUnit]:
    """Units somebody works in today."""
    held = Membership.objects.current(clock.today())
    return OrgUnit.objects.filter(pk__in=held.values("unit_role__unit")).order_by("code")


def open_units() -> QuerySet[OrgUnit]:
    """Units that are not over."""
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=clock.today())
    return OrgUnit.objects.filter(lasting).order_by("code")


def people_of(unit: OrgUnit) -> QuerySet[User]:
    """Who works in the unit today, in order of names."""
    held = Membership.objects.current(clock.today()).filter(unit_role__unit=unit)
    rows = User.objects.filter(pk__in=held.values("user"), is_active=True, is_technical=False)
    return rows.order_by("sort_key", "pk")


def successors_in(unit: OrgUnit) -> QuerySet[User]:
    """Who could take over files of the unit."""
    held = Membership.objects.current(clock.today()).filter(
        unit_role__unit=unit, unit_role__role__in=FILING_ROLES
    )
    return people_of(unit).filter(pk__in=held.values("user"))


def moves_shown(user: User) -> list[StaffMove]:
    """Planned ones first by day, then the last carried out; for the Fachadministration only."""
    if not may_change_staff(user):
        return []
    rows = StaffMove.objects.select_related("user", "unit_role__unit", "successor", "created_by")
    planned = rows.filter(carried_out_at=None, withdrawn_at=None).order_by("first_day", "pk")
    past = rows.exclude(carried_out_at=None, withdrawn_at=None).order_by("-first_day", "-pk")
    return [*planned[:MOVES_SHOWN], *past[:MOVES_SHOWN]]
