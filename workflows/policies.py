"""Whose follow-ups stand in a person's list (requirements W5), and who may act on them.

The policy in one place (handbook "Wiedervorlagen"):

1. A follow-up for a person stands in that person's list, one for a role of a unit in the list of
   everybody who holds the role.
2. Nobody sees a follow-up whose target is not visible to him, neither title nor reason nor date.
3. It also stands in the list of the unit's head: once it has been overdue for
   ``FOLLOW_UP_ESCALATION_DAYS`` working days; from the due day on when its person left the unit or
   the house. So nothing waits unseen: what its own person may no longer see (moved away, excluded,
   file made confidential) cannot be done there, grows overdue and reaches the head.
4. "The head" is the nearest Leitung in office: of the unit itself, else of the one above.
5. Whoever has it in the list may complete, postpone and reopen it.
"""

from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from workflows import calendar


def addressed_to(user: Person) -> Q:
    """Condition on follow-ups: rules 1, 3 and 4 (rule 2 is ``querysets.with_visible_target``)."""
    if not isinstance(user, User):
        return Q(pk__in=[])
    roles = own_roles(user).values("pk")
    return Q(owner=user) | Q(owner_role__in=roles) | _escalated_to(user)


def own_roles(user: User) -> QuerySet[UnitRole]:
    """The roles the person holds today, not those led from above."""
    held = Membership.objects.current(clock.today()).filter(user=user)
    return UnitRole.objects.filter(pk__in=held.values("unit_role"))


def may_give_to_role(user: Person, role: UnitRole) -> bool:
    """One's own unit, or one below that one leads."""
    return any(unit == role.unit_id for _role, unit in rights_of(user).roles)


def _escalated_to(user: User) -> Q:
    led = led_units(user)
    if not led:
        return Q(pk__in=[])
    today = clock.today()
    latest = calendar.load().latest_passed(today, settings.FOLLOW_UP_ESCALATION_DAYS)
    return Q(unit__in=led) & (Q(due_on__lte=latest) | Q(due_on__lte=today) & _left_alone(today))


def _left_alone(today: date) -> Q:
    """Its person is no longer in the unit or the house."""
    still_there = Membership.objects.current(today).filter(
        user_id=OuterRef("owner_id"), unit_role__unit_id=OuterRef("unit_id"), user__is_active=True
    )
    return Q(owner__isnull=False) & ~Q(Exists(still_there))


def led_units(user: User) -> list[int]:
    """Units whose nearest Leitung in office is this person."""
    led = {unit for role, unit in rights_of(user).roles if role == Role.HEAD}
    if not led:
        return []
    heads = Membership.objects.current(clock.today()).filter(
        unit_role__role=Role.HEAD, user__is_active=True
    )
    in_office: dict[int, set[int]] = {}
    for unit, person in heads.values_list("unit_role__unit_id", "user_id"):
        in_office.setdefault(unit, set()).add(person)
    paths = OrgUnit.objects.filter(pk__in=led).values_list("pk", "ancestors")
    return [pk for pk, path in paths if user.pk in _nearest(path, in_office)]


def _nearest(path: list[int], in_office: dict[int, set[int]]) -> set[int]:
    """Who leads: the path runs from the top to the unit itself."""
    return next((in_office[unit] for unit in reversed(path) if unit in in_office), set())
