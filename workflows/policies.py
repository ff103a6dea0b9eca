"""Whose follow-ups stand in a person's list (requirements W5), and who may act on them.

The policy in one place (handbook "Wiedervorlagen"):

1. A follow-up for a person stands in that person's list, one for a role of a unit in the list of
   everybody who holds the role; while a substitution is in force also in the deputy's.
2. Nobody sees a follow-up whose target is not visible to him, neither title nor reason nor date.
3. It also stands in the list of the unit's head: once it has been overdue for
   ``FOLLOW_UP_ESCALATION_DAYS`` working days; from the due day on when its person left the unit or
   the house. So nothing waits unseen: what its own person may no longer see (moved away, excluded,
   file made confidential) cannot be done there, grows overdue and reaches the head.
4. "The head" is the nearest Leitung in office: of the unit itself, else of the one above.
5. Whoever has it in the list may complete, postpone and reopen it.
"""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, UnitRole, User
from goettingen_ecm.operations import clock
from workflows import calendar
from workflows.models import FollowUp


def addressed_to(user: Person) -> Q:
    """Condition on follow-ups: rules 1, 3 and 4 (rule 2 is ``querysets.with_visible_target``)."""
    if not isinstance(user, User):
        return Q(pk__in=[])
    return _given_to(user) | _escalated_to(user)


def _given_to(user: User) -> Q:
    """For the person, for a role held, or for one represented today."""
    borrowed = rights_of(user).borrowed
    found = Q(owner=user) | Q(owner_role__in=own_roles(user).values("pk"))
    for one in borrowed:
        roles = UnitRole.objects.filter(group_id__in=one.groups)
        theirs = Q(owner_id=one.user_id)
        found |= theirs if one.whole else theirs & Q(unit__in=roles.values("unit"))
        found |= Q(owner_role__group_id__in=one.groups)
    return found


def own_roles(user: User) -> QuerySet[UnitRole]:
    """The roles the person holds today, not those led from above."""
    held = Membership.objects.current(clock.today()).filter(user=user)
    return UnitRole.objects.filter(pk__in=held.values("unit_role"))


def on_behalf_of(user: User, items: Iterable[FollowUp]) -> dict[int, int]:
    """By follow-up: for whom the person acts on it; missing are one's own and escalated ones."""
    borrowed = rights_of(user).borrowed
    if not borrowed:
        return {}
    own = set(own_roles(user).values_list("pk", flat=True))
    groups = {group: one.user_id for one in borrowed for group in one.groups}
    people = {one.user_id for one in borrowed}
    found: dict[int, int | None] = {}
    for item in items:
        if item.owner_id in people:
            found[item.pk] = item.owner_id
        elif item.owner_role is not None and item.owner_role_id not in own:
            found[item.pk] = groups.get(item.owner_role.group_id)
    return {pk: person for pk, person in found.items() if person is not None}


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
    acting = {user.pk} | {one.user_id for one in rights_of(user).borrowed}
    return [pk for pk, path in paths if acting & _nearest(path, in_office)]


def _nearest(path: list[int], in_office: dict[int, set[int]]) -> set[int]:
    """Who leads: the path runs from the top to the unit itself."""
    return next((in_office[unit] for unit in reversed(path) if unit in in_office), set())
