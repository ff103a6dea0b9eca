"""Fehlablagen for those who decide about them; never the title of a document."""

from django.db.models import F, QuerySet

from goettingen_ecm.access.principals import Person
from records import policies
from records.models import CaseFileExclusion, Misfiling

ROWS_SHOWN = 200


def misfilings_for(user: Person) -> QuerySet[Misfiling]:
    """What waits, then what is decided, newest first.

    Whoever is excluded from a file hears nothing of it.
    """
    if not policies.can_read_misfilings(user):
        return Misfiling.objects.none()
    excluded = CaseFileExclusion.objects.filter(user=user.pk or 0).values("case_file_id")
    rows = Misfiling.objects.exclude(case_file__in=excluded)
    rows = rows.exclude(document__case_file__in=excluded)
    names = ("case_file__lead_unit", "marked_by", "decided_by", "document__case_file")
    shown = rows.select_related(*names).defer("document__title", "document__foreign_reference")
    return shown.order_by(F("decided_at").desc(nulls_first=True), "-marked_at", "-id")


def waiting_for(user: Person) -> QuerySet[Misfiling]:
    """Those nobody has decided about."""
    return misfilings_for(user).filter(decided_at__isnull=True)
