"""Inside this layer's reach only: memberships and units age the epoch however they are changed."""

from typing import Any

from django.db.models.signals import post_delete, post_save

from goettingen_ecm.access import epoch
from goettingen_ecm.accounts.models import Membership, OrgUnit, User


def _advance(**kwargs: Any) -> None:
    epoch.advance()


def connect() -> None:
    """Memberships, units and users are edited in Django admin too; rights must follow at once."""
    for model in (Membership, OrgUnit, User):
        post_save.connect(_advance, sender=model, dispatch_uid=f"epoch-save-{model.__name__}")
        post_delete.connect(_advance, sender=model, dispatch_uid=f"epoch-delete-{model.__name__}")
