"""Baskets and what lies in them, as the person sees them (requirements E1, E2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, QuerySet
from django.http import Http404

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Role
from goettingen_ecm.accounts.models import Membership, OrgUnit, User
from goettingen_ecm.operations import clock
from records.choices import IncomingState
from records.models import Blob, IncomingFile, IncomingItem, IncomingStep
from records.models.incoming import BASKET_ROLES

LISTED = 200
DONE_DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket with what waits in it; ``unit`` None is the central one."""

    unit: OrgUnit | None
    waiting: int


def works_with_baskets(user: Person) -> bool:
    """True for whoever works in any basket; no query."""
    return rights_of(user).has_role(*BASKET_ROLES)


def works_in_basket(user: Person, unit: OrgUnit | None) -> bool:
    """The same rule as ``IncomingItemQuerySet.visible_to``, for one basket."""
    rights = rights_of(user)
    if unit is None:
        return rights.has_role(Role.MAILROOM)
    return rights.has_role_in(unit.pk, *BASKET_ROLES) and set(unit.circles) <= rights.circles


def baskets_of(user: Person) -> list[Basket]:
    """The central one first where the person works in it, then the units' by their code."""
    rights = rights_of(user)
    ids = {unit for role, unit in rights.roles if role in BASKET_ROLES}
    units = [one for one in OrgUnit.objects.filter(pk__in=ids) if works_in_basket(user, one)]
    rows = (
        IncomingItem.objects.visible_to(user).waiting().values_list("unit").annotate(n=Count("pk"))
    )
    counted = dict(rows)
    every: list[OrgUnit | None] = [None] if rights.has_role(Role.MAILROOM) else []
    return [Basket(unit, counted.get(unit.pk if unit else None, 0)) for unit in [*every, *units]]


def waiting_count(user: Person) -> int:
    """All that is not yet filed in the person's baskets."""
    return IncomingItem.objects.visible_to(user).waiting().count()


def visible_item(user: Person, uuid: UUID) -> IncomingItem:
    """One Eingang. Raises Http404 for missing and invisible alike."""
    rows = IncomingItem.objects.visible_to(user).filter(uuid=uuid)
    found = rows.select_related("unit", "received_in", "assignee", "document__case_file").first()
    if found is None:
        raise Http404
    return found


def visible_file(user: Person, uuid: UUID, position: int) -> IncomingFile:
    """A file of a visible Eingang. Raises Http404."""
    item = visible_item(user, uuid)
    found = item.files.filter(position=position).select_related("blob", "item").first()
    if found is None:
        raise Http404
    return found


def items_in(user: Person, unit: OrgUnit | None, *, waiting: bool = True) -> QuerySet[IncomingItem]:
    """What lies in a basket, the oldest first; or what was done there lately, the newest first."""
    rows = IncomingItem.objects.visible_to(user).filter(unit=unit).select_related("assignee")
    if waiting:
        return rows.waiting().order_by("received_at", "pk")[:LISTED]
    since = clock.now() - DONE_DAYS
    done = rows.exclude(state=IncomingState.OPEN).filter(received_at__gte=since)
    return done.order_by("-received_at", "-pk")[:LISTED]


def steps_of(item: IncomingItem) -> Sequence[IncomingStep]:
    """What happened to it, in order."""
    return list(item.steps.select_related("source", "target", "person"))


def same_content(user: Person, item: IncomingItem) -> list[IncomingItem]:
    """Visible others with the same bytes or the same id of the channel (a Message-ID)."""
    rows = IncomingItem.objects.visible_to(user).exclude(pk=item.pk)
    same = rows.filter(digest=item.digest)
    if item.channel_key:
        same |= rows.filter(channel=item.channel, channel_key=item.channel_key)
    return list(same.select_related("unit", "document").order_by("pk")[:5])


def people_of(unit: OrgUnit | None) -> list[User]:
    """Who can take something on in a basket today."""
    roles = [Role.MAILROOM] if unit is None else list(BASKET_ROLES)
    held = Membership.objects.current(clock.today()).filter(unit_role__role__in=roles)
    if unit is not None:
        held = held.filter(unit_role__unit=unit)
    people = User.objects.filter(pk__in=held.values("user"), is_active=True, is_technical=False)
    return list(people.order_by("sort_key", "pk"))


def units_to_forward_to(item: IncomingItem) -> QuerySet[OrgUnit]:
    """Every unit in use today except the one whose basket it lies in."""
    today = clock.today()
    rows = OrgUnit.objects.exclude(valid_until__lt=today).exclude(valid_from__gt=today)
    return rows.exclude(pk=item.unit_id) if item.unit_id else rows


def viewed_blob(file: IncomingFile) -> Blob:
    """The PDF made of an Office file where there is one, otherwise the file itself."""
    rendition = getattr(file.blob, "rendition", None)
    return rendition.pdf if rendition is not None and rendition.pdf is not None else file.blob
