"""The roll-out of units in the rail."""

from django.utils.translation import gettext_lazy as _

from goettingen_ecm.operations.navigation import NavItem, items
from records.views.roll_out import may_roll_out


def register() -> None:
    """Called once when the app is ready."""
    entry = NavItem(_("Einführung"), "roll-out", "tasks", may_roll_out)
    items.register("records.roll_out", entry, order=885)
