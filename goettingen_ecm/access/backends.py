"""``has_perm`` answers from the scope; superuser status never widens what one sees."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import models

from goettingen_ecm.access.principals import rights_of
from goettingen_ecm.accounts.models import User


class ScopeBackend(ModelBackend):
    """Model permissions as in Django; object permission "view_*" means: the scope lets you see it."""

    answers_for_scoped_objects = True

    def authenticate(self, request: Any, **credentials: Any) -> None:  # type: ignore[override]
        """Login is allauth's business."""

    def has_perm(self, user_obj: Any, perm: str, obj: models.Model | None = None) -> bool:
        if obj is None:
            return bool(super().has_perm(user_obj, perm))
        scope_id = getattr(obj, "scope_id", None)
        if not isinstance(user_obj, User) or scope_id is None or ".view_" not in perm:
            return False
        return scope_id in rights_of(user_obj).scope_ids
