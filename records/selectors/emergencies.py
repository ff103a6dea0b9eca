"""Who opened what in an emergency: for data protection everything, for heads their own files'."""

from collections.abc import Collection

from django.db.models import QuerySet

from goettingen_ecm.access.principals import Person, rights_of
from goettingen_ecm.accounts.choices import Role
from records import policies
from records.models import CaseFileExclusion, EmergencyAccess

ROWS_SHOWN = 200


def accesses_for(user: Person) -> QuerySet[EmergencyAccess]:
    """Newest first. Whoever is excluded from a file hears nothing of it."""
    rows = EmergencyAccess.objects.select_related("case_file__lead_unit", "user", "reviewed_by")
    if policies.can_review_emergency_access(user):
        excluded = CaseFileExclusion.objects.filter(user=user.pk or 0)
        rows = rows.exclude(case_file__in=excluded.values("case_file_id"))
    else:
        rows = rows.filter(
            case_file__lead_unit__in=led_units(user),
            case_file__scope__any_of=rights_of(user).scope_ids,
        )
    return rows.order_by("-granted_at", "-id")


def led_units(user: Person) -> Collection[int]:
    """The units the person leads, with those below."""
    return {unit for role, unit in rights_of(user).roles if role == Role.HEAD}


def unreviewed(user: Person) -> int:
    """How many data protection has not looked at yet."""
    return accesses_for(user).filter(reviewed_at__isnull=True).count()
