"""Moves of staff in the rail of the Fachadministration."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.access.policies import may_change_staff
from goettingen_ecm.accounts.requests import person_of
from goettingen_ecm.operations.navigation import NavItem, items


def register() -> None:
    """Called once when the app is ready."""
    entry = NavItem(_("Umsetzungen"), "staff-moves", "arrow-right", _shown, prefix="/umsetzung/")
    items.register("records.staff_moves", entry, order=892)


def _shown(request: HttpRequest) -> bool:
    return may_change_staff(person_of(request))
