"""The list of exclusions in the rail of data protection."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goettingen_ecm.operations.navigation import NavItem, items
from records import policies


def register() -> None:
    """Called once when the app is ready."""
    items.register(
        "records.exclusions", NavItem(_("Ausschlüsse"), "exclusions", "blocked", _shown), order=61
    )


def _shown(request: HttpRequest) -> bool:
    return policies.can_list_exclusions(request.user)
