"""Substitutions for the page: one's own and those of the people one leads."""

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet

from goettingen_ecm.access import policies
from goettingen_ecm.accounts.models import Membership, OrgUnit, Substitution, UnitRole, User
from goettingen_ecm.operations import clock

SHOWN = 200
OFFERED = 1000


def people_to_represent(user: User) -> QuerySet[User]:
    """The person and everybody in units the person leads, in order of names."""
    led = policies.led_units(user)
    members = Membership.objects.current(clock.today()).filter(unit_role__unit__in=led)
    rows = User.objects.filter(
        Q(pk=user.pk) | Q(pk__in=members.values("user"), is_active=True, is_technical=False)
    )
    return rows.order_by("sort_key", "pk")


def possible_deputies(represented: QuerySet[User]) -> QuerySet[User]:
    """People in service in the department (Dezernat) of those who can be represented."""
    held = Membership.objects.current(clock.today())
    paths = OrgUnit.objects.filter(
        pk__in=held.filter(user__in=represented).values("unit_role__unit")
    ).values_list("ancestors", flat=True)
    departments = sorted({path[:2][-1] for path in paths})
    members = held.filter(unit_role__unit__ancestors__overlap=departments)
    rows = User.objects.filter(pk__in=members.values("user"), is_active=True, is_technical=False)
    return rows.order_by("sort_key", "pk")


def roles_of_people(people: QuerySet[User]) -> QuerySet[UnitRole]:
    held = Membership.objects.current(clock.today()).filter(user__in=people)
    rows = UnitRole.objects.filter(pk__in=held.values("unit_role"))
    return rows.select_related("unit").order_by("unit__code", "role")


def substitutions_of(user: User) -> Sequence[Substitution]:
    """Present and coming ones that concern the person or the people the person leads."""
    concerned = Q(represented__in=people_to_represent(user).values("pk")) | Q(deputy=user)
    rows = Substitution.objects.filter(
        concerned | Q(created_by=user), ended_at__isnull=True, valid_until__gte=clock.today()
    )
    rows = rows.select_related("represented", "deputy", "unit_role__unit")
    return list(rows.order_by(F("valid_from"), "pk")[:SHOWN])
