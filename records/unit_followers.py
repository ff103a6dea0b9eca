"""What of upper layers belongs to a unit and goes along when it is merged into another one (S7)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from goettingen_ecm.accounts.models import OrgUnit
from goettingen_ecm.operations.registry import Registry
from records.services.actor import Actor


@dataclass(frozen=True, slots=True)
class UnitFollower:
    """``count`` says for the preview how many there are; ``follow`` gives those of the first unit
    to the second one, in the caller's transaction, and returns how many."""

    label: str | Promise
    count: Callable[[OrgUnit], int]
    follow: Callable[[OrgUnit, OrgUnit, Actor], int]


unit_followers: Registry[UnitFollower] = Registry()
