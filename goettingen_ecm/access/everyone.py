"""The principal of open files: every active person who holds any role."""

from functools import lru_cache

from django.contrib.auth.models import Group

GROUP_NAME = "Alle Beschäftigten"


@lru_cache(maxsize=1)
def group_id() -> int:
    """The id of the group; it is made by a migration and never changes."""
    return Group.objects.values_list("id", flat=True).get(name=GROUP_NAME)
